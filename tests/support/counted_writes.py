"""Count the statements of write transactions: how long they hold others up."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted_writes(engine: Engine) -> Iterator[list[int]]:
    """Yield the number of statements of each write transaction that begins meanwhile."""
    found: list[int] = []

    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("reading"):
            found.append(0)

    def execute(connection: Connection, _: object, statement: str, *__: object) -> None:
        reading = connection.get_execution_options().get("reading")
        if not reading and not statement.startswith(("BEGIN", "PRAGMA")):
            found[-1] += 1

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", execute)
    yield found
    event.remove(engine, "begin", begin)
    event.remove(engine, "before_cursor_execute", execute)
