"""Fault runs: deliver messages while something fails, then count what was posted to Slack."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Literal

from benchmarks.support import seed_digests
from benchmarks.support.process_pool import (
    ProcessPool,
    fast_delivery_policy,
    process_config,
    running_processes,
    services,
)
from benchmarks.support.running_clock import RunningClock
from benchmarks.support.slack_process import PostedCount, SlackProcess, slack_process, wait_for
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.services import Services

SEED = 20260302
LOOK_EVERY = 0.1
DELIVERY_POLICY = fast_delivery_policy(timedelta(seconds=3))
SHORT_DELIVERY_POLICY = fast_delivery_policy(
    timedelta(seconds=1.5), workers=3, first_wait_seconds=0.2
)
SHORT_LIMIT = timedelta(seconds=60)


@dataclass(frozen=True)
class FaultRun:
    """A fault run: messages, processes, the share of posts that fail, and the time limit.

    With `brief` faults, for tests, a call hangs only for a moment and no 429 asks for a wait.
    """

    name: str
    copies: int
    messages: int
    what: Literal["digests", "nudges"] = "digests"
    faults: float = 0.0
    brief: bool = False
    delivery_policy: DeliveryPolicy = DELIVERY_POLICY
    limit: timedelta = timedelta(seconds=120)
    seed: int = SEED

    def short(self, messages: int) -> "FaultRun":
        """Return the same with fewer messages and a shorter lease: for a test, not about speed.

        It has few workers, since a post is sent within a third of its lease or not at all.
        """
        return replace(
            self,
            messages=messages,
            delivery_policy=SHORT_DELIVERY_POLICY,
            brief=True,
            limit=SHORT_LIMIT,
        )


@dataclass(frozen=True)
class RunningFaultRun:
    """A fault run under way, as passed to a `Disturb`."""

    fault_run: FaultRun
    slack: SlackProcess
    clock: RunningClock
    processes: ProcessPool
    database: str
    until: datetime

    def reached(self, messages: int) -> bool:
        """Wait until that many messages are posted to Slack; return False when it is too late."""
        return wait_for(self.slack, messages, self.clock, self.until)


@dataclass(frozen=True)
class FaultRunResult:
    """The result of a fault run; `unfinished` messages were late, `ended` processes exited.

    `disturbed` describes what failed, and `complete` says whether all of that happened.
    """

    fault_run: FaultRun
    disturbed: str
    complete: bool
    count: PostedCount
    seconds: float
    unfinished: int
    ended: int

    @property
    def lost(self) -> int:
        """Count the messages that were never posted."""
        return self.fault_run.messages - self.count.channels

    @property
    def passed(self) -> bool:
        """Return whether each message was posted once and in time, and all faults happened."""
        failed = self.lost, self.count.duplicates, self.unfinished, self.ended, not self.complete
        return not any(failed)

    def __str__(self) -> str:
        late = f", NOT IN TIME ({self.unfinished:,} left)" if self.unfinished else ""
        died = f", {self.ended} COPIES ENDED" if self.ended else ""
        return (
            f"{self.fault_run.name}: {self.fault_run.messages:,} messages, {self.disturbed}, "
            f"{self.count.faults:,} faults, {self.seconds:.0f} s, {self.lost} lost, "
            f"{self.count.duplicates} extra copies, {self.count.look_ups:,} look-ups{late}{died}"
        )


Disturb = Callable[[RunningFaultRun], tuple[str, bool]]


def run(fault_run: FaultRun, database: str, folder: Path, disturb: Disturb) -> FaultRunResult:
    """Run on a fresh database, against its own Slack.

    `disturb` returns what it did, and whether it did all of it. Processes log to `folder`.
    """
    clock = RunningClock()
    with slack_process(clock) as slack:
        nudges = fault_run.what == "nudges"
        base = process_config(
            database, slack, clock, fault_run.delivery_policy, folder / "copies.log"
        )
        services_here = services(base)
        _enqueue(fault_run, services_here, slack, clock)
        slack.fail_at_random(
            "chat.postMessage", fault_run.faults, fault_run.seed, brief=fault_run.brief
        )
        began = clock.now()
        config = replace(base, sends_nudges=nudges)
        with running_processes(fault_run.copies, config) as running:
            running_fault_run = RunningFaultRun(
                fault_run, slack, clock, running, database, began + fault_run.limit
            )
            disturbed, complete = disturb(running_fault_run)
            unfinished = wait_until_finished(services_here, running_fault_run)
            ended = running.ended()
        seconds = (clock.now() - began).total_seconds()
        services_here.engine.dispose()
        return FaultRunResult(
            fault_run, disturbed, complete, slack.count_posted(), seconds, unfinished, ended
        )


def wait_until_finished(running_services: Services, running_fault_run: RunningFaultRun) -> int:
    """Wait until every message is finished; return how many aren't when it is too late."""
    expected = running_fault_run.fault_run.messages
    while running_fault_run.clock.now() < running_fault_run.until:
        if seed_digests.count_finished(running_services) == expected:
            return 0
        sleep(LOOK_EVERY)
    return expected - seed_digests.count_finished(running_services)


def print_results(results: Iterable[FaultRunResult]) -> int:
    """Print a line for each result as it comes; return 1 when one failed."""
    failed = False
    for each in results:
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()
        failed = failed or not each.passed
    return int(failed)


def _enqueue(
    fault_run: FaultRun, running_services: Services, slack: SlackProcess, clock: RunningClock
) -> None:
    if fault_run.what == "nudges":
        seed_digests.add_pms(
            running_services.engine, slack.add_people(fault_run.messages), clock.now()
        )
    else:
        seed_digests.enqueue_digests(
            running_services, slack.add_channels(fault_run.messages), clock.now()
        )
