"""Attack a bot's HTTP port: memory, health checks, signed commands and the log must hold."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as wall
from pathlib import Path
from urllib.request import urlopen

from benchmarks.support import floods
from benchmarks.support.http_rates import BOUNDED, measure_rates
from benchmarks.support.probes import Probes
from bot.db import workspaces
from bot.db.engine import make_engine, transaction
from bot.db.migrate import upgrade
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.staff.queries import Staff
from bot.domain.nudges.rules import NudgeSettings, NudgeStep, PlannedNudge, Strength
from bot.domain.staff.access import Membership
from bot.domain.staff.pms import Pm
from bot.domain.working_time import WorkingHours
from sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
DESCRIPTORS = 1024
MOST_MEMORY, LONGEST_SECONDS, MOST_LOG = 32 * 1024, 1.0, 1_000_000
ATTACK_SECONDS, REST_SECONDS, TIMEOUT_SECONDS = 6.0, 2.0, 30.0
SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Result:
    """What one attack did: the most KiB above rest, the slowest answers, and bytes of log."""

    name: str
    memory: int
    health: float
    command: float
    failed: int
    log: int

    @property
    def passed(self) -> bool:
        slowest = max(self.health, self.command)
        return not self.failed and slowest <= LONGEST_SECONDS and self.memory <= MOST_MEMORY

    def __str__(self) -> str:
        return (
            f"{self.name:<40} {self.memory / 1024:+6.1f} MiB, slowest health check "
            f"{self.health * 1000:4.0f} ms, slowest command {self.command * 1000:4.0f} ms, "
            f"{self.failed} failed, {self.log / 1000:.1f} kB of log"
            f"{'' if self.passed else '  NOT HELD'}"
        )


@dataclass(frozen=True)
class Bot:
    """A running bot: its port, process id and log."""

    port: int
    pid: int
    log: Path

    def memory(self) -> int:
        """Return its resident KiB."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0])


def main(names: Sequence[str]) -> int:
    """Print a line for each attack; return 1 when one of them did more than it may."""
    rates = measure_rates()
    for name, rate in rates.items():
        print_line(f"{name:<40} {rate:6.0f} requests a second, {rates[BOUNDED] / rate:.2f} of it")
    passed = True
    with tempfile.TemporaryDirectory() as folder, Sandbox(manifest=MANIFEST) as slack:
        database = f"sqlite:///{folder}/nihito.db"
        person = slack.add_user("Ada").id
        _add_pm(database, slack.team_id, person)
        with _bot(slack, database, Path(folder)) as bot:
            probe = Probes(bot.port, slack.signing_secret, slack.team_id, person)
            for name in names or floods.ALL:
                result = _attacked(bot, probe, name)
                print_line(str(result))
                passed = passed and result.passed
            log = bot.log.stat().st_size
    print_line(f"{log / 1000:.1f} kB of log in all, at {DESCRIPTORS} descriptors")
    return 0 if passed and log <= MOST_LOG else 1


def print_line(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _attacked(bot: Bot, probes: Probes, name: str) -> Result:
    rest, logged = bot.memory(), bot.log.stat().st_size
    with probes.running() as seen:
        with _flood(name, bot.port):
            most = max(_memory(bot, ATTACK_SECONDS))
        most = max(most, *_memory(bot, REST_SECONDS))
    return Result(
        name,
        most - rest,
        max(seen.health, default=TIMEOUT_SECONDS),
        max(seen.commands, default=TIMEOUT_SECONDS),
        seen.failed,
        bot.log.stat().st_size - logged,
    )


@contextmanager
def _flood(name: str, port: int) -> Iterator[None]:
    """Flood a port, from a process that has begun to."""
    command = (sys.executable, "-m", floods.__name__, name, str(port))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.kill()


def _memory(bot: Bot, seconds: float) -> Iterator[int]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        yield bot.memory()
        time.sleep(SAMPLE_SECONDS)


def _add_pm(database: str, team: str, person: str) -> None:
    engine, now = make_engine(database), datetime.now(UTC)
    upgrade(engine)
    planned = PlannedNudge(NudgeStep.DUE, now.date(), now.replace(year=now.year + 1), 1)
    rhythm = NudgeSettings(14, Strength.STANDARD, WorkingHours("Europe/London", wall(9, 30)))
    with transaction(engine, team) as tx:
        workspaces.save(tx, "Benchmark", "U0", now)
        staff.save(tx, Staff(person, "Ada", "Europe/London", Membership.MEMBER, now))
        pms.save(tx, Pm(person, None, now, rhythm, now.date(), planned))
    engine.dispose()


@contextmanager
def _bot(slack: Sandbox, database: str, folder: Path) -> Iterator[Bot]:
    """Run the bot in its own process, with few descriptors; yield it once it is warm."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    settings = {
        "DATABASE_URL": database,
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": "",
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    command = ("sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$0" -m bot run', sys.executable)
    log = folder / "bot.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **settings}, stderr=lines, stdout=lines
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield Bot(port, process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT_SECONDS)


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urlopen(url, timeout=TIMEOUT_SECONDS):
            return
        time.sleep(0.05)
    raise TimeoutError("the bot did not start")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
