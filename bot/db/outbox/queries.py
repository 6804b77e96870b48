"""The outbox: messages that nobody asked for, once each under their unique key."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from os import urandom
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, exists, func, or_, select

from bot.db.bulk import adding
from bot.db.engine import Tx, reading
from bot.db.outbox.kinds import Kind as Kind
from bot.db.tables.outbox import outbox
from bot.db.tables.workspaces import workspaces

# Slack takes about one message a second in one conversation.
APART = timedelta(seconds=1)
AT_ONCE = 1000


class State(StrEnum):
    """Where a message is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


OPEN = (State.PENDING, State.SENDING)


@dataclass(frozen=True)
class Status:
    """What has become of a message, why ("" if nothing is to be said), and when it is tried."""

    state: State
    reason: str
    next_at: datetime


@dataclass(frozen=True)
class Letter:
    """A message to leave: its key, a Slack user or channel id, and when it is due (aware UTC)."""

    subject: str
    period: str
    destination: str
    due_at: datetime


@dataclass(frozen=True)
class Parcel:
    """An outbox row; `destination` is a Slack user or channel id, instants aware UTC.

    `due_at` is when it was meant for and `next_at` when it is tried; `first_tried_at` is set when
    an earlier attempt's outcome may be unknown; `lease_owner` names one claim.
    """

    id: str
    workspace_id: str
    kind: Kind
    subject: str
    period: str
    destination: str
    attempts: int
    lease_owner: str | None
    first_tried_at: datetime | None
    due_at: datetime
    next_at: datetime
    reason: str | None = None


