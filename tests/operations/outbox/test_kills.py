"""What is posted after kills, crashes and suspensions: small versions of the benchmarks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import crashes, kills, suspended
from benchmarks.support.fault_runs import FaultRunResult
from tests.support.databases import PostgresServer, SqliteFiles, postgres_server

pytestmark = pytest.mark.long

# The share of posts that fail; the others behave normally.
FAULTS = 0.3


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """Yield a PostgreSQL that no other test uses."""
    with postgres_server() as server:
        yield server


def assert_each_once(result: FaultRunResult) -> None:
    assert result.passed, str(result)


def test_kills_on_sqlite_neither_lose_nor_double_a_message(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    assert_each_once(kills.on_sqlite(sqlite_files, tmp_path, FAULTS, quick=True))


def test_kills_of_three_copies_neither_lose_nor_double_a_message(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    assert_each_once(kills.on_postgres(postgres, tmp_path, FAULTS, quick=True))


def test_no_copy_ends_or_doubles_a_message_when_postgresql_crashes(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    assert_each_once(crashes.crashed(own_server.new_database(), tmp_path, quick=True))


def test_a_full_disk_neither_loses_nor_doubles_a_message(tmp_path: Path) -> None:
    assert_each_once(crashes.disk_full(tmp_path, quick=True))


def test_a_locked_database_neither_loses_nor_doubles_a_message(
    sqlite_files: SqliteFiles, tmp_path: Path
) -> None:
    assert_each_once(crashes.locked(sqlite_files.new_database(), tmp_path, quick=True))


def test_a_copy_stopped_for_two_leases_posts_nothing_that_another_has_posted(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    assert_each_once(suspended.stopped(postgres.new_database(), tmp_path, quick=True))
