"""One process at a time runs the jobs of a SQLite file; the others are told so, and may wait.

The lock is one of the system's, on a file beside the database: it ends with its process. SQLite's
own file isn't locked, as closing it anywhere in the process would undo SQLite's locks.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from bot.errors import DatabaseInUse

POLL_SECONDS = 0.1
# Started together, one may hold the lock a moment before it has said what it is.
SETTLE_SECONDS = 0.1
MAX_HOLDER_BYTES = 64
# The command that keeps the lock for as long as it runs: nobody waits for its end.
RUN = "run"


@contextmanager
def hold(
    database_url: str, command: str, seconds: float, tell: Callable[[str], None]
) -> Iterator[None]:
    """Hold the lock of a database for a command; wait up to `seconds` for another to finish.

    `tell` gets a sentence for the operator when it has to wait, and when the file system has no
    locks. Raises `DatabaseInUse`. Does nothing for databases that aren't files.
    """
    path = find_file(database_url)
    if path is None:
        yield
        return
    try:
        descriptor = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        tell(_no_locks(path, error))
        yield
        return
    try:
        _lock(descriptor, path, command, seconds, tell)
        yield
    finally:
        os.close(descriptor)


def find_file(database_url: str) -> Path | None:
    """Return the file of a SQLite database, with links followed; None for any other database."""
    url = make_url(database_url)
    name = (url.database or "").removeprefix("file:")
    in_memory = name in ("", ":memory:") or url.query.get("mode") == "memory"
    if url.get_backend_name() != "sqlite" or in_memory:
        return None
    return Path(name).resolve()


def _lock(
    descriptor: int, path: Path, command: str, seconds: float, tell: Callable[[str], None]
) -> None:
    deadline, told = time.monotonic() + seconds, False
    while not _try_lock(descriptor, path, tell):
        time.sleep(SETTLE_SECONDS)
        holder = os.pread(descriptor, MAX_HOLDER_BYTES, 0).decode("ascii", "replace").strip()
        if holder.startswith(f"{RUN} ") or time.monotonic() > deadline:
            raise DatabaseInUse(path.name, holder)
        if not told:
            tell(f"Another process ({holder}) is at work on {path.name}: waiting for it.")
            told = True
        time.sleep(POLL_SECONDS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{command} {os.getpid()}\n".encode(), 0)


def _try_lock(descriptor: int, path: Path, tell: Callable[[str], None]) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        tell(_no_locks(path, error))
    return True


def _no_locks(path: Path, error: OSError) -> str:
    return (
        f"{path.name} can't be locked ({error.strerror}): make sure that no other process runs "
        "on this file."
    )
