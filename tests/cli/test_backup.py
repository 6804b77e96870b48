"""`backup` and `restore`: of a database in use, into a file that is complete and undamaged."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import migrate
from bot.db.engine import make_engine
from bot.errors import BackupRefused
from bot.operations import backups
from bot.platform import sqlite_files as files_of_sqlite
from sandbox.server import Sandbox
from tests.cli.conftest import Command, CommandResult, set_revision, settings_for
from tests.operations.operations_fixture import BotWorkspace
from tests.support.databases import SqliteFiles
from tests.times import T0

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def run(command: Command, slack: Sandbox, database: str, *arguments: object) -> CommandResult:
    return command(*map(str, arguments), **settings_for(slack, database))


def names(path: Path) -> list[str]:
    """Return the names of the customers in a file."""
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM customers ORDER BY name")]


def files(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def backup(workspace: BotWorkspace, database: str, tmp_path: Path) -> Path:
    """Return a backup that holds one customer."""
    workspace.add_customer("Brightwater Mill")
    backups.back_up(database, tmp_path / "backup.db")
    return tmp_path / "backup.db"


def test_a_backup_of_a_database_in_use_holds_what_is_only_in_its_log(
    command: Command, workspace: BotWorkspace, slack: Sandbox, database: str, folder: Path
) -> None:
    workspace.add_customer("Brightwater Mill")
    ended = run(command, slack, database, "backup", "backup.db")
    assert (ended.code, ended.err) == (0, "")
    assert names(folder / "backup.db") == ["Brightwater Mill"]


def test_it_says_what_it_holds(
    command: Command, workspace: BotWorkspace, slack: Sandbox, database: str
) -> None:
    workspace.add_customer("Brightwater Mill")
    said = run(command, slack, database, "backup", "backup.db").out
    assert "rows, revision 0015, last used 2026-03-02" in said
    assert "It is complete and undamaged." in said


def test_a_backup_is_one_file_that_only_its_owner_reads(backup: Path) -> None:
    assert files(backup.parent) == ["backup.db"]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_file_that_exists_is_replaced_only_when_asked(
    command: Command, workspace: BotWorkspace, slack: Sandbox, database: str, backup: Path
) -> None:
    workspace.add_customer("Fernleigh Post")
    refused = run(command, slack, database, "backup", backup)
    assert (refused.code, "--overwrite" in refused.err) == (1, True)
    assert names(backup) == ["Brightwater Mill"]
    assert run(command, slack, database, "backup", backup, "--overwrite").code == 0
    assert names(backup) == ["Brightwater Mill", "Fernleigh Post"]


def test_what_others_write_meanwhile_doesnt_begin_it_again(
    workspace: BotWorkspace, database: str, tmp_path: Path
) -> None:
    # More than one step's pages.
    with workspace.services.engine.begin() as connection:
        connection.execute(text("CREATE TABLE filler (words TEXT)"))
        connection.execute(
            text("INSERT INTO filler VALUES (:words)"), [{"words": "w" * 999_999}] * 4
        )
    source, copied = Path(database.removeprefix("sqlite:///")), tmp_path / "copied.db"
    steps = []

    def write() -> None:
        steps.append(workspace.add_customer(f"Customer {len(steps)}"))

    files_of_sqlite.copy(source, copied, write)
    assert 1 < len(steps) < 20
    assert names(copied) == []


def test_a_restore_brings_the_backup_back_and_keeps_what_it_replaces(
    command: Command, workspace: BotWorkspace, slack: Sandbox, database: str, backup: Path
) -> None:
    workspace.add_customer("Fernleigh Post")
    workspace.services.engine.dispose()
    ended = run(command, slack, database, "restore", backup)
    assert (ended.code, ended.err) == (0, "")
    target = Path(database.removeprefix("sqlite:///"))
    assert names(target) == ["Brightwater Mill"]
    (kept,) = target.parent.glob(f"{target.name}.replaced-*")
    assert kept.name in ended.out
    assert names(kept) == ["Brightwater Mill", "Fernleigh Post"]


def test_a_restore_where_there_is_no_database_makes_one(backup: Path, tmp_path: Path) -> None:
    done = backups.restore(url(tmp_path / "new.db"), backup, T0)
    assert done.kept is None
    assert names(tmp_path / "new.db") == ["Brightwater Mill"]


def test_while_a_bot_runs_nothing_is_restored(
    workspace: BotWorkspace, database: str, backup: Path
) -> None:
    workspace.add_customer("Fernleigh Post")
    with workspace.services.engine.connect(), pytest.raises(BackupRefused, match="Stop it first"):
        backups.restore(database, backup, T0)
    assert len(names(Path(database.removeprefix("sqlite:///")))) == 2


def damaged(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[8192:40960] = bytes(40960 - 8192)
    backup.write_bytes(content)


def of_something_else(backup: Path) -> None:
    backup.unlink()
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")


def of_a_newer_version(backup: Path) -> None:
    set_revision(url(backup), "9999")


def no_database(backup: Path) -> None:
    backup.write_text("Nothing important happens in the office. " * 100)


def gone(backup: Path) -> None:
    backup.unlink()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damaged, "is damaged"),
        (of_something_else, "no database of Nihito's"),
        (of_a_newer_version, "9999"),
        (no_database, "can't be read"),
        (gone, "There is no"),
    ],
)
def test_a_file_that_is_no_good_backup_replaces_nothing(
    command: Command,
    workspace: BotWorkspace,
    slack: Sandbox,
    database: str,
    backup: Path,
    spoil,
    told: str,
) -> None:
    spoil(backup)
    workspace.services.engine.dispose()
    target = Path(database.removeprefix("sqlite:///"))
    before = set(target.parent.glob(f"*{target.name}*"))
    ended = run(command, slack, database, "restore", backup)
    # The lock of the process that restores stays behind, empty.
    before.add(target.with_name(f"{target.name}-lock"))
    assert (ended.code, told in ended.err) == (1, True)
    assert "Traceback" not in ended.err
    assert names(target) == ["Brightwater Mill"]
    assert set(target.parent.glob(f"*{target.name}*")) == before


def test_an_older_backup_is_upgraded(sqlite_files: SqliteFiles, tmp_path: Path) -> None:
    older = sqlite_files.bare_database()
    engine = make_engine(older)
    migrate.upgrade(engine, "0013")
    engine.dispose()
    backups.restore(url(tmp_path / "new.db"), Path(older.removeprefix("sqlite:///")), T0)
    engine = make_engine(url(tmp_path / "new.db"))
    assert len(set(migrate.revisions(engine))) == 1
    engine.dispose()


@POSTGRESQL
@pytest.mark.parametrize("name", ["backup", "restore"])
def test_on_postgresql_it_names_the_commands(
    command: Command, slack: Sandbox, database: str, name: str
) -> None:
    ended = run(command, slack, database, name, "backup.db")
    assert (ended.code, "pg_dump" in ended.err) == (1, True)


@EVERY_DATABASE
def test_restored_counts_what_is_looked_up(
    command: Command, workspace: BotWorkspace, slack: Sandbox, database: str
) -> None:
    workspace.add_outbox_message("nudge", "pending", None, 5)
    ended = run(command, slack, database, "restored")
    assert (ended.code, ended.err) == (0, "")
    assert "1 messages may have been sent since" in ended.out
