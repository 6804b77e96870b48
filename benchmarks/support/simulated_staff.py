"""Simulate what people do all day, in a Slack that runs in its own process."""

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
from sandbox.delivery.outcome import Outcome
from sandbox.person import Person
from sandbox.server import Sandbox

MANIFEST = Path(__file__).parents[2] / "manifest.json"
# The result of each request; None for a search, which is answered rather than acked.
Steps = Iterator[Outcome | None]
CUSTOMERS = tuple(f"Made-up Mills {number}" for number in range(300))
# A form that doesn't open is given up: a call for it may have been one of those that failed.
TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True)
class Address:
    """The address of this Slack, and the credentials that an app needs."""

    api_url: str
    bot_token: str
    app_token: str
    signing_secret: str


@dataclass(frozen=True)
class ActivityCounts:
    """Totals so far; `slowest_ack` is the longest wait for an ack in seconds."""

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
        """Return the address and credentials."""
        known = self._sandbox
        return Address(known.api_url, known.bot_token, known.app_token, known.signing_secret)

    def add_people(self, count: int) -> list[str]:
        """Add people; return their ids."""
        return [self._sandbox.add_user(f"Person {number}", tz="UTC").id for number in range(count)]

    def add_channels(self, count: int) -> list[str]:
        """Add public channels that the bot is in; return their ids."""
        return [self._sandbox.add_channel(f"stories-{number}").id for number in range(count)]

    def wait_for_bot(self, seconds: float) -> None:
        """Wait until the bot is connected."""
        self._sandbox.wait_for_connection(seconds)

    def fail_at_random(self, share: float, seed: int) -> None:
        """Make that share of all calls fail from now on."""
        self._sandbox.fail_at_random("*", share, seed)

    def drop_connection(self, gently: bool) -> None:
        """End the bot's connection, with or without announcing it."""
        end = self._sandbox.drop_connections if gently else self._sandbox.cut_connections
        # A connection that has just ended by itself can't be dropped.
        with suppress(RuntimeError):
            end()

    def act(self, user_id: str, seed: int) -> None:
        """Let a person do something; no one may do two things at once."""
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
            # What they were about to use wasn't there: a call of the bot's had failed.
            with self._lock:
                self._given_up += 1

    def counts(self) -> ActivityCounts:
        """Return the totals so far."""
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
        """Open Home or change their own status; both reach the bot as events."""
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
    """Runs a `SimulatedStaff` in its own process and passes calls on to it."""


_Manager.register("Everyday", SimulatedStaff)


@contextmanager
def simulated_staff(clock: RunningClock) -> Iterator[SimulatedStaff]:
    """Run a Slack with people; its process ends with the block, or with this process."""
    manager = _Manager(ctx=get_context("forkserver"))
    manager.start(end_with_parent)
    try:
        yield cast(SimulatedStaff, manager.Everyday(clock))  # type: ignore[attr-defined]
    finally:
        manager.shutdown()
