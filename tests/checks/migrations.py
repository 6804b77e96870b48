"""Upgrade both databases from nothing and compare them with the code; `make check` runs it."""

import sys
import tempfile
from pathlib import Path

from bot.db import migrate
from bot.db.engine import make_engine
from tests.support.databases import SqliteFiles, postgres_server


def main() -> int:
    """Raise when the tables in the code and those of the migrations differ."""
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        for address in (SqliteFiles(Path(folder)).new_database(), postgres.new_database()):
            engine = make_engine(address)
            migrate.check(engine)
            sys.stdout.write(f"{engine.dialect.name}: migrations and code agree\n")
            engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
