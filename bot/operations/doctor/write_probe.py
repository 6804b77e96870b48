"""Probe whether the database can be written: only a write tells, as a full disk still reads."""

from collections.abc import Mapping

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.db.engine import transaction

# Each writes a page or a row that is there already, with what is in it, and grows nothing.
PROBES = {
    "sqlite": "PRAGMA user_version = 0",
    "postgresql": "UPDATE alembic_version SET version_num = version_num",
}
# By SQLite's error names, or the beginning of one, and PostgreSQL's codes.
PROBLEMS: Mapping[str, str] = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_CANTOPEN": "the file can't be opened",
    "SQLITE_BUSY": "locked",
    "SQLITE_IOERR": "the disk refuses to write",
    "25006": "read-only",
    "53100": "the disk is full",
    "55P03": "locked",
}


class NotWritable(Exception):
    """Nothing can be written; the text says why."""


def check_writable(engine: Engine) -> None:
    """Write to the database. Raises `NotWritable`."""
    try:
        with transaction(engine, "") as tx:
            tx.connection.exec_driver_sql(PROBES[engine.dialect.name])
    except SQLAlchemyError as error:
        raise NotWritable(f"can't be written: {_describe(error)}") from error


def find_write_problem(engine: Engine) -> str:
    """Return why nothing can be written, "" while it can be."""
    try:
        check_writable(engine)
    except NotWritable as problem:
        return str(problem)
    return ""


def _describe(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else None
    codes = (getattr(cause, name, None) for name in ("sqlite_errorname", "sqlstate"))
    code = next((each for each in codes if each), type(error).__name__)
    return next((words for start, words in PROBLEMS.items() if code.startswith(start)), code)
