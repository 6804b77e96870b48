"""Database engines and transactions; every transaction is bound to one workspace."""

import sqlite3
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
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
from sqlalchemy.exc import OperationalError

LOCK_WAIT_SECONDS = 2
# Commands of an operator can wait for longer than a person in Slack.
COMMAND_LOCK_WAIT_SECONDS = 30
# For writes that can be skipped: they must not hold up a request that a person waits for.
SHORT_WAIT_SECONDS = 0.2
SHORT_WAIT = "short_wait"
# How long SQLite itself waits for another process before it is asked again. Its pauses between two
# tries grow to a tenth of a second, and would miss the short gaps between the transactions of an
# import; up to here they are 1, 2, 5 and 10 ms.
POLL_MILLISECONDS = 18
PAUSE_SECONDS = 0.004
WRITER_LOCK = "writer_lock"
LOCK_WAIT = "lock_wait"
CONNECT_SECONDS = 5
# PostgreSQL ends a transaction in which nothing happens for so long: the copy that began it is
# frozen or cut off, and the others get what it has locked. They wait for a lock a little longer
# than that, so they needn't fail; both are well below the outbox's lease.
IDLE_TRANSACTION_SECONDS = 15
LOCK_TIMEOUT_SECONDS = 20
# A server that is gone without goodbye is noticed in so many seconds, and no one waits for it.
KEEPALIVES = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
# Connections stay open: opening one for each thread of a burst would cost more than its queries.
# The last one used is the first one reused, so only a few fill their caches.
POOL_SIZE = 16
# Prepared statements cached by each SQLite connection, about 10 kB each. With the driver's default
# of 128, they would grow for a quarter of an hour, to a tenth of all memory.
CACHED_STATEMENTS = 32
# Read and write for its owner, nothing for others.
PRIVATE = 0o600
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    # What is deleted is overwritten with zeros: withdrawn words are gone from the file too.
    "secure_delete=ON",
    # Pages of 4 kB in the write-ahead log before a commit triggers a checkpoint. A tick writes the
    # same pages again and again; with SQLite's default of 1,000, each batch would trigger one.
    "wal_autocheckpoint=4000",
)


@dataclass(frozen=True)
class Tx:
    """A transaction in one workspace; queries start from its methods, so none can leave it."""

    connection: Connection
    workspace_id: str

    def select(self, table: Table, *columns: Any) -> Select[Any]:
        """Build a select of this workspace's rows: all columns, or the ones given."""
        return select(*(columns or (table,))).where(table.c.workspace_id == self.workspace_id)

    def update(self, table: Table) -> Update:
        """Build an update of this workspace's rows only."""
        return update(table).where(table.c.workspace_id == self.workspace_id)

    def delete(self, table: Table) -> Delete:
        """Build a delete of this workspace's rows only."""
        return delete(table).where(table.c.workspace_id == self.workspace_id)

    def add(self, table: Table, **values: Any) -> int:
        """Insert a row in this workspace and return its id."""
        row = insert(table).values(workspace_id=self.workspace_id, **values).returning(table.c.id)
        return int(self.run(row).scalar_one())

    def upsert(self, table: Table) -> Any:
        """Build an insert in the connection's dialect, which has `on_conflict_do_...`."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    def advisory_lock(self, key: str) -> None:
        """Acquire the lock of this key, waiting for others, and hold it until the transaction ends.

        Does nothing on SQLite, which has one writer at a time anyway.
        """
        if self.connection.dialect.name == "postgresql":
            # Two numbers: the workspace and the key.
            numbers = func.hashtext(self.workspace_id), func.hashtext(key)
            self.run(select(func.pg_advisory_xact_lock(*numbers)))

    def run(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Execute a statement, once for each of the rows if any are given."""
        result = self.connection.execute(statement, rows)
        return cast(CursorResult[Any], result)


