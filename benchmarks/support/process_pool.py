"""A pool of processes that deliver: started in milliseconds, killed, suspended, resumed."""

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
from sqlalchemy import make_url

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
    """Return a policy without rate limits: the runs test that messages arrive once, not the pace.

    A failed message first waits `first_wait_seconds`, later at most four times that.
    """
    first_wait = timedelta(seconds=first_wait_seconds)
    return DeliveryPolicy(lease, workers, UNLIMITED, UNLIMITED, first_wait, 4 * first_wait)


LOG = get_logger(__name__)


@dataclass(frozen=True)
class ProcessConfig:
    """The config of a process: database, Slack, clock, delivery policy, and nudges or not."""

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
    """Return the config of processes for that database and Slack."""
    api_url, token = slack.address()
    return ProcessConfig(database, api_url, token, clock, delivery_policy, log)


def services(config: ProcessConfig) -> Services:
    """Return the application's services, with an engine of this process."""
    settings = Settings(database_url=config.database, slack_bot_token=SecretStr(config.token))
    client = make_client(config.token, config.api_url)
    address = make_url(config.database)
    if address.get_backend_name() == "postgresql":
        address = address.update_query_dict({"application_name": application_name(os.getpid())})
    engine = make_engine(address.render_as_string(hide_password=False))
    return Services(
        settings,
        engine,
        config.clock,
        Slack(client),
        delivery_policy=config.delivery_policy,
        reachable={WORKSPACE},
    )


def application_name(pid: int) -> str:
    """Return the name under which PostgreSQL lists the sessions of a process."""
    return f"copy-{pid}"


class ProcessPool:
    """A fixed number of processes; each is replaced at once when it is killed."""

    def __init__(self, number: int, config: ProcessConfig) -> None:
        self._context = fork_server()
        self._config = config
        self.running = [self._start() for _ in range(number)]

    def kill(self, number: int) -> None:
        """Kill a process, and start another in its place."""
        self.running[number].kill()
        self.running[number].join()
        self.running[number] = self._start()

    def suspend(self, number: int) -> None:
        """Suspend a process, as a machine that is suspended does."""
        os.kill(self.pid(number), signal.SIGSTOP)

    def resume(self, number: int) -> None:
        """Resume a process."""
        os.kill(self.pid(number), signal.SIGCONT)

    def pid(self, number: int) -> int:
        """Return the process id."""
        return int(self.running[number].pid or 0)

    def ended(self) -> int:
        """Count the processes that ended by themselves."""
        return sum(not each.is_alive() for each in self.running)

    def kill_all(self) -> None:
        """Kill all processes."""
        for each in self.running:
            each.kill()
            each.join()

    def _start(self) -> ForkServerProcess:
        process = self._context.Process(target=run_process, args=(self._config,), daemon=True)
        process.start()
        return process


@contextmanager
def running_processes(number: int, config: ProcessConfig) -> Iterator[ProcessPool]:
    """Run processes until the block is left."""
    started = ProcessPool(number, config)
    try:
        yield started
    finally:
        started.kill_all()


def run_process(config: ProcessConfig) -> None:
    """Deliver what is due, in a loop, until killed."""
    end_with_parent()
    _redirect_output(config.log)
    running_services = services(config)
    while True:
        for each in _run_pass(running_services, config.sends_nudges):
            LOG.debug("outcome", kind=each.kind, status=each.status, reason=each.reason)
        sleep(PAUSE_SECONDS)


def _run_pass(running_services: Services, sends_nudges: bool) -> Sequence[Outcome]:
    now = running_services.clock.now()
    try:
        nudged = nudges.enqueue_due(running_services, WORKSPACE, now) if sends_nudges else ()
        return [*nudged, *delivery.deliver(running_services, now)]
    except Exception:  # like the clock's jobs: the next pass tries again
        LOG.exception("pass_failed")
        return ()


def _redirect_output(log: Path) -> None:
    lines = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(lines, stream)
    configure("info")
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
