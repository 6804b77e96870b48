"""Queries on the inbox: every payload from Slack by its own id, so each has one effect."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from bot.db.engine import Tx
from bot.db.tables.inbox import inbox

Json = Mapping[str, Any]


@dataclass(frozen=True)
class InboxPayload:
    """A payload under Slack's id for it; `body` is stored only if it is processed later."""

    key: str
    kind: str
    body: Json | None = None


@dataclass(frozen=True)
class InboxEntry:
    """The state of a payload: whether it is done, and the response to it."""

    done: bool
    response: Json | None


def add(
    tx: Tx, payloads: Sequence[InboxPayload], now: datetime, next_at: datetime
) -> Collection[str]:
    """Add payloads and return the keys that are new.

    A payload with a `body` may be claimed from `next_at` on, unless it is done by then.
    """
    rows = [
        {
            "workspace_id": tx.workspace_id,
            "key": each.key,
            "kind": each.kind,
            "received_at": now,
            "payload": each.body,
            "attempts": 1,
            "next_at": next_at,
        }
        # The same order everywhere, or two transactions could deadlock.
        for each in sorted(payloads, key=lambda each: each.key)
    ]
    new = tx.upsert(inbox).on_conflict_do_nothing().returning(inbox.c.key)
    return set(tx.run(new, rows).scalars())


def get(tx: Tx, key: str) -> InboxEntry | None:
    """Return the state of a payload, or None if it is new."""
    found = tx.select(inbox, inbox.c.done_at, inbox.c.answer).where(inbox.c.key == key)
    row = tx.run(found).first()
    return InboxEntry(row.done_at is not None, row.answer) if row else None


def complete(tx: Tx, responses: Mapping[str, Json], now: datetime) -> None:
    """Mark payloads as done, save their responses, and erase their bodies."""
    statement = tx.update(inbox).where(inbox.c.key == bindparam("noted"))
    response = bindparam("answered", type_=inbox.c.answer.type)
    rows = [{"noted": key, "answered": dict(responses[key])} for key in sorted(responses)]
    tx.run(statement.values(done_at=now, payload=None, answer=response), rows)


def claim(
    tx: Tx, now: datetime, until: datetime, limit: int, max_attempts: int
) -> Sequence[InboxPayload]:
    """Claim payloads left undone, until an instant; each at most `max_attempts` times."""
    due = (
        tx.select(inbox, inbox.c.key)
        .where(inbox.c.done_at.is_(None), inbox.c.next_at <= now)
        .where(inbox.c.payload.is_not(None), inbox.c.attempts < max_attempts)
        .order_by(inbox.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        tx.update(inbox)
        .where(inbox.c.key.in_(due.scalar_subquery()))
        .values(next_at=until, attempts=inbox.c.attempts + 1)
        .returning(inbox.c.key, inbox.c.kind, inbox.c.payload)
    )
    return [InboxPayload(row.key, row.kind, row.payload) for row in tx.run(claimed)]


def shorten_claims(tx: Tx, furthest: datetime) -> None:
    """End claims of undone payloads at `furthest` that last longer: the clock was set back."""
    ahead = inbox.c.done_at.is_(None), inbox.c.next_at > furthest
    tx.run(tx.update(inbox).where(*ahead).values(next_at=furthest))


def close_exhausted(tx: Tx, now: datetime, max_attempts: int) -> Sequence[str]:
    """Close payloads that failed `max_attempts` times and return their keys."""
    exhausted = inbox.c.done_at.is_(None), inbox.c.next_at <= now, inbox.c.attempts >= max_attempts
    closed = tx.update(inbox).where(*exhausted, inbox.c.payload.is_not(None))
    return list(tx.run(closed.values(done_at=now, payload=None).returning(inbox.c.key)).scalars())


def delete_before(tx: Tx, before: datetime, limit: int) -> int:
    """Delete payloads received before an instant, at most `limit`, and return how many."""
    found = tx.select(inbox, inbox.c.key).where(inbox.c.received_at < before).limit(limit)
    return int(tx.run(tx.delete(inbox).where(inbox.c.key.in_(found))).rowcount)
