"""Queries on prompts: messages that ask for the debrief of a booked visit."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.outbox.queries import MessageKind
from bot.db.rows import parse_row
from bot.db.tables.outbox import outbox
from bot.db.tables.visits import prompts


@dataclass(frozen=True)
class DebriefPrompt:
    """The next prompt, or the last one, by its planned local date and its instant (aware UTC)."""

    on: date
    at: datetime


def get(tx: Tx, visit_id: int) -> DebriefPrompt | None:
    """Return the prompt of a visit; None if it was never to have one."""
    row = tx.run(tx.select(prompts).where(prompts.c.visit_id == visit_id)).first()
    return parse_row(row, DebriefPrompt) if row else None


def set_next_prompt(tx: Tx, visit_id: int, on: date, at: datetime) -> None:
    """Set when a visit's next prompt is due."""
    key = {"workspace_id": tx.workspace_id, "visit_id": visit_id}
    fresh = {"on": on, "at": at}
    row = tx.upsert(prompts).values(**key, **fresh)
    tx.run(row.on_conflict_do_update(index_elements=list(key), set_=fresh))


def was_sent(tx: Tx, kind: MessageKind, user_id: str, since: datetime) -> bool:
    """Return whether a user has been sent a message of a kind since an instant."""
    found = tx.select(outbox, outbox.c.id).where(
        outbox.c.destination == user_id,
        outbox.c.kind == kind,
        outbox.c.sent_at >= since,
    )
    return tx.run(found.limit(1)).first() is not None
