"""How long each write transaction holds the writer, by the operation that opened it."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, event

BEGAN = "benchmark_began"
# Those who open transactions for others, and are named by their caller.
LAYERS = ("bot.operations.", "handlers.", "scheduler.")


@contextmanager
def recorded_writes(engine: Engine) -> Iterator[Mapping[str, Sequence[float]]]:
    """Record the seconds of each write transaction, from when it has begun until it has ended.

    On SQLite it has begun once it holds the file's lock.
    """
    found: dict[str, list[float]] = defaultdict(list)

    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("reading"):
            connection.info[BEGAN] = perf_counter()

    def end(_connection: Any, record: Any) -> None:
        began = record.info.pop(BEGAN, None)
        if began is not None:
            found[_find_operation()].append(perf_counter() - began)

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", end)
    try:
        yield found
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "checkin", end)


def _find_operation() -> str:
    """Return the innermost function of an operation, a handler or a job that is running."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(LAYERS):
            return f"{module.removeprefix('bot.operations.')}.{frame.f_code.co_name}"
    return "other"
