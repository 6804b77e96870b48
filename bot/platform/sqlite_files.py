"""Files of SQLite databases: copy one that is in use, check one, and put one in another's place."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from errno import EEXIST
from pathlib import Path
from tempfile import mkstemp
from urllib.parse import quote

# Few pages at a time, with a breath between them: people's commands read the same disk.
PAGES = 200
BREATH_SECONDS = 0.002
BUSY_SECONDS = 0.2
IN_USE = ("SQLITE_BUSY", "SQLITE_LOCKED")
# What SQLite keeps beside a database while it is open.
BESIDE = ("-wal", "-shm", "-journal")


@contextmanager
def temporary_file(beside: Path) -> Iterator[Path]:
    """Yield an empty file beside another, readable only by its owner; delete what is left of it."""
    handle, name = mkstemp(prefix=f".{beside.name}.", suffix=".partial", dir=beside.parent)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        for each in (path, *_beside(path)):
            each.unlink(missing_ok=True)


def copy(
    source: Path, target: Path, breathe: Callable[[], None] = lambda: time.sleep(BREATH_SECONDS)
) -> None:
    """Copy a database, as it is now, into an empty file, while others read and write it.

    `breathe` is called between steps. Raises `sqlite3.Error`.
    """
    address = f"file:{quote(str(source))}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as read,
        closing(sqlite3.connect(target, isolation_level=None)) as written,
    ):
        # One reading transaction: otherwise the copy would start again after each write.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()
        read.backup(written, pages=PAGES, progress=lambda *_: breathe())
        # All of it in one file.
        written.execute("PRAGMA journal_mode=DELETE")


def find_damage(path: Path) -> str:
    """Return what is wrong with a database; "" if nothing is."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if found == "ok" else str(found)


def count_rows(path: Path) -> int:
    """Count the rows of all tables. Raises `sqlite3.Error`."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables if not name.startswith("sqlite_")]
        return sum(
            connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names
        )


def is_in_use(path: Path) -> bool:
    """Return whether another process has a database open; writes back its log if none has.

    Whoever has it open in WAL mode holds a shared lock on it. One that is damaged is in no use.
    """
    try:
        with closing(sqlite3.connect(path, BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorname", "").startswith(IN_USE)
    return False


def replace(new: Path, target: Path, now: datetime) -> Path | None:
    """Put a file in the place of a database; return where that is kept, None if there was none.

    Raises `OSError`; a database that is kept already is never replaced.
    """
    _flush(new)
    kept = None
    if target.exists():
        kept = target.with_name(f"{target.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        if kept.exists():
            raise FileExistsError(EEXIST, f"{kept} exists")
        for each, suffix in ((target, ""), *zip(_beside(target), BESIDE, strict=True)):
            if each.exists():
                each.rename(f"{kept}{suffix}")
    new.rename(target)
    return kept


def publish(new: Path, target: Path, *, overwrite: bool) -> None:
    """Give a complete file its name. Raises `FileExistsError` unless it may `overwrite`."""
    _flush(new)
    if overwrite:
        new.replace(target)
    else:
        # A rename would replace a file that has come meanwhile.
        os.link(new, target)


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in BESIDE]


def _flush(path: Path) -> None:
    """Have the disk take a file, whose name may then replace another's."""
    with path.open("rb") as opened:
        os.fsync(opened.fileno())
