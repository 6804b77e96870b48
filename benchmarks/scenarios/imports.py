"""Imports of a large file of contacts, and their dry run, in a process of their own."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import monotonic

from benchmarks.scenarios.scenario import Load, Scenario
from benchmarks.support import seed_pms
from benchmarks.support.write_times import recorded_writes
from bot.db.engine import make_engine
from bot.operations.imports import files as imports
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client
from tests.conftest import ManualClock

ROWS, PEOPLE = 200_000, 20_000
HEADER = "source,source_id,occurred_at,channel,person_email,customer,subject\n"


class OutOfTimeError(Exception):
    """The import has run for as long as it should."""


def prepare(_load: Load) -> None:
    """Do nothing: the file holds all there is."""


def run(load: Load, *, dry_run: bool) -> int:
    """Import a file as `python -m bot import` does; return how many rows were imported in time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        with path.open("w") as file:
            file.writelines(_lines(load.count or ROWS))
        url, seconds = load.services.settings.database_url, load.seconds.total_seconds()
        arguments = (url, load.workspace_id, str(path), str(seconds), "dry" if dry_run else "real")
        command = [sys.executable, "-m", "benchmarks.scenarios.imports", *arguments]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    done, _, writes = found.partition("\n")
    sys.stdout.write(writes)
    return int(done)


def main(url: str, workspace_id: str, path: str, seconds: str, how: str) -> None:
    """Import the file, and print how many rows and how long each write held the writer."""
    engine = make_engine(url)
    clock, slack = ManualClock(seed_pms.NOW), Slack(make_client(None, "http://127.0.0.1:9/api/"))
    services = Services(Settings(), engine, clock, slack)
    with recorded_writes(engine) as writes:
        used = services.dry_run() if how == "dry" else services
        done = _import_for(used, workspace_id, Path(path), float(seconds))
    engine.dispose()
    sys.stdout.write(f"{done}\n")
    for name, took in writes.items():
        at = quantiles(took, n=100, method="inclusive")[98] if len(took) > 1 else took[0]
        sys.stdout.write(
            f"  {name} of the import holds the writer {median(took) * 1000:.1f} ms,"
            f" 99 % {at * 1000:.1f} ms, longest {max(took) * 1000:.1f} ms ({len(took)})\n"
        )


def _import_for(services: Services, workspace_id: str, path: Path, seconds: float) -> int:
    done, deadline = 0, monotonic() + seconds

    def count(rows: int) -> None:
        nonlocal done
        done = rows
        if monotonic() > deadline:
            raise OutOfTimeError

    with path.open("rb") as file:
        try:
            now = services.clock.now()
            imports.run(services, workspace_id, "contacts", file, now, progress=count)
        except OutOfTimeError:
            pass
    return done


def _lines(count: int) -> Iterator[str]:
    yield HEADER
    for number in range(count):
        person = number * 7919 % PEOPLE
        yield (
            f"mail,{number},2026-02-{number % 27 + 1:02}T10:00Z,mail,"
            f"p{person}@works{person}.example,Made-up Works {person},A made-up subject\n"
        )


SCENARIOS = (
    Scenario("import", "rows imported", prepare, partial(run, dry_run=False)),
    Scenario("dry_import", "rows imported on a copy", prepare, partial(run, dry_run=True)),
)

if __name__ == "__main__":
    main(*sys.argv[1:])
