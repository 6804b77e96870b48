"""The inbox: each payload of Slack's has one effect, whichever copy of the process it reaches."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from bot.db import inbox
from bot.db.engine import Tx
from bot.db.inbox import Entry, Json, Letter
from bot.db.staff import actors
from bot.db.staff.actors import Known
from bot.domain.outbox.outcomes import Fate, Outcome
from bot.operations.inbox.batching import Together
from bot.services import Services

# How long somebody may work on what was kept for later before another copy does it again.
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
BATCH = 20
# Slack sends "delayed events" again for a day.
KEPT = timedelta(hours=48)
# Of the three seconds that Slack waits.
PATIENCE_SECONDS = 2.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Arrival:
    """A payload as it comes in; `user_id` is "" where nobody is to be recognised."""

    workspace_id: str
    letter: Letter
    user_id: str
    now: datetime


@dataclass(frozen=True)
class Receipt:
    """Whether a payload is new, and who sent it, if they are known."""

    new: bool
    known: Known | None


@dataclass(frozen=True)
class Settled:
    """A payload that is done, with what was answered."""

    workspace_id: str
    key: str
    answer: Json
    now: datetime


Each = TypeVar("Each", Arrival, Settled)


class Inbox:
    """Notes payloads before anything is done about them, and what was answered."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._noting = Together(self._note)
        self._settling = Together(self._settle)

    def receive(self, arrival: Arrival) -> Receipt:
        """Note a payload, for good once this returns.

        Raises when the database is away, and `TimeoutError` when it is slow.
        """
        return self._noting(arrival, PATIENCE_SECONDS)

    def settle(
        self, workspace_id: str, key: str, answer: Json, now: datetime, seconds: float
    ) -> None:
        """A payload is done: its twin is answered the same.

        Raises when the database is away, and `TimeoutError` after so many seconds.
        """
        self._settling(Settled(workspace_id, key, answer, now), seconds)

    def answer(self, workspace_id: str, key: str, seconds: float) -> Json | None:
        """What was answered to a payload; None if that is not known in so many seconds."""
        deadline = time.monotonic() + seconds
        while (entry := self._entry(workspace_id, key)) and not entry.done:
            if time.monotonic() > deadline:
                return None
            time.sleep(POLL_SECONDS)
        return (entry.answer or {}) if entry else None

    def _entry(self, workspace_id: str, key: str) -> Entry | None:
        with self._services.reading(workspace_id) as tx:
            return inbox.get(tx, key)

    def _note(self, arrivals: Sequence[Arrival]) -> Sequence[Receipt]:
        new: set[tuple[str, str]] = set()
        known: dict[tuple[str, str], Known] = {}
        for workspace_id, group in _by_workspace(arrivals):
            with self._services.transaction(workspace_id) as tx:
                keys, people = _noted(tx, group)
            new |= {(workspace_id, key) for key in keys}
            known |= {(workspace_id, user_id): each for user_id, each in people.items()}
        receipts = []
        for each in arrivals:
            name = each.workspace_id, each.letter.key
            receipts.append(Receipt(name in new, known.get((each.workspace_id, each.user_id))))
            # Of twins that came together the first is the new one.
            new.discard(name)
        return receipts

    def _settle(self, settled: Sequence[Settled]) -> Sequence[None]:
        for workspace_id, group in _by_workspace(settled):
            with self._services.transaction(workspace_id) as tx:
                inbox.settle(tx, {each.key: each.answer for each in group}, group[0].now)
        return [None] * len(settled)


def _by_workspace(items: Sequence[Each]) -> Iterable[tuple[str, list[Each]]]:
    ordered = sorted(items, key=lambda each: each.workspace_id)
    return ((name, list(group)) for name, group in groupby(ordered, lambda each: each.workspace_id))


def _noted(tx: Tx, group: Sequence[Arrival]) -> tuple[Iterable[str], Mapping[str, Known]]:
    now = group[0].now
    keys = inbox.add(tx, [each.letter for each in group], now, now + LEASE)
    people = {each.user_id for each in group if each.user_id}
    return keys, actors.known(tx, people) if people else {}


def take_up(services: Services, workspace_id: str, now: datetime) -> Sequence[Letter]:
    """What some copy of the process stored and never finished, taken for a while."""
    with services.transaction(workspace_id) as tx:
        return inbox.take_up(tx, now, now + LEASE, BATCH, MOST_ATTEMPTS)


def tidy(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Close what was taken up in vain, and forget what Slack will not send again."""
    with services.transaction(workspace_id) as tx:
        vain = inbox.give_up(tx, now, MOST_ATTEMPTS)
        inbox.forget(tx, now - KEPT)
    return [Outcome("event", key, Fate.DEAD, "failed") for key in vain]