def make_engine(url: str, lock_wait_seconds: int = LOCK_WAIT_SECONDS) -> Engine:
    """Return an engine for a SQLite file (WAL, writers queue at BEGIN) or a PostgreSQL database.

    Writers wait `lock_wait_seconds` for those of other processes that use the same SQLite file.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        # What the address says wins.
        defaults = {"connect_timeout": CONNECT_SECONDS, **KEEPALIVES}
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={key: defaults[key] for key in defaults.keys() - parsed.query.keys()},
        )
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    engine = create_engine(
        parsed,
        connect_args={"timeout": lock_wait_seconds, "cached_statements": CACHED_STATEMENTS},
        pool_size=POOL_SIZE,
        pool_use_lifo=True,
        hide_parameters=True,
        execution_options={WRITER_LOCK: Lock(), LOCK_WAIT: lock_wait_seconds},
    )
    add_sqlite_listeners(engine)
    return engine


def add_sqlite_listeners(engine: Engine) -> None:
    """Add to a SQLite engine how its connections are prepared and its transactions begin."""
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # Not as a start-up option: a connection pooler in between may refuse it.
    seconds = {
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION_SECONDS,
        "lock_timeout": LOCK_TIMEOUT_SECONDS,
    }
    connection.execute("; ".join(f"SET {name} = '{limit}s'" for name, limit in seconds.items()))
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    _make_private(connection)
    connection.isolation_level = None  # the driver would begin late and lose to another writer
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _make_private(connection: Any) -> None:
    """Let only its owner read a SQLite file: it holds what customers said."""
    name = connection.execute("PRAGMA database_list").fetchone()[2]
    # A new log gets its permissions from the file, so this comes before there is one.
    for each in (Path(name), Path(f"{name}-wal"), Path(f"{name}-shm")) if name else ():
        with suppress(OSError):
            if stat.S_IMODE(each.stat().st_mode) & ~PRIVATE:
                each.chmod(PRIVATE)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("reading", False):
        connection.exec_driver_sql("BEGIN")
        return
    seconds = options[LOCK_WAIT]
    deadline = monotonic() + (SHORT_WAIT_SECONDS if options.get(SHORT_WAIT, False) else seconds)
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout={POLL_MILLISECONDS}")
    try:
        while not _try_to_begin(connection, deadline):
            pass
    finally:
        driver.execute(f"PRAGMA busy_timeout={seconds * 1000}")


def _try_to_begin(connection: Connection, deadline: float) -> bool:
    """Begin to write; False if another process writes, and an error once the deadline is over."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        busy = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        if not busy or monotonic() > deadline:
            raise
        return False
    return True


@contextmanager
def transaction(
    engine: Engine, workspace_id: str, *, commit: bool = True, short_wait: bool = False
) -> Iterator[Tx]:
    """Open a transaction in one workspace; an error, or `commit` false, rolls it back.

    With `short_wait`, it waits only `SHORT_WAIT_SECONDS` for other writers of a SQLite file.
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
    """Queue this process's writers of a SQLite file, one after the other.

    SQLite polls the file's lock at intervals, so an unlucky writer may get it too late. That lock
    still keeps other processes out, and a writer that has waited `seconds` here falls back on it.
    """
    lock = engine.get_execution_options().get(WRITER_LOCK)
    acquired = lock if lock and lock.acquire(timeout=seconds) else None
    try:
        yield
    finally:
        if acquired:
            acquired.release()


def write_back_log(engine: Engine) -> None:
    """Write a SQLite file's log back into the file, and empty the log if no one is using it.

    What is deleted is then gone from the disk, and a copy of the file alone is complete. Writers
    and readers wait for none of it but the emptying, which waits for none of them.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        _, pages, _ = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if pages > 0:
            with _writer_lock(engine, SHORT_WAIT_SECONDS):
                cursor.execute("PRAGMA busy_timeout=0")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                seconds = engine.get_execution_options()[LOCK_WAIT]
                cursor.execute(f"PRAGMA busy_timeout={seconds * 1000}")
    finally:
        connection.close()


def let_others_write(engine: Engine) -> None:
    """Pause between two of many transactions, for as long as another writer may need to begin.

    Only on SQLite, whose writers poll for the file's lock.
    """
    if WRITER_LOCK in engine.get_execution_options():
        sleep(PAUSE_SECONDS)


@contextmanager
def read_transaction(engine: Engine, workspace_id: str) -> Iterator[Tx]:
    """Open a read-only transaction: on SQLite it neither waits for writers nor blocks them."""
    with engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield Tx(connection, workspace_id)
