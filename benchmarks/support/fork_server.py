"""A process that has imported everything once; others are forked from it in milliseconds."""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

PRELOADED = ["__main__", "benchmarks.support.process_pool"]


def fork_server() -> ForkServerContext:
    """Return the context that forks it; none of this process's threads or sockets are inherited.

    Only the first call can set the imports: the server starts with the first process.
    """
    found = get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found