def put(
    tx: Tx,
    kind: Kind,
    subject: object,
    period: str,
    destination: str,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Leave a message for delivery; False when its key was used before."""
    letter = Letter(str(subject), period, destination, due_at or now)
    return bool(put_all(tx, kind, [letter], now))


def put_all(tx: Tx, kind: Kind, letters: Iterable[Letter], now: datetime) -> set[tuple[str, str]]:
    """Leave messages for delivery; gives (subject, period) of those whose key was new."""
    found = list(letters)
    if not found:
        return set()
    rows = [{"id": id, **vars(each)} for id, each in zip(_ids(len(found)), found, strict=True)]
    same = {"workspace_id": tx.workspace_id, "kind": kind, **_waiting(now)}
    added = adding(tx, outbox, rows, same).returning(outbox.c.subject, outbox.c.period)
    return {(row.subject, row.period) for row in tx.run(added)}


def put_again(tx: Tx, kind: Kind, letter: Letter, now: datetime) -> bool:
    """Leave a message for delivery, also where it waits or was withdrawn; none is sent twice.

    False when it is on its way, or was: otherwise it will be drawn after this transaction.
    """
    return _put_over(tx, kind, letter, now, outbox.c.state.in_((State.PENDING, State.DROPPED)))


def revise(tx: Tx, kind: Kind, subject: object, destination: str, now: datetime) -> None:
    """Leave word that a message which stands in Slack is to be drawn anew.

    One row for each message: however often it changes before the word is delivered, it is edited
    once. Whoever is delivering the word just now loses it, and it is delivered again.
    """
    _put_over(tx, kind, Letter(str(subject), "", destination, now), now, None)


def _put_over(tx: Tx, kind: Kind, letter: Letter, now: datetime, where: Any) -> bool:
    key = ["workspace_id", "kind", "subject", "period"]
    row = {"id": _ids(1)[0], "workspace_id": tx.workspace_id, "kind": kind, **vars(letter)}
    next_at = max(letter.due_at, now)
    again = {"state": State.PENDING, "next_at": next_at, "attempts": 0, "due_at": letter.due_at}
    again |= {"destination": letter.destination}
    again |= {"lease_owner": None, "lease_until": None, "reason": None}
    put = tx.upsert(outbox).values(**row, **(_waiting(now) | {"next_at": next_at}))
    return bool(
        tx.run(put.on_conflict_do_update(index_elements=key, set_=again, where=where)).rowcount
    )


def _waiting(now: datetime) -> dict[str, Any]:
    return {"state": State.PENDING, "created_at": now, "next_at": now, "attempts": 0}


def _ids(count: int) -> Sequence[str]:
    """Ids that nobody guesses; drawn together, as each by itself asks the system once."""
    drawn = urandom(16 * count).hex()
    return [drawn[start : start + 32] for start in range(0, len(drawn), 32)]


def waiting(engine: Engine, now: datetime, clock: datetime) -> Sequence[str]:
    """The workspaces that have something to deliver, and that Slack still knows.

    What is due is due at `now`; leases run out by the `clock`, which may differ.
    """
    here = outbox.c.workspace_id == workspaces.c.id
    due = [exists().where(here, each) for each in _takable(now, clock)]
    served = select(workspaces.c.id).where(workspaces.c.halted_at.is_(None), or_(*due))
    with reading(engine, "") as tx:
        return list(tx.run(served).scalars())


def takable(
    tx: Tx,
    fresh: Collection[Kind],
    unsure: Collection[Kind],
    now: datetime,
    clock: datetime,
    limit: int,
) -> Sequence[Parcel]:
    """What a dead owner left behind, and then what is due, `limit` of each; locked till the end.

    `fresh` kinds may be posted, `unsure` ones may be looked up and then posted.
    """
    kinds = or_(
        and_(outbox.c.first_tried_at.is_(None), outbox.c.kind.in_(fresh)),
        and_(outbox.c.first_tried_at.is_not(None), outbox.c.kind.in_(unsure)),
    )
    rows: list[Any] = []
    # One after the other: each walks the index, where both at once would sort all that is due.
    for each in reversed(_takable(now, clock)):
        found = tx.select(outbox).where(each, kinds).order_by(outbox.c.next_at).limit(limit)
        rows += tx.run(found.with_for_update(skip_locked=True))
    return [_parcel(row) for row in rows]


def claim(tx: Tx, parcels: Sequence[Parcel], owner: str, until: datetime) -> None:
    """Put parcels under a lease of `owner`."""
    ids = [each.id for each in parcels]
    lease = {"state": State.SENDING, "lease_owner": owner, "lease_until": until}
    tx.run(tx.update(outbox).where(outbox.c.id.in_(ids)).values(**lease))


def space_out(
    tx: Tx, destinations: Collection[str], kinds: Collection[Kind], now: datetime
) -> None:
    """Put whatever else of those kinds is due at these places off by a second."""
    due = tx.update(outbox).where(
        outbox.c.destination.in_(destinations),
        outbox.c.state == State.PENDING,
        outbox.c.kind.in_(kinds),
        outbox.c.next_at <= now + APART,
    )
    tx.run(due.values(next_at=now + APART))


def renew(tx: Tx, owners: Collection[str], until: datetime) -> None:
    """Prolong the leases of claims that are being worked on."""
    held = outbox.c.lease_owner.in_(owners), outbox.c.state == State.SENDING
    tx.run(tx.update(outbox).where(*held).values(lease_until=until))


def trying(tx: Tx, parcel: Parcel, now: datetime, until: datetime) -> bool:
    """Note, before the post, that its outcome may become unknown, and renew the lease.

    False when the lease was lost to another owner meanwhile: the message is theirs to send.
    """
    noted = {"first_tried_at": parcel.first_tried_at or now, "lease_until": until}
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


def dead(tx: Tx, kind: Kind | None = None, reason: str | None = None) -> Sequence[Parcel]:
    """Messages that will not go through, newest first: all, or of a kind, or for a reason."""
    found = tx.select(outbox).where(outbox.c.state == State.DEAD)
    found = found.where(outbox.c.kind == kind) if kind else found
    found = found.where(outbox.c.reason == reason) if reason else found
    return [_parcel(row) for row in tx.run(found.order_by(outbox.c.created_at.desc()))]


def revive(tx: Tx, parcels: Sequence[Parcel], now: datetime) -> None:
    """Put dead messages back; an attempt that may have come through is looked up first."""
    again = {"state": State.PENDING, "next_at": now, "attempts": 0, "reason": "redriven"}
    # Databases take only so many values in one statement.
    for start in range(0, len(parcels), AT_ONCE):
        ids = [each.id for each in parcels[start : start + AT_ONCE]]
        dead_ones = outbox.c.id.in_(ids), outbox.c.state == State.DEAD
        tx.run(tx.update(outbox).where(*dead_ones).values(**again))


def status(tx: Tx, kind: Kind, subject: object, period: str) -> Status | None:
    """What has become of a message; None when there is none under that key."""
    found = tx.select(outbox, outbox.c.state, outbox.c.reason, outbox.c.next_at).where(
        outbox.c.kind == kind, outbox.c.subject == str(subject), outbox.c.period == period
    )
    row = tx.run(found).first()
    return Status(State(row.state), row.reason or "", row.next_at) if row else None


def awaited(tx: Tx, kind: Kind, subject: object, period: str) -> datetime | None:
    """When a message is tried that waits or is on its way; None when it is neither."""
    found = status(tx, kind, subject, period)
    return found.next_at if found and found.state in OPEN else None


def next_at(engine: Engine) -> datetime | None:
    """When a waiting message is next tried, over all workspaces."""
    with reading(engine, "") as tx:
        waiting_ones = select(func.min(outbox.c.next_at)).where(outbox.c.state == State.PENDING)
        return tx.run(waiting_ones).scalar()


def _takable(now: datetime, clock: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    due = and_(outbox.c.state == State.PENDING, outbox.c.next_at <= now)
    return due, and_(outbox.c.state == State.SENDING, outbox.c.lease_until <= clock)


def _mine(tx: Tx, parcel: Parcel) -> Any:
    return tx.update(outbox).where(
        outbox.c.id == parcel.id,
        outbox.c.lease_owner == parcel.lease_owner,
        outbox.c.state == State.SENDING,
    )


def _parcel(row: Any) -> Parcel:
    known = {name: getattr(row, name) for name in Parcel.__dataclass_fields__}
    return Parcel(**{**known, "kind": Kind(row.kind)})
