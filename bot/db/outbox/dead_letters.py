"""Queries on dead letters: messages that won't be sent unless an operator requeues them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, literal

from bot.db.engine import Tx
from bot.db.outbox.queries import (
    ClaimedMessage,
    MessageKind,
    OutboxState,
    parse_claimed_message,
)
from bot.db.tables.column_types import Instant
from bot.db.tables.outbox import outbox

# The reason of a message that is held: a database that is lost may have posted it.
MAYBE_POSTED = "maybe_posted"


def list_dead(
    tx: Tx, kind: MessageKind | None = None, reason: str | None = None
) -> Sequence[ClaimedMessage]:
    """Return dead messages, newest first: all, or those of a kind, or for a reason."""
    found = tx.select(outbox).where(outbox.c.state == OutboxState.DEAD)
    found = found.where(outbox.c.kind == kind) if kind else found
    found = found.where(outbox.c.reason == reason) if reason else found
    return [
        parse_claimed_message(row) for row in tx.run(found.order_by(outbox.c.created_at.desc()))
    ]


def requeue_dead(
    tx: Tx, messages: Sequence[ClaimedMessage], now: datetime
) -> Sequence[ClaimedMessage]:
    """Requeue messages that are still dead and return them.

    An attempt that may have succeeded is looked up first. Not one that a lost database may have
    made: whoever requeues that has looked.
    """
    values = {"state": OutboxState.PENDING, "next_at": now, "attempts": 0, "reason": "redriven"}
    held = outbox.c.reason == MAYBE_POSTED
    values["first_attempt_at"] = case(
        (held, literal(now, Instant)), else_=outbox.c.first_attempt_at
    )
    return _update_dead(tx, messages, values)


def drop_dead(tx: Tx, messages: Sequence[ClaimedMessage]) -> Sequence[ClaimedMessage]:
    """Drop messages that are still dead and return them: they are not sent any more."""
    return _update_dead(tx, messages, {"state": OutboxState.DROPPED})


def _update_dead(
    tx: Tx, messages: Sequence[ClaimedMessage], values: Mapping[str, Any]
) -> Sequence[ClaimedMessage]:
    ids = [each.id for each in messages]
    still_dead = outbox.c.id.in_(ids), outbox.c.state == OutboxState.DEAD
    updated = tx.update(outbox).where(*still_dead).values(**values).returning(outbox.c.id)
    found = set(tx.run(updated).scalars())
    return [each for each in messages if each.id in found]
