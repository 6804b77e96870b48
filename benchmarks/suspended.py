"""Suspend one of three processes: repeatedly for longer than a lease, and long in a transaction.

`--minutes 10` leaves it suspended in the transaction for so long.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep

from sqlalchemy import Engine, func, select, text

from benchmarks.support.fault_runs import (
    Disturb,
    FaultRun,
    FaultRunResult,
    RunningFaultRun,
    print_results,
    run,
)
from benchmarks.support.process_pool import application_name, fast_delivery_policy
from bot.db.engine import make_engine
from bot.db.outbox.queries import OPEN_STATES
from bot.db.tables.outbox import outbox
from tests.support.databases import PostgresServer, postgres_server

PEOPLE, STOPS = 20_000, 16
DELIVERY_POLICY = fast_delivery_policy(timedelta(seconds=2))
LEASES = 2
LONGEST_DELAY = 0.5
LIMIT = timedelta(minutes=15)

# Longer than PostgreSQL leaves a transaction open in which nothing happens.
FROZEN_POLICY = fast_delivery_policy(timedelta(seconds=20))
FROZEN_MESSAGES, FROZEN_AFTER, FROZEN_MINUTES = 1_000, 200, 1.0
TRIES = 5_000
# Whether a process has locked the rates, which every claim of the others needs.
HOLDS_RATES = """
SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE application_name = :name AND state = 'idle in transaction'
AND relation = 'rates'::regclass AND mode = 'RowShareLock'
"""


def main(quick: bool = False, minutes: float = FROZEN_MINUTES) -> int:
    """Print a line for each run; return 1 when a message is missing, late or came twice."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        return print_results(_results(postgres, Path(name), quick, minutes))


def _results(
    postgres: PostgresServer, folder: Path, quick: bool, minutes: float
) -> Iterator[FaultRunResult]:
    yield stopped(postgres.new_database(), folder, quick)
    if not quick:
        yield frozen(postgres.new_database(), folder, minutes)


def frozen(database: str, folder: Path, minutes: float) -> FaultRunResult:
    """Deliver digests by three processes; suspend one that holds a lock for so many minutes.

    The others have to be done, with its messages too, within two leases of the freeze.
    """
    fault_run = FaultRun(
        "PostgreSQL, three copies",
        3,
        FROZEN_MESSAGES,
        delivery_policy=FROZEN_POLICY,
        limit=LIMIT + timedelta(minutes=minutes),
    )
    return run(fault_run, database, folder, _freezing_a_copy(timedelta(minutes=minutes)))


def _freezing_a_copy(span: timedelta) -> Disturb:
    def disturb(running: RunningFaultRun) -> tuple[str, bool]:
        engine = make_engine(running.database)
        try:
            if not running.reached(FROZEN_AFTER) or not _freeze_in_transaction(running, engine):
                return "not frozen in a transaction", False
            began, left = monotonic(), _count_open(engine)
            limit = LEASES * running.fault_run.delivery_policy.lease.total_seconds()
            while (remaining := _count_open(engine)) and monotonic() < began + limit:
                sleep(0.1)
            took = monotonic() - began
            sleep(max(0.0, began + span.total_seconds() - monotonic()))
            running.processes.resume(0)
            # It awakes without its connection, and has to find its way back.
            sleep(LEASES)
        finally:
            engine.dispose()
        minutes = span.total_seconds() / 60
        description = (
            f"one frozen for {minutes:g} min in mid-transaction, {left - remaining:,} of {left:,} "
            f"done by the others in {took:.0f} s (two leases are {limit:.0f} s)"
        )
        return description, not remaining

    return disturb


def _freeze_in_transaction(running: RunningFaultRun, engine: Engine) -> bool:
    """Suspend the first process at a moment when the others need what it has locked."""
    name = application_name(running.processes.pid(0))
    random = Random(running.fault_run.seed)
    for _ in range(TRIES):
        running.processes.suspend(0)
        # What it had asked PostgreSQL for may still be running.
        sleep(0.01)
        with engine.connect() as connection:
            if connection.execute(text(HOLDS_RATES), {"name": name}).scalar():
                return True
        running.processes.resume(0)
        sleep(random.uniform(0, 0.02))
    return False


def _count_open(engine: Engine) -> int:
    with engine.connect() as connection:
        found = select(func.count()).select_from(outbox).where(outbox.c.state.in_(OPEN_STATES))
        return int(connection.execute(found).scalar_one())


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--minutes", type=float, default=FROZEN_MINUTES)
    given = parser.parse_args()
    sys.exit(main(given.quick, given.minutes))
