"""Deliver while the database fails: PostgreSQL crashed, SQLite's disk full, SQLite locked."""

import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from time import sleep

from sqlalchemy import create_engine, make_url, text

from benchmarks.support.fault_runs import (
    Disturb,
    FaultRun,
    FaultRunResult,
    RunningFaultRun,
    print_results,
    run,
)
from tests.support.databases import SqliteFiles, postgres_server

CRASHES = 5
AWAY_SECONDS = 30.0
LIMIT = timedelta(minutes=10)
DISK = "24m"
ROOT = 0
LOCK_TIMEOUT_SECONDS = 10
Outage = Callable[[RunningFaultRun], AbstractContextManager[None]]


@dataclass(frozen=True)
class Server:
    """The program and data paths of a PostgreSQL, and the id of the user it runs as."""

    control: Path
    data: Path
    user: int

    def crash(self) -> None:
        """Crash it and start it again; return once it has recovered."""
        restart = [str(self.control), "-D", str(self.data), "-w", "-m", "immediate", "restart"]
        user = self.user if os.geteuid() == ROOT else None
        quiet = subprocess.DEVNULL
        subprocess.run(restart, check=True, user=user, cwd=self.data, stdout=quiet, stderr=quiet)


def main(quick: bool = False) -> int:
    """Print a line for each of the three fault runs; return 1 when one fails."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        return print_results(_results(Path(name), postgres.new_database(), quick))


def _results(folder: Path, postgres: str, quick: bool) -> Iterator[FaultRunResult]:
    yield crashed(postgres, folder, quick)
    yield disk_full(folder, quick)
    yield locked(SqliteFiles(folder).new_database(), folder, quick)


def crashed(database: str, folder: Path, quick: bool = False) -> FaultRunResult:
    """Deliver 3,000 messages by three processes; a third of posts fail, 5 crashes."""
    fault_run = FaultRun("PostgreSQL, three copies", 3, 3_000, faults=0.3, limit=LIMIT)
    if quick:
        fault_run = fault_run.short(messages=100)
    return run(fault_run, database, folder, _crashing(server_of(database), 2 if quick else CRASHES))


def disk_full(folder: Path, quick: bool = False) -> FaultRunResult:
    """Deliver 1,000 messages on SQLite with the disk full for 30 s."""
    with small_disk(folder) as disk:
        database = SqliteFiles(disk or folder).new_database()
        away = _outage(
            "disk full", _filling if disk else _without_write_permission, _seconds(quick)
        )
        return run(_away("SQLite, one copy", quick), database, folder, away)


def locked(database: str, folder: Path, quick: bool = False) -> FaultRunResult:
    """Deliver 1,000 messages on SQLite with the database locked by another process for 30 s."""
    away = _outage("locked", _locking, _seconds(quick))
    return run(_away("SQLite, one copy", quick), database, folder, away)


def server_of(database: str) -> Server:
    """Find the server of an address, and make what it commits survive its crash."""
    engine = create_engine(make_url(database).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        name = make_url(database).database
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = on'))
        connection.commit()
        binaries = text("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        control = Path(connection.execute(binaries).scalar_one()) / "pg_ctl"
        data = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    engine.dispose()
    return Server(control, data, data.stat().st_uid)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Mount a disk of a few megabytes; yield None where mounting isn't allowed."""
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(disk)]
    try:
        mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield disk if mounted else None
    finally:
        if mounted:
            # Lazy: after an error a process may still hold a file on it open.
            subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _seconds(quick: bool) -> float:
    return 1.5 if quick else AWAY_SECONDS


def _away(name: str, quick: bool) -> FaultRun:
    fault_run = FaultRun(name, 1, 1_000, limit=LIMIT)
    return fault_run.short(messages=100) if quick else fault_run


def _crashing(server: Server, crashes: int) -> Disturb:
    def disturb(running_fault_run: RunningFaultRun) -> tuple[str, bool]:
        random = Random(running_fault_run.fault_run.seed)
        points = sorted(random.sample(range(running_fault_run.fault_run.messages), crashes))
        done = 0
        for point in points:
            if not running_fault_run.reached(point):
                break
            server.crash()
            done += 1
        return f"{done} crashes", done == crashes

    return disturb


def _outage(name: str, outage_of: Outage, seconds: float) -> Disturb:
    def disturb(running_fault_run: RunningFaultRun) -> tuple[str, bool]:
        if not running_fault_run.reached(running_fault_run.fault_run.messages // 4):
            return "no outage", False
        with outage_of(running_fault_run):
            before = running_fault_run.slack.posted()
            sleep(seconds)
            meanwhile = running_fault_run.slack.posted() - before
        description = f"{name} for {seconds:.0f} s ({meanwhile} posted meanwhile)"
        return description, meanwhile < running_fault_run.fault_run.messages // 4

    return disturb


@contextmanager
def _filling(running_fault_run: RunningFaultRun) -> Iterator[None]:
    """Fill the database's disk, including the space in files that exist already."""
    path = Path(str(make_url(running_fault_run.database).database))
    filler = path.with_name("filler")
    with closing(_opened(path)) as connection:
        # A log file that is already that long could take more without growing.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _fill(filler)
    try:
        yield
    finally:
        filler.unlink()


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass


@contextmanager
def _without_write_permission(running_fault_run: RunningFaultRun) -> Iterator[None]:
    """Forbid the process to write to any file."""
    pid = running_fault_run.processes.pid(0)
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def _locking(running_fault_run: RunningFaultRun) -> Iterator[None]:
    """Lock the database from this process."""
    with closing(_opened(Path(str(make_url(running_fault_run.database).database)))) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def _opened(path: Path) -> sqlite3.Connection:
    # The other process writes all the time: it can take a while to get the lock.
    return sqlite3.connect(path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
