"""The outbox: messages that nobody asked for, once each under their unique key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, and_, func, or_, select, update

from bot.db.engine import Tx, reading, transaction
from bot.db.tables import outbox

# Longer than the client's timeout and Slack's slowest accept: a shorter lease would let another
# copy post what is still on its way.
LEASE = timedelta(seconds=60)


class Kind(StrEnum):
    """What a message is."""

    NUDGE = "nudge"
    FLAG = "flag"
    FLAG_GONE = "flag_gone"
    DIGEST = "digest"


class State(StrEnum):
    """Where a message is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


@dataclass(frozen=True)
class Parcel:
    """A claimed outbox row; `destination` is a Slack user or channel id, instants aware UTC.

    `first_tried_at` is set when an earlier attempt's outcome may be unknown; `next_at` is when
    this attempt was due.
    """

    id: str
    workspace_id: str
    kind: Kind
    subject: str
    period: str
    destination: str
    attempts: int
    lease_owner: str
    first_tried_at: datetime | None
    next_at: datetime


def put(tx: Tx, kind: Kind, subject: object, period: str, destination: str, now: datetime) -> bool:
    """Leave a message for delivery; False when its key was used before."""
    row = tx.upsert(outbox).values(
        id=uuid4().hex,
        workspace_id=tx.workspace_id,
        kind=kind,
        subject=str(subject),
        period=period,
        destination=destination,
        state=State.PENDING,
        created_at=now,
        next_at=now,
        attempts=0,
    )
    added = tx.run(row.on_conflict_do_nothing().returning(outbox.c.id))
    return added.scalar() is not None


def claim(engine: Engine, owner: str, now: datetime, limit: int) -> Sequence[Parcel]:
    """Take what is due, of any workspace, or what a dead owner left behind, under a lease."""
    abandoned = and_(outbox.c.state == State.SENDING, outbox.c.lease_until <= now)
    due = and_(outbox.c.state == State.PENDING, outbox.c.next_at <= now)
    chosen = select(outbox).where(or_(due, abandoned)).order_by(outbox.c.next_at, outbox.c.id)
    with transaction(engine, "") as tx:
        rows = tx.run(chosen.limit(limit).with_for_update(skip_locked=True)).all()
        lease = {"state": State.SENDING, "lease_owner": owner, "lease_until": now + LEASE}
        ids = [row.id for row in rows]
        tx.run(update(outbox).where(outbox.c.id.in_(ids)).values(**lease))
    return [_parcel(row, owner) for row in rows]


def trying(tx: Tx, parcel: Parcel, now: datetime) -> bool:
    """Note, before the post, that its outcome may become unknown, and renew the lease.

    False when the lease was lost to another owner meanwhile: the message is theirs to send.
    """
    noted = {"first_tried_at": parcel.first_tried_at or now, "lease_until": now + LEASE}
    return bool(tx.run(_mine(tx, parcel).values(**noted)).rowcount)


def finish(tx: Tx, parcel: Parcel, state: State, now: datetime, reason: str | None = None) -> bool:
    """The parcel's end; False when its lease was lost to another owner meanwhile."""
    sent_at = now if state is State.SENT else None
    ended = {"state": state, "sent_at": sent_at, "reason": reason, "lease_until": None}
    return bool(tx.run(_mine(tx, parcel).values(**ended)).rowcount)


def postpone(tx: Tx, parcel: Parcel, until: datetime, reason: str, *, untouched: bool) -> None:
    """Try again later; `untouched` when Slack surely did not act on it."""
    values: dict[str, Any] = {
        "state": State.PENDING,
        "next_at": until,
        "attempts": parcel.attempts + 1,
        "reason": reason,
        "lease_until": None,
    }
    if untouched:
        values["first_tried_at"] = parcel.first_tried_at
    tx.run(_mine(tx, parcel).values(**values))


def wait(tx: Tx, parcel: Parcel, until: datetime, reason: str) -> None:
    """Leave it for hours in which it may be sent."""
    values = {"state": State.PENDING, "next_at": until, "reason": reason, "lease_until": None}
    tx.run(_mine(tx, parcel).values(**values))


def dead(tx: Tx) -> Sequence[Any]:
    """Messages that will not go through, newest first."""
    found = tx.select(outbox).where(outbox.c.state == State.DEAD)
    return tx.run(found.order_by(outbox.c.created_at.desc())).all()


def _mine(tx: Tx, parcel: Parcel) -> Any:
    return tx.update(outbox).where(
        outbox.c.id == parcel.id,
        outbox.c.lease_owner == parcel.lease_owner,
        outbox.c.state == State.SENDING,
    )


def _parcel(row: Any, owner: str) -> Parcel:
    known = {name: getattr(row, name) for name in Parcel.__dataclass_fields__}
    return Parcel(**{**known, "kind": Kind(row.kind), "lease_owner": owner})


def next_at(engine: Engine) -> datetime | None:
    """When a waiting message is next tried, over all workspaces."""
    with reading(engine, "") as tx:
        waiting = select(func.min(outbox.c.next_at)).where(outbox.c.state == State.PENDING)
        return tx.run(waiting).scalar()
