"""Measure ticks: as fast with a million PMs as with a thousand, and without delaying requests."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, process_time, sleep

from pydantic import SecretStr
from sqlalchemy import text

from benchmarks.support import seed_pms
from benchmarks.support.command_caller import Caller
from bot.app import Application, build
from bot.db.engine import make_engine
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.log import configure
from bot.operations.nudges import scheduling as nudges
from bot.platform.process_tuning import freeze_gc
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client
from sandbox.server import Sandbox
from sandbox.server_thread import ServerThread
from tests.conftest import MANIFEST, ManualClock
from tests.support.databases import SqliteFiles, postgres_server

WORKSPACE = "T1"
CALLER = "U00099999"
DUE, PEOPLE, TICK_SECONDS = 10_000, 100_000, 1.0
ACK_SECONDS, WARM_SECONDS = 0.3, 2.0
FEW_DUE, FEW, MANY, RATIO = 100, 1_000, 1_000_000, 2.0
ROUNDS, FEW_ROUNDS = 3, 15
# Long enough for a hundred acks, of which the slowest but one counts.
DISTURBED_ROUNDS = 12
WEEK = timedelta(days=7)


def main() -> int:
    """Print a line per target and database; return 1 if one is missed."""
    configure("error")
    missed = False
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        files = SqliteFiles(Path(folder))
        for name, source in (("SQLite", files), ("PostgreSQL", postgres)):
            for bar in (_large, _flat):
                line, held = bar(source.new_database)
                missed |= not held
                sys.stdout.write(f"{name}: {line}{'' if held else ' - MISSED'}\n")
                sys.stdout.flush()
    return int(missed)


def _large(fresh: Callable[[], str]) -> tuple[str, bool]:
    """Measure many due at once, alone and while one command follows the other."""
    with _running_application(fresh()) as (application, url, secret):
        services, workspace_id = application.services, application.installation.workspace_id
        with services.transaction(workspace_id) as tx:
            seed_pms.add_pms(tx, PEOPLE)
            seed_pms.add_staff(tx, CALLER)
        _gather_statistics(services)
        alone = [_tick(services, workspace_id, DUE, each) for each in range(ROUNDS)]
        with Caller(url, secret, workspace_id, CALLER) as caller:
            sleep(WARM_SECONDS)
            weeks = range(ROUNDS, ROUNDS + DISTURBED_ROUNDS)
            spans = [_tick(services, workspace_id, DUE, each) for each in weeks]
            given = caller.stop()
        acks = [took for at, took in given if any(each.contains(at, took) for each in spans)]
    ticked, acked = median(each.took for each in alone), _percentile_99(acks)
    line = (
        f"{DUE:,} due of {PEOPLE:,} PMs {ticked:.2f} s"
        f" ({median(each.cpu_seconds for each in alone):.2f} s computed); /visit next meanwhile:"
        f" {len(acks)} acked, 99 % within {acked * 1000:.0f} ms,"
        f" median {median(acks) * 1000:.0f} ms"
    )
    return line, ticked <= TICK_SECONDS and acked <= ACK_SECONDS


def _flat(fresh: Callable[[], str]) -> tuple[str, bool]:
    """Measure a few due, among few and among very many."""
    with ExitStack() as cleanup:
        small, large = (cleanup.enter_context(_services(fresh())) for _ in range(2))
        for services, times in ((small, 0), (large, MANY // FEW - 1)):
            with services.transaction(WORKSPACE) as tx:
                seed_pms.add_pms(tx, FEW)
                if times:
                    seed_pms.multiply_pms(tx, times)
            _gather_statistics(services)
        # In turn, so that other load on the machine slows both.
        rounds = [
            [_tick(each, WORKSPACE, FEW_DUE, number).took for each in (small, large)]
            for number in range(FEW_ROUNDS)
        ]
    few, many = (median(each) for each in zip(*rounds, strict=True))
    line = (
        f"{FEW_DUE} due of {FEW:,} PMs {few * 1000:.0f} ms,"
        f" of {MANY:,} {many * 1000:.0f} ms, ratio {many / few:.2f}"
    )
    return line, many <= RATIO * few


@dataclass(frozen=True)
class Span:
    """The start and end of a tick (`time.monotonic`), and the CPU seconds of this process."""

    began: float
    ended: float
    cpu_seconds: float

    @property
    def took(self) -> float:
        """Return the seconds it took."""
        return self.ended - self.began

    def contains(self, at: float, took: float) -> bool:
        """Return whether a request that took `took` seconds was under way during the tick."""
        return at < self.ended and at + took > self.began


def _tick(services: Services, workspace_id: str, due: int, week: int) -> Span:
    """Run one tick, on its own day, with `due` PMs due."""
    now = seed_pms.NOW + week * WEEK
    with services.transaction(workspace_id) as tx:
        seed_pms.make_due(tx, due, now)
    began, computed = monotonic(), process_time()
    outcomes = nudges.enqueue_due(services, workspace_id, now)
    span = Span(began, monotonic(), process_time() - computed)
    _check(outcomes, due)
    return span


def _check(outcomes: Sequence[Outcome], due: int) -> None:
    queued = sum(each.status is DeliveryStatus.QUEUED for each in outcomes)
    failed = sum(each.reason == "failed" for each in outcomes)
    if len(outcomes) < due or failed or not due * 0.7 < queued < due:
        raise ValueError(f"{len(outcomes)} looked at, {queued} queued, {failed} failed, of {due}")


def _percentile_99(acks: Sequence[float]) -> float:
    """Return the 99th percentile; of few values, never beyond the slowest."""
    return quantiles(acks, n=100, method="inclusive")[98]


def _gather_statistics(services: Services) -> None:
    # A database does this by itself after a while.
    with services.engine.begin() as connection:
        connection.execute(text("ANALYZE pms"))


@contextmanager
def _services(address: str) -> Iterator[Services]:
    client = make_client(None, "http://127.0.0.1:9/api/")
    engine = make_engine(address)
    clock = ManualClock(seed_pms.NOW)
    yield Services(Settings(), engine, clock, Slack(client), reachable={WORKSPACE})
    engine.dispose()


@contextmanager
def _running_application(address: str) -> Iterator[tuple[Application, str, str]]:
    """Run the whole bot in this process; yield it with its address and signing secret."""
    clock = ManualClock(seed_pms.NOW)
    with ExitStack() as cleanup:
        slack = cleanup.enter_context(Sandbox(manifest=MANIFEST, now=clock.now))
        settings = Settings(
            database_url=address,
            slack_bot_token=SecretStr(slack.bot_token),
            slack_signing_secret=SecretStr(slack.signing_secret),
            slack_api_url=slack.api_url,
        )
        application = build(settings, clock)
        cleanup.callback(application.close)
        freeze_gc()
        runner = ServerThread(application.web, 0)
        runner.start()
        cleanup.callback(runner.stop)
        yield application, f"http://127.0.0.1:{runner.port}", slack.signing_secret


if __name__ == "__main__":
    sys.exit(main())
