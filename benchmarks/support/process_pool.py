"""Copies of the process that deliver: started in milliseconds, killed, stopped, let go."""

import logging
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from time import sleep

from pydantic import SecretStr

from benchmarks.support.fork_server import context
from benchmarks.support.running_clock import RunningClock
from benchmarks.support.slack_process import SlackApart, end_with_parent
from bot.db.engine import make_engine
from bot.domain.outbox.delivery_policy import Terms
from bot.domain.outbox.outcomes import Outcome
from bot.log import configure, logger
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client

WORKSPACE = "T0000001"
PAUSE_SECONDS = 0.05
UNLIMITED = 1_000_000


def hurried(lease: timedelta, workers: int = 8, waits: float = 1.0) -> Terms:
    """Terms without a rate, as what is tried is whether messages arrive once, not how slowly.

    `waits` is for how many seconds a message waits that failed, at first; at most four times that.
    """
    first = timedelta(seconds=waits)
    return Terms(lease, workers, UNLIMITED, UNLIMITED, first, 4 * first)


LOG = logger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What a copy is given: database, Slack, time, terms, and whether it queues nudges too."""

    database: str
    api_url: str
    token: str
    clock: RunningClock
    terms: Terms
    log: Path
    reminds: bool = False


def surroundings(
    database: str, slack: SlackApart, clock: RunningClock, terms: Terms, log: Path
) -> Surroundings:
    """What copies are given that work on that database and talk to that Slack."""
    api_url, token = slack.address()
    return Surroundings(database, api_url, token, clock, terms, log)


def services(given: Surroundings) -> Services:
    """The house's supplies, with an engine of this process."""
    settings = Settings(database_url=given.database, slack_bot_token=SecretStr(given.token))
    client = make_client(given.token, given.api_url)
    engine = make_engine(given.database)
    return Services(settings, engine, given.clock, Slack(client), terms=given.terms)


class Copies:
    """A fixed number of copies; each is replaced at once when it is killed."""

    def __init__(self, number: int, given: Surroundings) -> None:
        self._context = context()
        self._given = given
        self.running = [self._start() for _ in range(number)]

    def kill(self, number: int) -> None:
        """End a copy without a word, and start another in its place."""
        self.running[number].kill()
        self.running[number].join()
        self.running[number] = self._start()

    def stop(self, number: int) -> None:
        """Hold a copy still where it is, as a machine does that is suspended."""
        os.kill(self.pid(number), signal.SIGSTOP)

    def let_go(self, number: int) -> None:
        """Let a copy go on."""
        os.kill(self.pid(number), signal.SIGCONT)

    def pid(self, number: int) -> int:
        """The process id of a copy."""
        return int(self.running[number].pid or 0)

    def ended(self) -> int:
        """How many copies have ended by themselves."""
        return sum(not each.is_alive() for each in self.running)

    def end(self) -> None:
        """Kill all."""
        for each in self.running:
            each.kill()
            each.join()

    def _start(self) -> ForkServerProcess:
        process = self._context.Process(target=work, args=(self._given,), daemon=True)
        process.start()
        return process


@contextmanager
def copies(number: int, given: Surroundings) -> Iterator[Copies]:
    """Copies that run until the block is left."""
    started = Copies(number, given)
    try:
        yield started
    finally:
        started.end()


def work(given: Surroundings) -> None:
    """What a copy does all its life: everything that is due, again and again."""
    end_with_parent()
    _write_to(given.log)
    supplies = services(given)
    while True:
        for each in _pass(supplies, given.reminds):
            LOG.debug("outcome", kind=each.kind, fate=each.fate, reason=each.reason)
        sleep(PAUSE_SECONDS)


def _pass(supplies: Services, reminds: bool) -> Sequence[Outcome]:
    now = supplies.clock.now()
    try:
        asked = nudges.remind(supplies, WORKSPACE, now) if reminds else ()
        return [*asked, *delivery.deliver(supplies, now)]
    except Exception:  # a door, as the clock's jobs are: the next pass tries again
        LOG.exception("pass_failed")
        return ()


def _write_to(log: Path) -> None:
    lines = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(lines, stream)
    configure("info")
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
