"""Trials: messages under way while something goes wrong, and what stands in Slack afterwards."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Literal

from benchmarks.support import seed_digests as due
from benchmarks.support.process_pool import Copies, copies, hurried, services, surroundings
from benchmarks.support.running_clock import RunningClock
from benchmarks.support.slack_process import Count, SlackApart, slack_apart, wait_for
from bot.domain.outbox.delivery_policy import Terms
from bot.services import Services

SEED = 20260302
LOOK_EVERY = 0.1
TERMS = hurried(timedelta(seconds=3))
SHORT_TERMS = hurried(timedelta(seconds=1.5), workers=3, waits=0.2)
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Trial:
    """What is tried: so many messages and copies, that share of posts failing, until `limit`.

    Failures are `brief` in a test: a call hangs for a moment only, and none is told to wait.
    """

    name: str
    copies: int
    messages: int
    what: Literal["digests", "nudges"] = "digests"
    faults: float = 0.0
    brief: bool = False
    terms: Terms = TERMS
    limit: timedelta = timedelta(seconds=120)
    seed: int = SEED

    def short(self, messages: int) -> "Trial":
        """The same with fewer messages and a shorter lease: for a test, which is not about speed.

        Few workers, since a post leaves within a third of its lease or not at all.
        """
        return replace(self, messages=messages, terms=SHORT_TERMS, brief=True, limit=PATIENCE)


@dataclass(frozen=True)
class Scene:
    """A trial under way, as whoever disturbs it sees it."""

    trial: Trial
    slack: SlackApart
    clock: RunningClock
    running: Copies
    database: str
    until: datetime

    def reached(self, messages: int) -> bool:
        """Wait until that many messages stand in Slack; False when it is too late."""
        return wait_for(self.slack, messages, self.clock, self.until)


@dataclass(frozen=True)
class Result:
    """What came of a trial; `left` was not settled in time, `ended` copies ended by themselves.

    `disturbed` says in words what went wrong, and `whole` whether all of that came about.
    """

    trial: Trial
    disturbed: str
    whole: bool
    count: Count
    seconds: float
    left: int
    ended: int

    @property
    def lost(self) -> int:
        """How many messages stand nowhere."""
        return self.trial.messages - self.count.places

    @property
    def passed(self) -> bool:
        """Whether each message stands there once, in time, whatever went wrong."""
        failed = self.lost, self.count.doubled, self.left, self.ended, not self.whole
        return not any(failed)

    def __str__(self) -> str:
        late = f", NOT IN TIME ({self.left:,} left)" if self.left else ""
        died = f", {self.ended} COPIES ENDED" if self.ended else ""
        return (
            f"{self.trial.name}: {self.trial.messages:,} messages, {self.disturbed}, "
            f"{self.count.faults:,} faults, {self.seconds:.0f} s, {self.lost} lost, "
            f"{self.count.doubled} extra copies, {self.count.look_ups:,} look-ups{late}{died}"
        )


Disturb = Callable[[Scene], tuple[str, bool]]


def run(trial: Trial, database: str, folder: Path, disturb: Disturb) -> Result:
    """One trial on a fresh database, against a Slack of its own.

    `disturb` says what it did, and whether it did all of it. Copies write their logs to `folder`.
    """
    clock = RunningClock()
    with slack_apart(clock) as slack:
        nudges = trial.what == "nudges"
        given = surroundings(database, slack, clock, trial.terms, folder / "copies.log")
        supplies = services(given)
        _queue(trial, supplies, slack, clock)
        slack.fail_at_random("chat.postMessage", trial.faults, trial.seed, brief=trial.brief)
        began = clock.now()
        copied = replace(given, reminds=nudges)
        with copies(trial.copies, copied) as running:
            scene = Scene(trial, slack, clock, running, database, began + trial.limit)
            disturbed, whole = disturb(scene)
            left = settle(supplies, scene)
            ended = running.ended()
        seconds = (clock.now() - began).total_seconds()
        supplies.engine.dispose()
        return Result(trial, disturbed, whole, slack.count(), seconds, left, ended)


def settle(supplies: Services, scene: Scene) -> int:
    """Wait until every message is settled; gives how many are not when it is too late."""
    expected = scene.trial.messages
    while scene.clock.now() < scene.until:
        if due.settled(supplies) == expected:
            return 0
        sleep(LOOK_EVERY)
    return expected - due.settled(supplies)


def tell(results: Iterable[Result]) -> int:
    """Print a line for each as it comes; 1 when one of them failed."""
    failed = False
    for each in results:
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()
        failed = failed or not each.passed
    return int(failed)


def _queue(trial: Trial, supplies: Services, slack: SlackApart, clock: RunningClock) -> None:
    if trial.what == "nudges":
        due.add_pms(supplies, slack.add_people(trial.messages), clock.now())
    else:
        due.queue_digests(supplies, slack.add_channels(trial.messages), clock.now())
