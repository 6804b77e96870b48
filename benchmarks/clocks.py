"""Set the clock of a running bot wrong: ahead for one delivery, back under `run`, drifting.

Each nudge is due at an instant by the right clock, which is Slack's, and has to come then, once.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import Engine, update

from benchmarks.support import seed_digests
from benchmarks.support.faketime import FakeClock, find_library
from benchmarks.support.running_clock import MONDAY_NOON
from bot.db import migrate
from bot.db.engine import make_engine, transaction
from bot.db.tables.staff import pms
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.installation import TEAM_ID

ROOT = Path(__file__).parents[1]
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
PEOPLE = 6
AHEAD, BACK = timedelta(hours=3), timedelta(hours=1)
SOON, APART, A_YEAR = timedelta(seconds=5), timedelta(seconds=4), timedelta(days=365)
AFTERWARDS_SECONDS = 10
# Nudges are looked for every 15 s; a busy machine takes its time too.
MAX_LATE = timedelta(seconds=60)
# The clock's job sees a wrong clock within 10 s.
SEEN_SECONDS = 14
FAST, SLOW = 1.1, 0.9
TIMEOUT_SECONDS = 120.0
NO_LIBRARY = "skipped: libfaketime isn't there, or doesn't work on this machine (`make develop`)\n"


# When each person's nudge is due, or came.
Hours = Mapping[str, datetime]


@dataclass(frozen=True)
class Bot:
    """A bot as a process with its own clock, its Slack, and its database."""

    slack: Sandbox
    clock: FakeClock
    engine: Engine
    environment: Mapping[str, str]
    ahead_of_machine: timedelta

    def set_clock(self, ahead: timedelta, rate: float = 1.0) -> None:
        """Set the bot's clock so far ahead of Slack's, which is right."""
        self.clock.set(self.ahead_of_machine + ahead, rate)

    def now(self) -> datetime:
        """Return the right time."""
        return self.slack.workspace.now()

    def make_due(self, people: Sequence[Person], first: datetime, apart: timedelta) -> Hours:
        """Make nudges due, one after the other by the bot's clock; return each one's hour."""
        hours = {each.id: first + number * apart for number, each in enumerate(people)}
        with transaction(self.engine, TEAM_ID) as tx:
            for user_id, at in hours.items():
                began = at - timedelta(days=14)
                values = {"next_at": at, "next_on": at.date(), "cycle_start": began.date()}
                values |= {"joined_at": began, "nudge_at": at.time().replace(microsecond=0)}
                tx.run(update(pms).where(pms.c.user_id == user_id).values(**values))
        return hours

    def wait_for(self, people: Sequence[Person]) -> Hours:
        """Wait for a message to each of these people; return when it came, by Slack's clock."""
        end = monotonic() + TIMEOUT_SECONDS
        while len(found := self._posted(people)) < len(people) and monotonic() < end:
            sleep(0.1)
        return found

    def count_twice(self) -> int:
        """Count the people who got more than one message."""
        with self.slack.workspace.lock:
            return sum(len(each) > 1 for each in self.slack.workspace.messages.values())

    def doctor(self) -> str:
        """Return what `doctor` says of clock and jobs."""
        command = (sys.executable, "-m", "bot", "doctor")
        said = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        wanted = ("clock:", "jobs:", "audit:", "messages:")
        lines = [each for each in said.stdout.splitlines() if any(map(each.__contains__, wanted))]
        return "".join(f"    {each}\n" for each in lines)

    def _posted(self, people: Sequence[Person]) -> Hours:
        with self.slack.workspace.lock:
            listed = {each.id: self.slack.workspace.messages[each.dm.id] for each in people}
            return {
                user_id: datetime.fromtimestamp(float(messages[0].ts), UTC)
                for user_id, messages in listed.items()
                if messages
            }


@dataclass(frozen=True)
class Result:
    """How many nudges came and how late at most; `twice` counts people who got another."""

    name: str
    wanted: int
    came: int
    twice: int
    latest: timedelta
    said: str

    @property
    def passed(self) -> bool:
        """Return whether each came once, and at its hour."""
        return self.came == self.wanted and not self.twice and abs(self.latest) <= MAX_LATE

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.came} of {self.wanted} nudges, {self.twice} twice, "
            f"{self.latest.total_seconds():.1f} s after their hour at most"
            f"{'' if self.passed else ' FAILED'}; doctor:\n{self.said}"
        )


