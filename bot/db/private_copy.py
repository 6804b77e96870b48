"""Private copies of a database, for dry runs: no one else sees them or waits for them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Engine, StaticPool, create_engine
from sqlalchemy.exc import OperationalError

from bot.db.engine import LOCK_WAIT, add_sqlite_listeners
from bot.db.tables.columns import metadata


@contextmanager
def private_copy(engine: Engine) -> Iterator[Engine]:
    """Yield an engine over a copy of all rows, as they are at one moment; drop it afterwards.

    It has one connection, for one thread. Nothing is left of it, even if the process dies: on
    SQLite it is a temporary file without a name, as large as the database; on PostgreSQL it is
    temporary tables of that connection, each with the name of the table it is a copy of.
    """
    copy = _engine_over(engine, _take_connection(engine))
    try:
        if engine.dialect.name == "postgresql":
            _copy_tables(copy)
        else:
            add_sqlite_listeners(copy)
        yield copy
    finally:
        copy.dispose()


def _take_connection(engine: Engine) -> Any:
    """Return a connection that is no one else's: on SQLite, one to the copy of the file."""
    source = engine.raw_connection()
    if engine.dialect.name == "postgresql":
        source.detach()
        return source.dbapi_connection
    private = sqlite3.connect("")
    try:
        cast(sqlite3.Connection, source.driver_connection).backup(private)
    except sqlite3.Error as error:
        private.close()
        raise OperationalError("backup", None, error) from error
    finally:
        source.close()
    return private


def _copy_tables(copy: Engine) -> None:
    quote = copy.dialect.identifier_preparer.quote
    with copy.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        schema = quote(str(connection.exec_driver_sql("SELECT current_schema()").scalar_one()))
        for table in metadata.sorted_tables:
            name = quote(table.name)
            original, own = f"{schema}.{name}", f"pg_temp.{name}"
            connection.exec_driver_sql(f"CREATE TABLE {own} (LIKE {original} INCLUDING ALL)")
            connection.exec_driver_sql(f"INSERT INTO {own} SELECT * FROM {original}")
            connection.exec_driver_sql(f"ANALYZE {own}")
        connection.commit()


def _engine_over(engine: Engine, connection: Any) -> Engine:
    return create_engine(
        f"{engine.dialect.name}+{engine.dialect.driver}://",
        creator=lambda: connection,
        poolclass=StaticPool,
        hide_parameters=True,
        # No one else writes to it.
        execution_options={LOCK_WAIT: 0},
    )
