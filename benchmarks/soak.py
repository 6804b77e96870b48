"""Run a quarter of an hour at ten times a large company's load: memory must stay level.

Open descriptors and threads must too.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import time as wall
from datetime import timedelta
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import linear_regression, median
from threading import Event, Thread
from time import monotonic
from typing import Any

import uvicorn
from pydantic import SecretStr
from sqlalchemy import insert

from benchmarks.support.process_pool import WORKSPACE
from benchmarks.support.running_clock import RunningClock
from benchmarks.support.simulated_staff import (
    CUSTOMERS,
    ActivityCounts,
    Address,
    SimulatedStaff,
    simulated_staff,
)
from benchmarks.support.slack_process import end_with_parent
from bot.app import build
from bot.db import customers, migrate, workspaces
from bot.db.engine import make_engine, transaction
from bot.db.tables.staff import pms as pms_table
from bot.db.tables.stories import teams as teams_table
from bot.domain.customers import Stage
from bot.domain.nudges.rules import NudgeStep, Strength
from bot.domain.stories import iso_week
from bot.log import configure
from bot.platform.process_tuning import freeze_gc, limit_malloc_arenas
from bot.settings import Settings

# A large company, in a day of eight hours: 300 PMs and 30 other staff; 26 visits a year each, so
# 35 debriefs of 4 requests; 2,000 contacts with people at 5,000 customers, all of them added by
# hand, at 4 requests; Home opened four times each, three commands each, a status changed five
# times each; 55 nudges of 2 presses: 12,300 requests, or 0.43 a second. Ten times that is 4.3 a
# second; here 4 people a second do something, which comes to about 10 requests. There a nudge
# goes out every nine minutes, and here one every two seconds.
ACTS_A_SECOND = 4.0
ACTIVE, NUDGE_EVERY, TEAMS = 100, timedelta(seconds=2), 20
FAULTS, SEED = 0.02, 20260302
CALLERS = 5
SAMPLE_SECONDS = 3.0
GENTLY_EVERY, ROUGHLY_EVERY = 60.0, 150.0
MOST_GROWTH = 5.0
MORE_DESCRIPTORS = 5
TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Sample:
    """The bot at one moment: seconds since the start, resident KiB, open descriptors, threads.

    The database's descriptors are counted apart: a pool opens as many as were ever needed at once.
    """

    at: float
    memory: int
    descriptors: int
    database: int
    threads: int


@dataclass(frozen=True)
class Report:
    """Totals of the samples after the warm-up; memory in MiB from the line fitted to them all.

    `minutes` is the memory of every minute, the warm-up included: a rise that ends looks different
    from one that doesn't.
    """

    start: float
    end: float
    descriptors: tuple[float, float]
    database: tuple[float, float]
    threads: tuple[float, float]
    minutes: Sequence[float]

    @property
    def growth(self) -> float:
        """Return the growth in percent, from the end of the warm-up to the end."""
        return 100 * (self.end - self.start) / self.start

    @property
    def passed(self) -> bool:
        """Return whether nothing grows."""
        first, last = self.descriptors
        return self.growth < MOST_GROWTH and last - first <= MORE_DESCRIPTORS


def main(minutes: float, warm_up: float) -> int:
    """Print the result of the run; return 1 when the bot has grown."""
    clock = RunningClock()
    configure("error")
    with tempfile.TemporaryDirectory() as name, simulated_staff(clock) as slack:
        database, log = f"sqlite:///{Path(name) / 'nihito.db'}", Path(name) / "bot.log"
        active = _fill(database, slack, clock, minutes)
        with bot(database, slack.address(), clock, log) as pid:
            slack.wait_for_bot(TIMEOUT_SECONDS)
            slack.fail_at_random(FAULTS, SEED)
            samples = _run(pid, slack, active, minutes * 60)
            tally = slack.counts()
        errors = log.read_text(encoding="utf-8").count('"level": "error"')
    report = _report(samples, warm_up * 60)
    sys.stdout.write(_lines(report, tally, errors, samples[-1].at))
    return 0 if report.passed else 1


@contextmanager
def bot(database: str, address: Address, clock: RunningClock, log: Path) -> Iterator[int]:
    """Run the real bot in its own process; yield the process id."""
    process = get_context("spawn").Process(target=serve, args=(database, address, clock, log))
    process.start()
    assert process.pid is not None
    try:
        yield process.pid
    finally:
        process.terminate()
        process.join(TIMEOUT_SECONDS)


def serve(database: str, address: Address, clock: RunningClock, log: Path) -> None:
    """Do what the `run` command does, on a Monday at noon."""
    end_with_parent()
    limit_malloc_arenas()
    lines = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(lines, stream)
    configure("info")
    settings = Settings(
        database_url=database,
        slack_bot_token=SecretStr(address.bot_token),
        slack_app_token=SecretStr(address.app_token),
        slack_signing_secret=SecretStr(address.signing_secret),
        slack_api_url=address.api_url,
    )
    application = build(settings, clock)
    freeze_gc()
    application.connect()
    application.start_scheduler()
    uvicorn.run(application.web, host="127.0.0.1", port=0, log_config=None)
    application.close()


def _fill(
    database: str, slack: SimulatedStaff, clock: RunningClock, minutes: float
) -> Sequence[str]:
    """Add customers, teams and PMs; return the ids of those who act, the others are nudged."""
    engine = make_engine(database)
    migrate.upgrade(engine)
    nudged = slack.add_people(int(timedelta(minutes=minutes) / NUDGE_EVERY))
    active, channels = slack.add_people(ACTIVE), slack.add_channels(TEAMS)
    now = clock.now()
    with transaction(engine, WORKSPACE) as tx:
        workspaces.save(tx, "Benchmark", "U0000000", now)
        for each in CUSTOMERS:
            customers.add(tx, each, Stage.CUSTOMER)
        apart = timedelta(minutes=minutes) / TEAMS
        tx.run(
            insert(teams_table), [_team(each, now + n * apart) for n, each in enumerate(channels)]
        )
        team_ids = tx.run(tx.select(teams_table, teams_table.c.id)).scalars().all()
        soon = [_pm(each, None, now + n * NUDGE_EVERY) for n, each in enumerate(nudged)]
        year = now + timedelta(days=365)
        later = [_pm(each, team_ids[n % TEAMS], year) for n, each in enumerate(active)]
        tx.run(insert(pms_table), [*soon, *later])
    engine.dispose()
    # Some of those who are nudged answer too.
    return [*active, *nudged[::10]]


def _team(channel_id: str, at: Any) -> dict[str, Any]:
    return {
        "workspace_id": WORKSPACE,
        "name": channel_id,
        "channel_id": channel_id,
        "digest_weekday": at.weekday(),
        "digest_at": wall(at.hour, at.minute),
        "zone": "UTC",
        "week": iso_week(at.date()),
        "next_on": at.date(),
        "next_at": at,
    }


def _pm(user_id: str, team_id: int | None, next_at: Any) -> dict[str, Any]:
    return {
        "workspace_id": WORKSPACE,
        "user_id": user_id,
        "team_id": team_id,
        "joined_at": next_at - timedelta(days=400),
        "interval_days": 14,
        "strength": Strength.STANDARD,
        "zone": "UTC",
        # The same nudge hour for most, as in real life; only `next_at` differs.
        "nudge_at": wall(9, 30),
        "working_days": [0, 1, 2, 3, 4],
        "cycle_start": next_at.date() - timedelta(days=14),
        "step": NudgeStep.DUE,
        "cycle": 1,
        "next_on": next_at.date(),
        "next_at": next_at,
    }


def _run(pid: int, slack: SimulatedStaff, active: Sequence[str], seconds: float) -> list[Sample]:
    """Let people act and connections end while the process is sampled."""
    began, finished = monotonic(), Event()
    parts = [active[number::CALLERS] for number in range(CALLERS)]
    threads = [Thread(target=_act, args=(slack, part, finished)) for part in parts]
    threads.append(Thread(target=_reconnect, args=(slack, GENTLY_EVERY, True, finished)))
    threads.append(Thread(target=_reconnect, args=(slack, ROUGHLY_EVERY, False, finished)))
    for each in threads:
        each.start()
    samples = []
    while (at := monotonic() - began) < seconds:
        samples.append(_sample(pid, at))
        finished.wait(SAMPLE_SECONDS)
    finished.set()
    for each in threads:
        each.join()
    return samples


def _act(slack: SimulatedStaff, people: Sequence[str], finished: Event) -> None:
    random, pace = Random(people[0]), CALLERS / ACTS_A_SECOND
    due = monotonic()
    while not finished.wait(max(0.0, due - monotonic())):
        slack.act(random.choice(people), random.randrange(2**32))
        due += pace


def _reconnect(slack: SimulatedStaff, seconds: float, gently: bool, finished: Event) -> None:
    while not finished.wait(seconds):
        slack.drop_connection(gently)


def _sample(pid: int, at: float) -> Sample:
    process = Path("/proc") / str(pid)
    lines = process.joinpath("status").read_text(encoding="ascii").splitlines()
    known = dict(line.split(":", 1) for line in lines)
    memory, threads = int(known["VmRSS"].split()[0]), int(known["Threads"])
    opened = list(_opened(process / "fd"))
    database = sum("nihito.db" in each for each in opened)
    return Sample(at, memory, len(opened) - database, database, threads)


def _opened(folder: Path) -> Iterator[str]:
    for each in folder.iterdir():
        # Some are closed by the time they are looked at.
        with suppress(FileNotFoundError):
            yield str(each.readlink())


def _report(samples: Sequence[Sample], warm_up: float) -> Report:
    warm = [each for each in samples if each.at >= warm_up]
    slope, height = linear_regression([each.at for each in warm], [each.memory for each in warm])
    ends = [(height + slope * each.at) / 1024 for each in (warm[0], warm[-1])]
    quarter = max(1, len(warm) // 4)
    early, late = warm[:quarter], warm[-quarter:]
    return Report(
        ends[0],
        ends[1],
        (median(each.descriptors for each in early), median(each.descriptors for each in late)),
        (median(each.database for each in early), median(each.database for each in late)),
        (median(each.threads for each in early), median(each.threads for each in late)),
        _by_minute(samples),
    )


def _by_minute(samples: Sequence[Sample]) -> Sequence[float]:
    minutes = groupby(samples, lambda each: each.at // 60)
    return [median(each.memory for each in minute) / 1024 for _, minute in minutes]


def _lines(report: Report, tally: ActivityCounts, errors: int, seconds: float) -> str:
    return (
        f"{seconds / 60:.0f} minutes, {tally.requests:,} requests ({tally.requests / seconds:.1f} "
        f"a second), {tally.messages:,} messages, {tally.calls:,} calls of Slack, "
        f"{tally.faults:,} of them failed\n"
        f"slowest ack {tally.slowest_ack * 1000:.0f} ms, {tally.unacked} not acknowledged, "
        f"{tally.given_up} things given up since a form did not come, "
        f"{errors} errors logged\n"
        f"memory {report.start:.1f} MiB, then {report.end:.1f} MiB: {report.growth:+.1f} %\n"
        f"by minute {' '.join(f'{each:.0f}' for each in report.minutes)}\n"
        f"descriptors {report.descriptors[0]:.0f}, then {report.descriptors[1]:.0f}; of the "
        f"database {report.database[0]:.0f}, then {report.database[1]:.0f}; "
        f"threads {report.threads[0]:.0f}, then {report.threads[1]:.0f}\n"
        f"{'level' if report.passed else 'GROWING'}\n"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15, help="how long in all")
    parser.add_argument("--warm-up", type=float, default=2, help="minutes that do not count")
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(main(given.minutes, given.warm_up))