def main() -> int:
    """Print what came of each wrong clock; return 1 when a nudge was late, lost or came twice."""
    library = find_library()
    if library is None:
        sys.stdout.write(NO_LIBRARY)
        return 0
    failed = False
    for clock_run in (ahead_for_one_delivery, set_back_under_run, drifting):
        with tempfile.TemporaryDirectory() as folder, _prepared(library, Path(folder)) as bot:
            result = clock_run(bot)
        sys.stdout.write(f"{result}")
        sys.stdout.flush()
        failed = failed or not result.passed
    return int(failed)


def ahead_for_one_delivery(bot: Bot) -> Result:
    """Deliver nudges while the clock is three hours ahead, put it right, and deliver others.

    One post each time succeeds without the bot's knowing.
    """
    early, others = _add_people(bot, "Early"), _add_people(bot, "Other")
    bot.set_clock(AHEAD)
    with _running(bot):
        bot.slack.fail("chat.postMessage", "reset after")
        # Due by the clock that the bot has.
        hours = bot.make_due(early, bot.now() + AHEAD, timedelta())
        bot.wait_for(early)
        sleep(SEEN_SECONDS)
        bot.set_clock(timedelta())
        bot.slack.fail("chat.postMessage", "reset after")
        later = bot.make_due(others, bot.now() + SOON, APART)
        expected = {**{each: at - AHEAD for each, at in hours.items()}, **later}
        return _result(bot, "three hours ahead for one delivery", [*early, *others], expected)


def set_back_under_run(bot: Bot) -> Result:
    """Set the clock back by an hour while the bot runs; then nudges are due."""
    people = _add_people(bot, "Ada")
    bot.set_clock(BACK)
    with _running(bot):
        sleep(SEEN_SECONDS)
        bot.set_clock(timedelta())
        hours = bot.make_due(people, bot.now() + SOON, APART)
        return _result(bot, "set back by an hour under `run`", people, hours)


def drifting(bot: Bot) -> Result:
    """Let the clock run too fast, then too slowly, while nudges are due."""
    people = _add_people(bot, "Ada")
    with _running(bot):
        hours = bot.make_due(people, bot.now() + SOON, APART)
        for rate in (FAST, SLOW):
            bot.set_clock(timedelta(), rate)
            sleep(PEOPLE * APART.total_seconds() / 2)
        return _result(bot, "drifting by a tenth each way", people, hours)


def _add_people(bot: Bot, name: str) -> Sequence[Person]:
    people = [bot.slack.add_user(f"{name} {number}", tz="UTC") for number in range(PEOPLE)]
    seed_digests.add_pms(bot.engine, [each.id for each in people], bot.now() + A_YEAR)
    return people


def _result(bot: Bot, name: str, people: Sequence[Person], hours: Hours) -> Result:
    came = bot.wait_for(people)
    # What would come twice comes within a lease.
    sleep(AFTERWARDS_SECONDS)
    late = [came[each] - at for each, at in hours.items() if each in came]
    latest = max(late, key=abs, default=timedelta())
    return Result(name, len(people), len(came), bot.count_twice(), latest, bot.doctor())


@contextmanager
def _prepared(library: Path, folder: Path) -> Iterator[Bot]:
    """Yield a bot that isn't started yet; for it and its Slack it is Monday noon."""
    ahead_of_machine = timedelta(seconds=round((MONDAY_NOON - datetime.now(UTC)).total_seconds()))
    clock = FakeClock(library, folder / "clock")
    with Sandbox(manifest=MANIFEST, now=lambda: datetime.now(UTC) + ahead_of_machine) as slack:
        settings = {
            "DATABASE_URL": f"sqlite:///{folder}/nihito.db",
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "PORT": str(_free_port()),
        }
        engine = make_engine(settings["DATABASE_URL"])
        migrate.upgrade(engine)
        environment = {**os.environ, **settings, **clock.environment}
        bot = Bot(slack, clock, engine, environment, ahead_of_machine)
        bot.set_clock(timedelta())
        yield bot
        engine.dispose()


@contextmanager
def _running(bot: Bot) -> Iterator[None]:
    command = (sys.executable, "-m", "bot", "run")
    log = bot.clock.file.with_name("log")
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=ROOT, env=bot.environment, stderr=output) as process,
    ):
        try:
            bot.slack.wait_for_connection(TIMEOUT_SECONDS)
            yield
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
