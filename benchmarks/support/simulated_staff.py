"""What people do all day, done in a Slack that runs in a process of its own."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from pathlib import Path
from random import Random
from threading import Lock
from typing import cast

from benchmarks.support.running_clock import RunningClock
from benchmarks.support.slack_process import end_with_parent
from sandbox.outcome import Outcome
from sandbox.person import Person
from sandbox.server import Sandbox

MANIFEST = Path(__file__).parents[2] / "manifest.json"
# What came of each request; None for a search, which is not acknowledged but answered.
Steps = Iterator[Outcome | None]
CUSTOMERS = tuple(f"Made-up Mills {number}" for number in range(300))
# A form that does not come is given up: a call for it may have been one of those that failed.
TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True)
class Address:
    """Where this Slack is, and what an app needs to be let in."""

    api_url: str
    bot_token: str
    app_token: str
    signing_secret: str


@dataclass(frozen=True)
class ActivityCounts:
    """What has happened so far; `slowest` is the longest wait for an ack in seconds."""

    requests: int
    unacked: int
    slowest_ack: float
    given_up: int
    messages: int
    calls: int
    faults: int


class SimulatedStaff:
    """People at work; each public method can be called from another process."""

    def __init__(self, clock: RunningClock) -> None:
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        self._sandbox = Sandbox(manifest=manifest, now=clock.now)
        self._sandbox.start()
        self._lock = Lock()
        self._requests, self._unacked, self._given_up, self._slowest = 0, 0, 0, 0.0
        self._tasks: Sequence[Callable[[Person, Random], Steps]] = (
            *(6 * (_note_contact,)),
            *(3 * (_look_ahead,)),
            *(2 * (_write_debrief,)),
            *(2 * (_answer_nudge,)),
        )

    def address(self) -> Address:
        """Where it is."""
        known = self._sandbox
        return Address(known.api_url, known.bot_token, known.app_token, known.signing_secret)

    def add_people(self, count: int) -> list[str]:
        """New people; gives their ids."""
        return [self._sandbox.add_user(f"Person {number}", tz="UTC").id for number in range(count)]

    def add_channels(self, count: int) -> list[str]:
        """New public channels that the bot is in; gives their ids."""
        return [self._sandbox.add_channel(f"stories-{number}").id for number in range(count)]

    def wait_for_bot(self, seconds: float) -> None:
        """Return once the bot is connected."""
        self._sandbox.wait_for_connection(seconds)

    def fail_at_random(self, share: float, seed: int) -> None:
        """Let that share of all calls fail from now on."""
        self._sandbox.fail_at_random("*", share, seed)

    def drop_connection(self, gently: bool) -> None:
        """End the bot's connection, with or without saying so first."""
        end = self._sandbox.drop_connections if gently else self._sandbox.cut_connections
        # One that has just ended by itself cannot be told to go.
        with suppress(RuntimeError):
            end()

    def act(self, user_id: str, seed: int) -> None:
        """Let somebody do something; nobody may do two things at once."""
        random, person = Random(seed), self._sandbox.person(user_id)
        if random.random() < 0.3:
            self._look_around(person, random)
            return
        with suppress(AssertionError):
            person.close(clear_all=True)
        try:
            for outcome in random.choice(self._tasks)(person, random):
                self._count(outcome)
        except (AssertionError, TimeoutError, LookupError):
            # What they were about to do was not there: a call of the bot's had failed.
            with self._lock:
                self._given_up += 1

    def counts(self) -> ActivityCounts:
        """What has happened so far."""
        known = self._sandbox
        return ActivityCounts(
            self._requests,
            self._unacked,
            self._slowest,
            self._given_up,
            len(known.workspace.posts),
            len(known.calls),
            sum(known.faults.met.values()),
        )

    def _look_around(self, person: Person, random: Random) -> None:
        """Open the Home, or change the own status; both come to the bot as events."""
        with self._lock:
            self._requests += 1
        if random.random() < 0.5:
            person.open_home(TIMEOUT_SECONDS)
        else:
            person.change(status_text=random.choice(("", "In a meeting", "At lunch")))

    def _count(self, outcome: Outcome | None) -> None:
        with self._lock:
            self._requests += 1
            if outcome is None:
                return
            self._unacked += not outcome.acked
            self._slowest = max(self._slowest, outcome.took)


def _look_ahead(person: Person, random: Random) -> Steps:
    yield person.run("/visit", random.choice(("next", "help", "settings")))


def _note_contact(person: Person, random: Random) -> Steps:
    yield person.run("/contact", random.choice(CUSTOMERS))
    person.wait_for_view(TIMEOUT_SECONDS)
    name = f"Somebody {random.randrange(2000)}"
    somebody = person.options("contact.person", name)[-1]["value"]
    yield None
    customer = person.options("customer.find", random.choice(CUSTOMERS))[-1]["value"]
    yield None
    yield person.submit({"person": somebody, "customer": customer, "channel": "mail"})


def _write_debrief(person: Person, random: Random) -> Steps:
    yield person.run("/debrief")
    person.wait_for_view(TIMEOUT_SECONDS)
    customer = person.options("customer.find", random.choice(CUSTOMERS))[-1]["value"]
    yield None
    story = f"Made up: they counted {random.randrange(10**6)} sheets by hand. " * 4
    yield person.submit({"customer": customer, "story": story})


def _answer_nudge(person: Person, random: Random) -> Steps:
    asking = [each for each in person.messages() if "nudge.someone_else" in str(each.blocks)]
    for nudge in asking[-1:]:
        yield person.press(nudge, "nudge.someone_else")
        yield person.press(nudge, "nudge.snooze", random.choice(("tomorrow", "three_days")))


class _Manager(BaseManager):
    """Runs an `Everyday` in a process of its own and passes calls on to it."""


_Manager.register("Everyday", SimulatedStaff)


@contextmanager
def simulated_staff(clock: RunningClock) -> Iterator[SimulatedStaff]:
    """A Slack with people, whose process ends with the block, or with this process."""
    manager = _Manager(ctx=get_context("forkserver"))
    manager.start(end_with_parent)
    try:
        yield cast(SimulatedStaff, manager.Everyday(clock))  # type: ignore[attr-defined]
    finally:
        manager.shutdown()
