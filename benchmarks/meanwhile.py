"""Measure a signed command while the bot works in the background, against the same command idle.

For each database and scenario: how long the command takes, its errors, how much was done, and how
long each write transaction held the writer.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, sleep

from pydantic import SecretStr
from sqlalchemy import text

from benchmarks.scenarios import imports, nudges, reviews
from benchmarks.scenarios.scenario import Load, Scenario
from benchmarks.support import seed_customers, seed_pms
from benchmarks.support.command_caller import Caller
from benchmarks.support.noop_slack import noop_slack
from benchmarks.support.running_clock import RunningClock
from benchmarks.support.write_times import recorded_writes
from bot.app import Application, build
from bot.log import configure
from bot.platform.process_tuning import freeze_gc
from bot.settings import Settings
from sandbox.server_thread import ServerThread
from tests.support.databases import SqliteFiles, postgres_server

SCENARIOS: Mapping[str, Scenario] = {
    each.name: each for each in (*nudges.SCENARIOS, *reviews.SCENARIOS, *imports.SCENARIOS)
}
SECRET = "a-made-up-signing-secret"
CUSTOMERS, PMS, SECONDS = 100_000, 20_000, 60
CALLER = f"U{PMS - 1:08}"
EVERY_SECONDS, WARM_SECONDS, IDLE_SECONDS = 0.05, 2.0, 15.0
# goals.md's: the median against the idle one, the 99th percentile.
MOST_RATIO, MOST_SECONDS = 3.0, 0.3


@dataclass(frozen=True)
class Commands:
    """The seconds of each command, and what went wrong with the others."""

    took: Sequence[float]
    errors: Sequence[str]

    @property
    def middle(self) -> float:
        """Return the median."""
        return median(self.took)

    @property
    def percentile_99(self) -> float:
        """Return the 99th percentile; of few values, never beyond the slowest."""
        return quantiles(self.took, n=100, method="inclusive")[98]

    def __str__(self) -> str:
        return (
            f"{self.middle * 1000:.1f} ms, 99 % within {self.percentile_99 * 1000:.0f} ms,"
            f" slowest {max(self.took) * 1000:.0f} ms of {len(self.took)}"
        )


def main(wanted: Sequence[str], databases: Sequence[str], known: argparse.Namespace) -> int:
    """Print the results; return 1 if a command failed or took too long."""
    configure("critical")
    missed = False
    with ExitStack() as cleanup:
        folder = cleanup.enter_context(tempfile.TemporaryDirectory())
        for database in databases:
            source = (
                SqliteFiles(Path(folder))
                if database == "sqlite"
                else cleanup.enter_context(postgres_server(durable=True))
            )
            for name in wanted:
                missed |= _measure(database, source.new_database(), SCENARIOS[name], known)
    return int(missed)


def _measure(database: str, address: str, scenario: Scenario, known: argparse.Namespace) -> bool:
    """Print what a scenario does to commands; return whether that is too much."""
    with _running_application(address) as (application, url):
        services, workspace_id = application.services, application.installation.workspace_id
        wait = timedelta(seconds=known.seconds)
        load = Load(services, workspace_id, known.customers, wait, known.count)
        _seed(load)
        scenario.prepare(load)
        _gather_statistics(load)
        freeze_gc()
        with recorded_writes(services.engine) as idle_writes:
            idle = _call(url, workspace_id, _rest)[0]
        with recorded_writes(services.engine) as writes:
            busy, done, seconds = _call(url, workspace_id, lambda: scenario.run(load))
    missed = (
        busy.middle > MOST_RATIO * idle.middle
        or busy.percentile_99 > MOST_SECONDS
        or bool(busy.errors)
    )
    sys.stdout.write(
        f"{database}, {scenario.name}, {known.customers:,} customers:"
        f" {done} {scenario.done} in {seconds:.0f} s ({done / seconds:.1f} a second)"
        f"{' - MISSED' if missed else ''}\n"
        f"  idle: {idle}\n"
        f"  meanwhile: {busy}; {busy.middle / idle.middle:.1f} times the median,"
        f" {len(busy.errors)} errors{'' if not busy.errors else f': {busy.errors[0]}'}\n"
        f"{_lines_of_writes(idle_writes, 'idle')}{_lines_of_writes(writes, 'meanwhile')}"
    )
    sys.stdout.flush()
    return missed


def _call(url: str, workspace_id: str, work: Callable[[], int]) -> tuple[Commands, int, float]:
    """Send commands while `work` is done; return them, its result and its seconds."""
    with Caller(url, SECRET, workspace_id, CALLER, EVERY_SECONDS) as caller:
        sleep(WARM_SECONDS)
        began = monotonic()
        done = work()
        ended = monotonic()
        given = caller.stop()
    took = [seconds for at, seconds in given if began <= at + seconds and at < ended]
    return Commands(took, caller.errors), done, ended - began


def _rest() -> int:
    sleep(IDLE_SECONDS)
    return 0


def _lines_of_writes(writes: Mapping[str, Sequence[float]], when: str) -> str:
    lines = ""
    for name, took in sorted(writes.items(), key=lambda each: -max(each[1])):
        at = quantiles(took, n=100, method="inclusive")[98] if len(took) > 1 else took[0]
        lines += (
            f"  {when}, {name} holds the writer {median(took) * 1000:.1f} ms,"
            f" 99 % {at * 1000:.1f} ms, longest {max(took) * 1000:.1f} ms ({len(took)})\n"
        )
    return lines


def _seed(load: Load) -> None:
    today = load.services.clock.now().date()
    with load.services.transaction(load.workspace_id) as tx:
        seed_customers.add_customers(tx, load.customers, today)
        seed_pms.add_pms(tx, PMS)
        seed_pms.add_staff(tx, CALLER)


def _gather_statistics(load: Load) -> None:
    # A database does this by itself after a while; SQLite doesn't.
    if load.services.engine.dialect.name == "postgresql":
        with load.services.engine.begin() as connection:
            connection.execute(text("ANALYZE"))


@contextmanager
def _running_application(address: str) -> Iterator[tuple[Application, str]]:
    """Run the whole bot but its scheduler in this process; yield it with its address."""
    clock = RunningClock(seed_pms.NOW)
    with ExitStack() as cleanup:
        settings = Settings(
            database_url=address,
            slack_bot_token=SecretStr("xoxb-made-up"),
            slack_signing_secret=SecretStr(SECRET),
            slack_api_url=cleanup.enter_context(noop_slack()),
        )
        application = build(settings, clock)
        cleanup.callback(application.close)
        runner = ServerThread(application.web, 0)
        runner.start()
        cleanup.callback(runner.stop)
        yield application, f"http://127.0.0.1:{runner.port}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.meanwhile", description=__doc__)
    parser.add_argument("scenarios", nargs="*", help=", ".join(SCENARIOS))
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long it runs at most")
    parser.add_argument("--count", type=int, help="how much there is to do")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    engines = [given.database] if given.database else ["sqlite", "postgresql"]
    sys.exit(main(given.scenarios or list(SCENARIOS), engines, given))
