"""A database that this version cannot upgrade is named in a line, with what to do."""

from pathlib import Path

import pytest

from sandbox.server import Sandbox
from tests.cli.conftest import Command, set_revision
from tests.cli.test_run import running

OLDER = (
    "The database is at revision 0008, and this version upgrades databases from 0012 on. To keep "
    "its data, run `python -m bot migrate` with the last version that knows 0008, then start this "
    "one again. To begin without it, set DATABASE_URL to a new database."
)
NEWER = "The database is at revision 9999, which is newer than this version's, "


@pytest.mark.parametrize("arguments", [["migrate"], ["tick"]])
def test_a_database_from_before_the_oldest_revision_is_refused_with_what_to_do(
    command: Command, database: str, arguments: list[str]
) -> None:
    set_revision(database, "0008")
    ended = command(*arguments, DATABASE_URL=database)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.strip() == OLDER


def test_a_database_that_a_newer_version_has_upgraded_is_refused_with_what_to_do(
    command: Command, database: str
) -> None:
    set_revision(database, "9999")
    ended = command("migrate", DATABASE_URL=database)
    assert ended.code == 1
    assert ended.err.startswith(NEWER)
    assert "the newer version of Nihito" in ended.err


def test_the_bot_does_not_start_with_a_database_that_it_cannot_upgrade(
    slack: Sandbox, tmp_path: Path, database: str
) -> None:
    set_revision(database, "0008")
    with running(slack, tmp_path, DATABASE_URL=database, NIHITO_LOG="error") as process:
        out, errors = process.communicate(timeout=20)
    assert (process.returncode, out, errors.strip()) == (1, "", OLDER)
