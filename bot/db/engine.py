"""Engines, and the one way to a transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Delete,
    Engine,
    Executable,
    Select,
    Table,
    Update,
    create_engine,
    delete,
    event,
    func,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

LOCK_WAIT_SECONDS = 2
# So long waits what can be left undone: it is not to hold up what somebody waits for.
SHORT_WAIT_SECONDS = 0.2
SHORT_WAIT = "hasty"
WRITER_LOCK = "turn"
CONNECT_SECONDS = 5
# Kept open: a connection for each burst's threads would cost more than what they do with it. The
# last one used is the first used again, so that few grow warm.
POOL_SIZE = 16
# Statements that a SQLite connection keeps prepared. Each takes some 10 kB: with the driver's own
# 128 they would grow for a quarter of an hour, to a tenth of all memory.
CACHED_STATEMENTS = 32
# Pages of 4 kB in the log before they are written to the file. A tick writes the same ones again
# and again; each batch would set off a checkpoint with SQLite's own 1,000.
CHECKPOINT_PRAGMA = "wal_autocheckpoint=4000"


@dataclass(frozen=True)
class Tx:
    """A transaction in one workspace. Queries start from its verbs: none can cross to another."""

    connection: Connection
    workspace_id: str

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        """Rows of this workspace: all columns, or those named."""
        return select(*(columns or (table,))).where(table.c.workspace_id == self.workspace_id)

    def update(self, table: Table) -> Update:
        """An update that touches rows of this workspace only."""
        return update(table).where(table.c.workspace_id == self.workspace_id)

    def delete(self, table: Table) -> Delete:
        """A deletion of rows of this workspace only."""
        return delete(table).where(table.c.workspace_id == self.workspace_id)

    def add(self, table: Table, **values: Any) -> int:
        """Insert a row of this workspace; gives its id."""
        row = insert(table).values(workspace_id=self.workspace_id, **values).returning(table.c.id)
        return int(self.run(row).scalar_one())

    def upsert(self, table: Table) -> Any:
        """An insert that may say `on_conflict_do_...`, in the dialect at hand."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    def advisory_lock(self, key: str) -> None:
        """Wait for any other transaction that holds this key; hold it until this one ends.

        SQLite lets one writer in at a time anyway.
        """
        if self.connection.dialect.name == "postgresql":
            # Two numbers: whose key it is, and which.
            numbers = func.hashtext(self.workspace_id), func.hashtext(key)
            self.run(select(func.pg_advisory_xact_lock(*numbers)))

    def run(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Execute a statement, for each of the rows if there are any."""
        result = self.connection.execute(statement, rows)
        return cast(CursorResult[Any], result)


def make_engine(url: str) -> Engine:
    """An engine for a SQLite file (WAL, writers queue at BEGIN) or a PostgreSQL database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        address = parsed.set(drivername="postgresql+psycopg")
        return create_engine(
            address,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_SECONDS},
        )
    engine = create_engine(
        parsed,
        connect_args={"timeout": LOCK_WAIT_SECONDS, "cached_statements": CACHED_STATEMENTS},
        pool_size=POOL_SIZE,
        pool_use_lifo=True,
        hide_parameters=True,
        execution_options={WRITER_LOCK: Lock()},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would begin late and lose against a writer
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", CHECKPOINT_PRAGMA):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(SHORT_WAIT, False):
        connection.exec_driver_sql("BEGIN" if options.get("reading", False) else "BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(SHORT_WAIT_SECONDS * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_WAIT_SECONDS * 1000}")


@contextmanager
def transaction(
    engine: Engine, workspace_id: str, *, commit: bool = True, short_wait: bool = False
) -> Iterator[Tx]:
    """One transaction in one workspace; leaving by an error, or with `keep` false, undoes all.

    A `hasty` one waits for no other writer of a SQLite file longer than a moment.
    """
    seconds = SHORT_WAIT_SECONDS if short_wait else LOCK_WAIT_SECONDS
    with _writer_lock(engine, seconds), engine.connect() as plain:
        connection = plain.execution_options(**{SHORT_WAIT: short_wait})
        with connection.begin() as begun:
            yield Tx(connection, workspace_id)
            if not commit:
                begun.rollback()


@contextmanager
def _writer_lock(engine: Engine, seconds: float) -> Iterator[None]:
    """This process's writers of a SQLite file, one after the other.

    The file's own lock is asked for at intervals, and whoever has bad luck with them may get it
    too late. It still keeps other processes out, and whoever has waited too long here asks it.
    """
    lock = engine.get_execution_options().get(WRITER_LOCK)
    acquired = lock if lock and lock.acquire(timeout=seconds) else None
    try:
        yield
    finally:
        if acquired:
            acquired.release()


@contextmanager
def read_transaction(engine: Engine, workspace_id: str) -> Iterator[Tx]:
    """A transaction that only reads: on SQLite it waits for no writer and stops none."""
    with engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield Tx(connection, workspace_id)
