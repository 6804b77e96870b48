"""Deliver 20,000 nudges by three processes; one is suspended repeatedly for longer than a lease."""

import sys
import tempfile
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
from benchmarks.support.process_pool import fast_delivery_policy
from tests.support.databases import postgres_server

PEOPLE, STOPS = 20_000, 16
DELIVERY_POLICY = fast_delivery_policy(timedelta(seconds=2))
LEASES = 2
LONGEST_DELAY = 0.5
LIMIT = timedelta(minutes=15)


def main(quick: bool = False) -> int:
    """Print a line; return 1 when a nudge is missing or came twice."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        return print_results([stopped(postgres.new_database(), Path(name), quick)])


def stopped(database: str, folder: Path, quick: bool = False) -> FaultRunResult:
    """Deliver 20,000 nudges due at once by three processes on PostgreSQL; suspend one 16 times."""
    fault_run = FaultRun(
        "PostgreSQL, three copies",
        3,
        PEOPLE,
        "nudges",
        delivery_policy=DELIVERY_POLICY,
        limit=LIMIT,
    )
    if quick:
        fault_run = fault_run.short(messages=120)
    return run(fault_run, database, folder, stopping_a_copy(1 if quick else STOPS))


def stopping_a_copy(stops: int) -> Disturb:
    """Return a `Disturb` that suspends a process for two leases at random moments.

    By then another process has claimed its messages.
    """

    def disturb(running_fault_run: RunningFaultRun) -> tuple[str, bool]:
        random = Random(running_fault_run.fault_run.seed)
        points = sorted(random.sample(range(running_fault_run.fault_run.messages * 3 // 4), stops))
        done = 0
        for point in points:
            if not running_fault_run.reached(point):
                break
            sleep(random.uniform(0, LONGEST_DELAY))
            number = random.randrange(running_fault_run.fault_run.copies)
            running_fault_run.processes.suspend(number)
            sleep(LEASES * running_fault_run.fault_run.delivery_policy.lease.total_seconds())
            running_fault_run.processes.resume(number)
            done += 1
        return f"{done} stops", done == stops

    return disturb


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
