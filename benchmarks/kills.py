"""Deliver a digest to 5,000 channels while the processes are killed 200 times."""

import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from time import sleep

from benchmarks.support.fault_runs import (
    Disturb,
    FaultRun,
    FaultRunResult,
    RunningFaultRun,
    print_results,
    run,
)
from tests.support.databases import PostgresServer, SqliteFiles, postgres_server

Source = SqliteFiles | PostgresServer
MESSAGES, KILLS = 5_000, 200
LONGEST_DELAY = 0.03
# Each 429 stops the posts of all processes for its second, and one post in twenty gets one.
LIMIT, LIMIT_WITH_FAULTS = timedelta(seconds=120), timedelta(minutes=15)


def main(quick: bool = False) -> int:
    """Print a line for each of the four fault runs; return 1 when one fails."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        folder = Path(name)
        return print_results(_results(SqliteFiles(folder), postgres, folder, quick))


def on_sqlite(source: Source, folder: Path, faults: float, quick: bool = False) -> FaultRunResult:
    """Deliver the digest by one process on SQLite, with that share of the posts failing."""
    return _run_killed(_trial("SQLite, one copy", 1, faults), source, folder, quick)


def on_postgres(source: Source, folder: Path, faults: float, quick: bool = False) -> FaultRunResult:
    """Deliver the digest by three processes on PostgreSQL, with that share of the posts failing."""
    return _run_killed(_trial("PostgreSQL, three copies", 3, faults), source, folder, quick)


def _results(
    sqlite: Source, postgres: Source, folder: Path, quick: bool
) -> Iterator[FaultRunResult]:
    for faults in (0.0, 0.3):
        yield on_sqlite(sqlite, folder, faults, quick)
        yield on_postgres(postgres, folder, faults, quick)


def _trial(name: str, copies: int, faults: float) -> FaultRun:
    limit = LIMIT_WITH_FAULTS if faults else LIMIT
    return FaultRun(name, copies, MESSAGES, faults=faults, limit=limit)


def _run_killed(fault_run: FaultRun, source: Source, folder: Path, quick: bool) -> FaultRunResult:
    complete = fault_run.short(messages=100) if quick else fault_run
    return run(complete, source.new_database(), folder, killing_copies(6 if quick else KILLS))


def killing_copies(kills: int) -> Disturb:
    """Return a `Disturb` that kills a process at points spread over all the messages.

    Each kill comes a little after its message.
    """

    def disturb(running_fault_run: RunningFaultRun) -> tuple[str, bool]:
        random = Random(running_fault_run.fault_run.seed)
        points = sorted(random.sample(range(running_fault_run.fault_run.messages), kills))
        done = 0
        for point in points:
            if not running_fault_run.reached(point):
                break
            sleep(random.uniform(0, LONGEST_DELAY))
            running_fault_run.processes.kill(random.randrange(running_fault_run.fault_run.copies))
            done += 1
        return f"{done} kills", done == kills

    return disturb


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
