"""Store payloads in the inbox: each has one effect, whichever process Slack sends it to."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from bot.db import inbox
from bot.db.engine import Tx
from bot.db.inbox import InboxEntry, InboxPayload, Json
from bot.db.staff import actors
from bot.db.staff.actors import KnownActor
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.operations.inbox.batching import Batcher
from bot.services import Services

# How long a process may work on a stored payload before another one does it again.
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
BATCH = 20
# Slack resends "delayed events" for a day.
RETENTION = timedelta(hours=48)
# SQLite lets no one else write while so many are deleted.
DELETED_AT_ONCE = 500
# Of the three seconds that Slack waits.
TIMEOUT_SECONDS = 2.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class ReceivedPayload:
    """A payload as it comes in; `user_id` is "" if no one has to be identified."""

    workspace_id: str
    payload: InboxPayload
    user_id: str
    now: datetime


@dataclass(frozen=True)
class Receipt:
    """Whether a payload is new, and who sent it, if they are known."""

    new: bool
    known_actor: KnownActor | None


@dataclass(frozen=True)
class CompletedPayload:
    """A finished payload, with its response."""

    workspace_id: str
    key: str
    response: Json
    now: datetime


Item = TypeVar("Item", ReceivedPayload, CompletedPayload)


class Inbox:
    """The inbox: stores payloads before anything is done about them, and their responses."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._receive_batcher = Batcher(self._receive)
        self._complete_batcher = Batcher(self._complete)

    def receive(self, arrival: ReceivedPayload) -> Receipt:
        """Store a payload, durably once this returns.

        Raises when the database is unavailable, and `TimeoutError` when it is slow.
        """
        return self._receive_batcher(arrival, TIMEOUT_SECONDS)

    def complete(
        self, workspace_id: str, key: str, response: Json, now: datetime, seconds: float
    ) -> None:
        """Save the response to a payload: a duplicate gets the same one.

        Raises when the database is unavailable, and `TimeoutError` after `seconds`.
        """
        self._complete_batcher(CompletedPayload(workspace_id, key, response, now), seconds)

    def get_response(self, workspace_id: str, key: str, seconds: float) -> Json | None:
        """Return the response to a payload; None if it isn't known within `seconds`."""
        deadline = time.monotonic() + seconds
        while (entry := self._get_entry(workspace_id, key)) and not entry.done:
            if time.monotonic() > deadline:
                return None
            time.sleep(POLL_SECONDS)
        return (entry.response or {}) if entry else None

    def _get_entry(self, workspace_id: str, key: str) -> InboxEntry | None:
        with self._services.reading(workspace_id) as tx:
            return inbox.get(tx, key)

    def _receive(self, arrivals: Sequence[ReceivedPayload]) -> Sequence[Receipt]:
        new: set[tuple[str, str]] = set()
        known: dict[tuple[str, str], KnownActor] = {}
        for workspace_id, group in _by_workspace(arrivals):
            with self._services.transaction(workspace_id) as tx:
                keys, people = _add_received(tx, group)
            new |= {(workspace_id, key) for key in keys}
            known |= {(workspace_id, user_id): each for user_id, each in people.items()}
        receipts = []
        for each in arrivals:
            name = each.workspace_id, each.payload.key
            receipts.append(Receipt(name in new, known.get((each.workspace_id, each.user_id))))
            # Of duplicates that came together the first is the new one.
            new.discard(name)
        return receipts

    def _complete(self, completed: Sequence[CompletedPayload]) -> Sequence[None]:
        for workspace_id, group in _by_workspace(completed):
            with self._services.transaction(workspace_id) as tx:
                inbox.complete(tx, {each.key: each.response for each in group}, group[0].now)
        return [None] * len(completed)


def _by_workspace(items: Sequence[Item]) -> Iterable[tuple[str, list[Item]]]:
    ordered = sorted(items, key=lambda each: each.workspace_id)
    return ((name, list(group)) for name, group in groupby(ordered, lambda each: each.workspace_id))


def _add_received(
    tx: Tx, group: Sequence[ReceivedPayload]
) -> tuple[Iterable[str], Mapping[str, KnownActor]]:
    now = group[0].now
    keys = inbox.add(tx, [each.payload for each in group], now, now + LEASE)
    people = {each.user_id for each in group if each.user_id}
    return keys, actors.get_many(tx, people) if people else {}


def claim_unfinished(
    services: Services, workspace_id: str, now: datetime
) -> Sequence[InboxPayload]:
    """Claim payloads that some process stored and never finished."""
    with services.transaction(workspace_id) as tx:
        return inbox.claim(tx, now, now + LEASE, BATCH, MAX_ATTEMPTS)


def clean_up(services: Services, workspace_id: str, now: datetime) -> Sequence[Outcome]:
    """Close payloads that were retried in vain, and delete those Slack won't send again."""
    with services.transaction(workspace_id) as tx:
        abandoned = inbox.close_exhausted(tx, now, MAX_ATTEMPTS)
    deleted = DELETED_AT_ONCE
    while deleted == DELETED_AT_ONCE and services.writes_enabled:
        with services.transaction(workspace_id) as tx:
            deleted = inbox.delete_before(tx, now - RETENTION, DELETED_AT_ONCE)
    return [Outcome("event", key, DeliveryStatus.DEAD, "failed") for key in abandoned]
