"""The file of a SQLite database: it is private, and its log is soon written back into it."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer
from time import monotonic

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from bot.db import migrate, workspaces
from bot.db.engine import make_engine, read_transaction, transaction, write_back_log
from tests.times import T0


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = make_engine(database)
    yield made
    made.dispose()


def save(engine: Engine, name: str) -> None:
    with transaction(engine, name) as tx:
        workspaces.save(tx, name, "U0BOT", T0)


def path_of(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def names_in_a_copy(engine: Engine, copy: Path) -> list[str]:
    """Copy the file alone, as someone would who doesn't know of the log; return what is in it."""
    shutil.copy(path_of(engine), copy)
    with closing(sqlite3.connect(copy)) as opened:
        return [name for (name,) in opened.execute("SELECT id FROM workspaces")]


def test_a_copy_of_the_file_alone_is_complete_once_the_log_is_written_back(
    engine: Engine, tmp_path: Path
) -> None:
    save(engine, "T1")
    assert names_in_a_copy(engine, tmp_path / "before.db") == []
    write_back_log(engine)
    assert names_in_a_copy(engine, tmp_path / "after.db") == ["T1"]
    assert path_of(engine).with_name(f"{path_of(engine).name}-wal").stat().st_size == 0


def test_writing_the_log_back_waits_for_no_reader(engine: Engine, tmp_path: Path) -> None:
    save(engine, "T1")
    with read_transaction(engine, "") as tx:
        assert workspaces.list_ids(engine) == ["T1"]
        tx.connection.exec_driver_sql("SELECT * FROM workspaces").all()
        save(engine, "T2")
        started = monotonic()
        write_back_log(engine)
        assert monotonic() - started < 1
    write_back_log(engine)
    assert names_in_a_copy(engine, tmp_path / "copy.db") == ["T1", "T2"]


def test_writing_the_log_back_waits_for_no_writer(engine: Engine) -> None:
    save(engine, "T1")
    with transaction(engine, "T2") as tx:
        workspaces.save(tx, "T2", "U0BOT", T0)
        started = monotonic()
        write_back_log(engine)
        assert monotonic() - started < 1
    save(engine, "T3")
    assert workspaces.list_ids(engine) == ["T1", "T2", "T3"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_has_no_such_log(engine: Engine) -> None:
    write_back_log(engine)
    assert workspaces.list_ids(engine) == []


def modes(path: Path) -> dict[str, str]:
    return {each.name: f"{stat.S_IMODE(each.stat().st_mode):o}" for each in path.parent.iterdir()}


@pytest.mark.parametrize("mode", [None, 0o644, 0o666])
def test_nobody_else_can_read_the_file_and_its_log(tmp_path: Path, mode: int | None) -> None:
    path = tmp_path / "nihito.db"
    if mode is not None:
        for name in ("nihito.db", "nihito.db-wal", "nihito.db-shm"):
            (tmp_path / name).touch(mode)
            (tmp_path / name).chmod(mode)
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    save(engine, "T1")
    found = modes(path)
    engine.dispose()
    assert found == {"nihito.db": "600", "nihito.db-wal": "600", "nihito.db-shm": "600"}


def test_a_command_waits_longer_for_another_process_than_a_person_would(database: str) -> None:
    patient, brisk = make_engine(database, lock_wait_seconds=20), make_engine(database, 0)
    path = database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            save(brisk, "T1")
        Timer(0.5, other.execute, ["ROLLBACK"]).start()
        save(patient, "T2")
    assert workspaces.list_ids(patient) == ["T2"]
    for each in (patient, brisk):
        each.dispose()
