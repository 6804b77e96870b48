"""Queries on what has become of outbox messages, in whatever state they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_

from bot.db.engine import Tx
from bot.db.outbox.kinds import MessageKind
from bot.db.outbox.queries import OutboxState
from bot.db.rows import parse_row
from bot.db.tables.outbox import outbox

MOST = 200


@dataclass(frozen=True)
class OutboxRow:
    """An outbox row as it is stored; instants are aware UTC."""

    id: str
    kind: MessageKind
    period: str
    destination: str
    state: OutboxState
    reason: str | None
    created_at: datetime
    due_at: datetime
    next_at: datetime
    attempts: int
    lease_until: datetime | None
    first_attempt_at: datetime | None
    sent_at: datetime | None
    revision: int
    message_channel: str | None
    message_ts: str | None


def get(tx: Tx, outbox_id: str) -> OutboxRow | None:
    """Return a message, or None."""
    row = tx.run(tx.select(outbox).where(outbox.c.id == outbox_id)).first()
    return _outbox_row(row) if row else None


def find_by_place(tx: Tx, channel: str, ts: str) -> OutboxRow | None:
    """Return the message that is posted there, or None."""
    place = outbox.c.message_channel == channel, outbox.c.message_ts == ts
    row = tx.run(tx.select(outbox).where(*place)).first()
    return _outbox_row(row) if row else None


def get_nudge(tx: Tx, pm_id: str, on: date) -> OutboxRow | None:
    """Return the nudge that was planned for a PM's local date, or None."""
    key = outbox.c.subject == pm_id, outbox.c.period == on.isoformat()
    row = tx.run(tx.select(outbox).where(outbox.c.kind == MessageKind.NUDGE, *key)).first()
    return _outbox_row(row) if row else None


def list_between(tx: Tx, user_id: str, since: datetime, until: datetime) -> Sequence[OutboxRow]:
    """Return what was enqueued, due, tried, sent or waiting for a user in that time, oldest first.

    At most `MOST`.
    """
    moments = ("created_at", "due_at", "first_attempt_at", "sent_at", "next_at")
    then = [and_(outbox.c[name] >= since, outbox.c[name] < until) for name in moments]
    found = tx.select(outbox).where(outbox.c.destination == user_id, or_(*then))
    rows = tx.run(found.order_by(outbox.c.created_at, outbox.c.id).limit(MOST))
    return [_outbox_row(row) for row in rows]


def _outbox_row(row: Any) -> OutboxRow:
    return parse_row(row, OutboxRow, kind=MessageKind(row.kind), state=OutboxState(row.state))
