"""A process that has imported everything once; the others are its forks, in milliseconds."""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

PRELOADED = ["__main__", "benchmarks.support.process_pool"]


def fork_server() -> ForkServerContext:
    """What starts processes as forks of it; nothing of this process's threads or sockets goes in.

    Only the first call can still say what is imported: it starts with the first process.
    """
    found = get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found
