"""A Slack in its own process: the sandbox, its faults, and what it has counted."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import connection, parent_process
from multiprocessing.managers import BaseManager
from pathlib import Path
from time import sleep
from typing import Any, cast

from benchmarks.support.fork_server import fork_server
from benchmarks.support.running_clock import RunningClock
from sandbox.server import Sandbox

MANIFEST = Path(__file__).parents[2] / "manifest.json"
DELIVERY = "nihito_delivery"
LOOK_EVERY = 0.002


@dataclass(frozen=True)
class PostedCount:
    """Totals of the messages in Slack: messages, places with any, and messages per delivery.

    `faults` counts failures that calls met, `calls` how often each method was called.
    """

    messages: int
    channels: int
    copies: Mapping[str, int]
    faults: int
    calls: Mapping[str, int]

    @property
    def look_ups(self) -> int:
        """Count how often a conversation was searched for a message."""
        return self.calls.get("conversations.history", 0)

    @property
    def duplicates(self) -> int:
        """Count the messages that were posted more than once."""
        return max(self.messages - self.channels, self.messages - len(self.copies))


class SlackProcess:
    """The sandbox, driven from another process; each public method can be called."""

    def __init__(self, clock: RunningClock) -> None:
        manifest: Mapping[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
        self._sandbox = Sandbox(manifest=manifest, now=clock.now)
        self._sandbox.start()

    def address(self) -> tuple[str, str]:
        """Return the URL of its Web API, and the bot's token."""
        return self._sandbox.api_url, self._sandbox.bot_token

    def add_channels(self, count: int) -> list[str]:
        """Add public channels that the bot is in; return their ids."""
        return [self._sandbox.add_channel(f"stories-{number}").id for number in range(count)]

    def add_people(self, count: int) -> list[str]:
        """Add people; return their ids."""
        return [self._sandbox.add_user(f"Person {number}", tz="UTC").id for number in range(count)]

    def fail_at_random(self, method: str, share: float, seed: int, *, brief: bool) -> None:
        """Fail that share of `method` calls until `clear_faults`; `brief`: each for a moment."""
        if brief:
            self._sandbox.faults.hang_seconds, self._sandbox.faults.retry_seconds = 0.3, 0
        self._sandbox.fail_at_random(method, share, seed)

    def clear_faults(self) -> None:
        """Stop all faults."""
        self._sandbox.clear_faults()

    def posted(self) -> int:
        """Count the posted messages."""
        return len(self._sandbox.workspace.posts)

    def count_posted(self) -> PostedCount:
        """Count messages, faults and calls so far."""
        with self._sandbox.workspace.lock:
            listed = [each for each in self._sandbox.workspace.messages.values() if each]
            messages = [message for place in listed for message in place]
            return PostedCount(
                messages=len(messages),
                channels=len(listed),
                copies=Counter(_delivery(each.metadata) for each in messages),
                faults=sum(self._sandbox.faults.met.values()),
                calls=Counter(call.method for call in self._sandbox.calls),
            )


class _Manager(BaseManager):
    """Runs a `SlackProcess` in its own process and passes calls on to it."""


_Manager.register("SlackApart", SlackProcess)


@contextmanager
def slack_process(clock: RunningClock) -> Iterator[SlackProcess]:
    """Run a Slack; its process ends with the block, or with this process."""
    manager = _Manager(ctx=fork_server())
    manager.start(end_with_parent)
    try:
        yield cast(SlackProcess, manager.SlackApart(clock))  # type: ignore[attr-defined]
    finally:
        manager.shutdown()


def end_with_parent() -> None:
    """End this process as soon as the one that started it has ended, for whatever reason."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_await_end, args=(parent.sentinel,), daemon=True).start()


def _await_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def wait_for(slack: SlackProcess, messages: int, clock: RunningClock, until: datetime) -> bool:
    """Wait until that many messages are posted; return False when it is too late."""
    while slack.posted() < messages:
        if clock.now() > until:
            return False
        sleep(LOOK_EVERY)
    return True


def _delivery(metadata: Mapping[str, Any] | None) -> str:
    known = metadata or {}
    wanted = known.get("event_type") == DELIVERY
    return str(known["event_payload"]["id"]) if wanted else "unmarked"
