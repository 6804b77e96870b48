"""20,000 nudges by three copies, one of them stopped again and again for longer than a lease."""

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random
from time import sleep

from benchmarks.support.fault_runs import Disturb, Result, Scene, Trial, run, tell
from benchmarks.support.process_pool import hurried
from tests.support.databases import postgres_server

PEOPLE, STOPS = 20_000, 16
TERMS = hurried(timedelta(seconds=2))
LEASES = 2
LONGEST_DELAY = 0.5
LIMIT = timedelta(minutes=15)


def main(quick: bool = False) -> int:
    """Print a line; 1 when a nudge is missing or came twice."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        return tell([stopped(postgres.fresh(), Path(name), quick)])


def stopped(database: str, folder: Path, quick: bool = False) -> Result:
    """20,000 nudges due at once, three copies on PostgreSQL, one of them stopped 16 times."""
    trial = Trial("PostgreSQL, three copies", 3, PEOPLE, "nudges", terms=TERMS, limit=LIMIT)
    if quick:
        trial = trial.short(messages=120)
    return run(trial, database, folder, stopping(1 if quick else STOPS))


def stopping(stops: int) -> Disturb:
    """Stop a copy for two leases at random moments: what it had in hand is another's by then."""

    def disturb(scene: Scene) -> tuple[str, bool]:
        random = Random(scene.trial.seed)
        points = sorted(random.sample(range(scene.trial.messages * 3 // 4), stops))
        done = 0
        for point in points:
            if not scene.reached(point):
                break
            sleep(random.uniform(0, LONGEST_DELAY))
            number = random.randrange(scene.trial.copies)
            scene.running.stop(number)
            sleep(LEASES * scene.trial.terms.lease.total_seconds())
            scene.running.let_go(number)
            done += 1
        return f"{done} stops", done == stops

    return disturb


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
