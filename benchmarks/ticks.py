"""A tick with 100 nudges due among few and among many PMs: it should cost the same."""

import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.clock import SystemClock
from bot.db import customers, pms, workspaces
from bot.db.engine import Tx, make_engine
from bot.domain.calendar import Hours
from bot.domain.customers import Stage
from bot.domain.nudges import Planned, Rhythm, Step, Strength
from bot.domain.pms import Pm
from bot.operations import nudges
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client
from tests.databases import SqliteFiles, postgres_server

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEW, MANY, DUE, CUSTOMERS, ROUNDS = 1_000, 100_000, 100, 1_000, 5
WORKSPACE = "T1"
HOURS = Hours("UTC", time(9, 30))


def main() -> None:
    """Print the medians and their ratio for both databases."""
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        files = SqliteFiles(Path(folder))
        for name, source in (("SQLite", files), ("PostgreSQL", postgres)):
            few, many = (_median_tick(source.fresh(), count) for count in (FEW, MANY))
            sys.stdout.write(
                f"{name}: {DUE} due of {FEW:,} PMs {few * 1000:.0f} ms, "
                f"of {MANY:,} {many * 1000:.0f} ms, ratio {many / few:.2f}\n"
            )


def _median_tick(address: str, count: int) -> float:
    services = _services(address)
    with services.transaction(WORKSPACE) as tx:
        _fill(tx, count)
    took = []
    for round_ in range(ROUNDS):
        now = NOW + timedelta(days=round_ * 30)
        with services.transaction(WORKSPACE) as tx:
            for number in range(DUE):
                pms.keep(tx, _pm(number, now))
        started = perf_counter()
        nudges.remind(services, WORKSPACE, now)
        took.append(perf_counter() - started)
    services.engine.dispose()
    return median(took)


def _services(address: str) -> Services:
    client = make_client(None, "http://127.0.0.1:9/api/")
    return Services(Settings(), make_engine(address), SystemClock(), Slack(client))


def _fill(tx: Tx, count: int) -> None:
    workspaces.keep(tx, "Benchmark", "U0", NOW)
    for number in range(CUSTOMERS):
        customers.add(tx, f"Customer {number}", Stage.CUSTOMER)
    later = NOW + timedelta(days=3650)
    for number in range(count):
        pms.keep(tx, _pm(number, later))


def _pm(number: int, at: datetime) -> Pm:
    on: date = at.date()
    planned = Planned(Step.DUE, on, at - timedelta(hours=2), 1)
    rhythm = Rhythm(14, Strength.STANDARD, HOURS)
    return Pm(f"U{number}", None, NOW, rhythm, on - timedelta(days=14), planned)


if __name__ == "__main__":
    main()
