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

from benchmarks.support.fork_server import fork_server
from benchmarks.support.running_clock import RunningClock
from benchmarks.support.slack_process import SlackProcess, end_with_parent
from bot.db.engine import make_engine
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.domain.outbox.outcomes import Outcome
from bot.log import configure, get_logger
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery
from bot.services import Services
from bot.settings import Settings
from bot.slack.client import Slack, make_client

WORKSPACE = "T0000001"
PAUSE_SECONDS = 0.05
UNLIMITED = 1_000_000


def fast_delivery_policy(
    lease: timedelta, workers: int = 8, first_wait_seconds: float = 1.0
) -> DeliveryPolicy:
    """Terms without a rate, as what is tried is whether messages arrive once, not how slowly.

    `waits` is for how many seconds a message waits that failed, at first; at most four times that.
    """
    first_wait = timedelta(seconds=first_wait_seconds)
    return DeliveryPolicy(lease, workers, UNLIMITED, UNLIMITED, first_wait, 4 * first_wait)


LOG = get_logger(__name__)


@dataclass(frozen=True)
class ProcessConfig:
    """What a copy is given: database, Slack, time, terms, and whether it queues nudges too."""

    database: str
    api_url: str
    token: str
    clock: RunningClock
    delivery_policy: DeliveryPolicy
    log: Path
    sends_nudges: bool = False


def process_config(
    database: str,
    slack: SlackProcess,
    clock: RunningClock,
    delivery_policy: DeliveryPolicy,
    log: Path,
) -> ProcessConfig:
    """What copies are given that work on that database and talk to that Slack."""
    api_url, token = slack.address()
    return ProcessConfig(database, api_url, token, clock, delivery_policy, log)


def services(config: ProcessConfig) -> Services:
    """The house's supplies, with an engine of this process."""
    settings = Settings(database_url=config.database, slack_bot_token=SecretStr(config.token))
    client = make_client(config.token, config.api_url)
    engine = make_engine(config.database)
    return Services(
        settings, engine, config.clock, Slack(client), delivery_policy=config.delivery_policy
    )


class ProcessPool:
    """A fixed number of copies; each is replaced at once when it is killed."""

    def __init__(self, number: int, config: ProcessConfig) -> None:
        self._context = fork_server()
        self._config = config
        self.running = [self._start() for _ in range(number)]

    def kill(self, number: int) -> None:
        """End a copy without a word, and start another in its place."""
        self.running[number].kill()
        self.running[number].join()
        self.running[number] = self._start()

    def suspend(self, number: int) -> None:
        """Hold a copy still where it is, as a machine does that is suspended."""
        os.kill(self.pid(number), signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """Let a copy go on."""
        os.kill(self.pid(number), signal.SIGCONT)

    def pid(self, number: int) -> int:
        """The process id of a copy."""
        return int(self.running[number].pid or 0)

    def ended(self) -> int:
        """How many copies have ended by themselves."""
        return sum(not each.is_alive() for each in self.running)

    def kill_all(self) -> None:
        """Kill all."""
        for each in self.running:
            each.kill()
            each.join()

    def _start(self) -> ForkServerProcess:
        process = self._context.Process(target=run_process, args=(self._config,), daemon=True)
        process.start()
        return process


@contextmanager
def running_processes(number: int, config: ProcessConfig) -> Iterator[ProcessPool]:
    """Copies that run until the block is left."""
    started = ProcessPool(number, config)
    try:
        yield started
    finally:
        started.kill_all()


def run_process(config: ProcessConfig) -> None:
    """What a copy does all its life: everything that is due, again and again."""
    end_with_parent()
    _redirect_output(config.log)
    running_services = services(config)
    while True:
        for each in _run_pass(running_services, config.sends_nudges):
            LOG.debug("outcome", kind=each.kind, fate=each.status, reason=each.reason)
        sleep(PAUSE_SECONDS)


def _run_pass(running_services: Services, sends_nudges: bool) -> Sequence[Outcome]:
    now = running_services.clock.now()
    try:
        nudged = nudges.enqueue_due(running_services, WORKSPACE, now) if sends_nudges else ()
        return [*nudged, *delivery.deliver(running_services, now)]
    except Exception:  # a door, as the clock's jobs are: the next pass tries again
        LOG.exception("pass_failed")
        return ()


def _redirect_output(log: Path) -> None:
    lines = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(lines, stream)
    configure("info")
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
