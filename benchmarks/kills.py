"""A digest for 5,000 channels while the copies of the process are killed 200 times."""

import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from time import sleep

from benchmarks.support.fault_runs import Disturb, Result, Scene, Trial, run, tell
from tests.support.databases import PostgresServer, SqliteFiles, postgres_server

Source = SqliteFiles | PostgresServer
MESSAGES, KILLS = 5_000, 200
LONGEST_DELAY = 0.03
# Each 429 stops the posts of all copies for its second, and one post in twenty meets one.
LIMIT, LIMIT_WITH_FAULTS = timedelta(seconds=120), timedelta(minutes=15)


def main(quick: bool = False) -> int:
    """Print a line for each of the four trials; 1 when one of them fails."""
    with tempfile.TemporaryDirectory() as name, postgres_server() as postgres:
        folder = Path(name)
        return tell(_results(SqliteFiles(folder), postgres, folder, quick))


def on_sqlite(source: Source, folder: Path, faults: float, quick: bool = False) -> Result:
    """The digest by one copy on SQLite, that share of the posts failing."""
    return _killed(_trial("SQLite, one copy", 1, faults), source, folder, quick)


def on_postgres(source: Source, folder: Path, faults: float, quick: bool = False) -> Result:
    """The digest by three copies on PostgreSQL, that share of the posts failing."""
    return _killed(_trial("PostgreSQL, three copies", 3, faults), source, folder, quick)


def _results(sqlite: Source, postgres: Source, folder: Path, quick: bool) -> Iterator[Result]:
    for faults in (0.0, 0.3):
        yield on_sqlite(sqlite, folder, faults, quick)
        yield on_postgres(postgres, folder, faults, quick)


def _trial(name: str, copies: int, faults: float) -> Trial:
    limit = LIMIT_WITH_FAULTS if faults else LIMIT
    return Trial(name, copies, MESSAGES, faults=faults, limit=limit)


def _killed(trial: Trial, source: Source, folder: Path, quick: bool) -> Result:
    whole = trial.short(messages=100) if quick else trial
    return run(whole, source.fresh(), folder, killing(6 if quick else KILLS))


def killing(kills: int) -> Disturb:
    """Kill a copy at points spread over all the messages, each a little after its message."""

    def disturb(scene: Scene) -> tuple[str, bool]:
        random = Random(scene.trial.seed)
        points = sorted(random.sample(range(scene.trial.messages), kills))
        done = 0
        for point in points:
            if not scene.reached(point):
                break
            sleep(random.uniform(0, LONGEST_DELAY))
            scene.running.kill(random.randrange(scene.trial.copies))
            done += 1
        return f"{done} kills", done == kills

    return disturb


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv))
