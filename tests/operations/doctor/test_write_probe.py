"""Whether the database can be written, and why not."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event, text

from bot.db.engine import make_engine, transaction
from bot.operations.doctor.write_probe import find_write_problem

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# A file may not grow beyond a limit: for a database that is like a full disk.
FULL_DISK = """
import resource, sys
from bot.db.engine import make_engine
from bot.operations.doctor.write_probe import find_write_problem
engine = make_engine(sys.argv[1])
usual = resource.getrlimit(resource.RLIMIT_FSIZE)
for limit in (usual, (100, usual[1]), usual):
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    print(find_write_problem(engine) or "ok", flush=True)
"""


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = make_engine(database)
    yield made
    made.dispose()


@EVERY_DATABASE
def test_a_database_that_can_be_written_has_no_problem(engine: Engine) -> None:
    assert [find_write_problem(engine) for _ in range(3)] == ["", "", ""]


def test_a_full_disk_is_noticed_and_so_is_its_end(database: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, database], capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines() == ["ok", "can't be written: the disk refuses to write", "ok"]


def test_a_file_that_may_only_be_read_is_noticed(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]

    assert find_write_problem(engine) == "can't be written: read-only"


def test_a_locked_file_is_noticed(database: str, engine: Engine) -> None:
    brisk = make_engine(database, 0)
    with transaction(engine, "T1"):
        assert find_write_problem(brisk) == "can't be written: locked"
    assert find_write_problem(brisk) == ""
    brisk.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_only_reads_is_noticed(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.execute("SET default_transaction_read_only = on")  # type: ignore[attr-defined]
        connection.commit()  # type: ignore[attr-defined]

    assert find_write_problem(engine) == "can't be written: read-only"


def test_the_probe_grows_nothing(engine: Engine) -> None:
    def pages() -> int:
        with engine.connect() as connection:
            return int(connection.execute(text("PRAGMA page_count")).scalar_one())

    before = pages()
    for _ in range(20):
        find_write_problem(engine)
    assert pages() == before
