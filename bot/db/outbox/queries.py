"""Queries on the outbox: messages no one asked for, each sent once under its unique key."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from os import urandom
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    FromClause,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
)

from bot.db.engine import Tx, read_transaction
from bot.db.outbox.kinds import MessageKind as MessageKind
from bot.db.rows import insert_new
from bot.db.tables.outbox import outbox
from bot.db.tables.workspaces import workspaces
from bot.domain.outbox.message_ref import MessageRef

# Slack allows about one message a second in a conversation.
MIN_POST_GAP = timedelta(seconds=1)
# How long after a restore new messages may still be the same as one from before it: what was due
# is found late by then, people do again what was lost, and files are imported again.
REPEATED_FOR = timedelta(days=7)


class OutboxState(StrEnum):
    """The state of an outbox message."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


OPEN_STATES = (OutboxState.PENDING, OutboxState.SENDING)


@dataclass(frozen=True)
class OutboxStatus:
    """A message's state, the reason for it ("" for none), and when it is next tried.

    `message_ref` is where it is posted, None while it isn't; its first post was at `sent_at`.
    """

    state: OutboxState
    reason: str
    next_at: datetime
    sent_at: datetime | None = None
    message_ref: MessageRef | None = None


@dataclass(frozen=True)
class OutboxMessage:
    """A message to enqueue to a Slack user or channel id, due at an instant (aware UTC).

    `subject` and `period` are its key within its kind: who or what it is about, such as a PM or a
    visit, and which one of those, such as the date it was planned for; "" where there is only one.
    """

    subject: str
    period: str
    destination: str
    due_at: datetime


@dataclass(frozen=True)
class ClaimedMessage:
    """An outbox row; `destination` is a Slack user or channel id, instants are aware UTC.

    `due_at` is when it or its edit was due and `next_at` when it is next tried; `first_attempt_at`
    is set if an earlier attempt's outcome may be unknown; `lease_owner` identifies one claim.
    `message_ref` is where it is posted: then it is edited. `revision` counts the edits enqueued.
    """

    id: str
    workspace_id: str
    kind: MessageKind
    subject: str
    period: str
    destination: str
    attempts: int
    lease_owner: str | None
    first_attempt_at: datetime | None
    due_at: datetime
    next_at: datetime
    reason: str | None = None
    revision: int = 0
    message_ref: MessageRef | None = None


def enqueue(
    tx: Tx,
    kind: MessageKind,
    subject: object,
    period: str,
    destination: str,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Enqueue a message; False if its key was used before."""
    message = OutboxMessage(str(subject), period, destination, due_at or now)
    return bool(enqueue_all(tx, kind, [message], now))


def enqueue_all(
    tx: Tx, kind: MessageKind, messages: Iterable[OutboxMessage], now: datetime
) -> set[tuple[str, str]]:
    """Enqueue messages; return (subject, period) of those whose key was new."""
    new = list(messages)
    if not new:
        return set()
    rows = [{"id": id, **vars(each)} for id, each in zip(_ids(len(new)), new, strict=True)]
    shared = {"workspace_id": tx.workspace_id, "kind": kind, **_pending_values(tx, now)}
    added = insert_new(tx, outbox, rows, shared).returning(outbox.c.subject, outbox.c.period)
    return {(row.subject, row.period) for row in tx.run(added)}


def enqueue_or_requeue(tx: Tx, kind: MessageKind, message: OutboxMessage, now: datetime) -> bool:
    """Enqueue a message, also if it is pending or was dropped; none is posted twice.

    False if it is being sent, was posted or is dead; otherwise it is rendered after this
    transaction.
    """
    key = ["workspace_id", "kind", "subject", "period"]
    row = {"id": _ids(1)[0], "workspace_id": tx.workspace_id, "kind": kind, **vars(message)}
    next_at = max(message.due_at, now)
    updated = {
        "state": OutboxState.PENDING,
        "next_at": next_at,
        "attempts": 0,
        "due_at": message.due_at,
    }
    updated |= {"destination": message.destination}
    updated |= {"lease_owner": None, "lease_until": None, "reason": None}
    insert = tx.upsert(outbox).values(**row, **(_pending_values(tx, now) | {"next_at": next_at}))
    waiting = outbox.c.state.in_((OutboxState.PENDING, OutboxState.DROPPED))
    unposted = and_(waiting, outbox.c.message_ts.is_(None))
    upsert = insert.on_conflict_do_update(index_elements=key, set_=updated, where=unposted)
    return bool(tx.run(upsert).rowcount)


def enqueue_edit(
    tx: Tx, kind: MessageKind, subject: object, period: str, now: datetime, except_ts: str = ""
) -> None:
    """Enqueue an edit of a message whose facts have changed: it is rendered again.

    However often they change before the delivery, it is edited once. One that isn't posted yet is
    rendered on delivery anyway; one being delivered right now is edited after that. Not the message
    `except_ts`, a Slack timestamp: the handler of its button updates that.
    """
    other = or_(outbox.c.message_ts.is_(None), outbox.c.message_ts != except_ts)
    _enqueue_edits(tx, and_(*_key(kind, subject, period), other), now)


def enqueue_latest_edits(
    tx: Tx, kind: MessageKind, subjects: Iterable[object], now: datetime
) -> None:
    """Enqueue an edit of the newest message about each subject that is posted or being sent."""
    theirs = outbox.c.kind == kind, outbox.c.subject.in_([str(each) for each in subjects])
    seen = or_(outbox.c.message_ts.is_not(None), outbox.c.state == OutboxState.SENDING)
    found = tx.select(outbox, outbox.c.subject, outbox.c.id).where(*theirs, seen)
    latest = {row.subject: row.id for row in tx.run(found.order_by(outbox.c.created_at))}
    if latest:
        _enqueue_edits(tx, outbox.c.id.in_(latest.values()), now)


def _enqueue_edits(tx: Tx, which: ColumnElement[bool], now: datetime) -> None:
    mine = tx.update(outbox).where(which)
    # From its first attempt on it may be in Slack, as it was then.
    tried = or_(outbox.c.first_attempt_at.is_not(None), outbox.c.state == OutboxState.SENDING)
    posted = outbox.c.message_ts.is_not(None)
    tx.run(mine.where(or_(posted, tried)).values(revision=outbox.c.revision + 1))
    idle = posted, outbox.c.state != OutboxState.SENDING
    values = {"state": OutboxState.PENDING, "next_at": now, "due_at": now, "attempts": 0}
    tx.run(mine.where(*idle).values(**values, reason=None))


def _pending_values(tx: Tx, now: datetime) -> dict[str, Any]:
    values = {"state": OutboxState.PENDING, "created_at": now, "next_at": now, "attempts": 0}
    return {**values, "first_attempt_at": _assumed_attempt(tx, now)}


def _assumed_attempt(tx: Tx, now: datetime) -> ColumnElement[Any]:
    """Build when a new message may have been posted already: null unless lately restored."""
    lately = workspaces.c.id == tx.workspace_id, workspaces.c.restored_at > now - REPEATED_FOR
    return select(workspaces.c.restored_from).where(*lately).scalar_subquery()


def _key(kind: MessageKind, subject: object, period: str) -> Sequence[ColumnElement[bool]]:
    return outbox.c.kind == kind, outbox.c.subject == str(subject), outbox.c.period == period


def _ids(count: int) -> Sequence[str]:
    """Return unguessable ids; generated together, in one call to the system."""
    hex_digits = urandom(16 * count).hex()
    return [hex_digits[start : start + 32] for start in range(0, len(hex_digits), 32)]


def list_workspaces_with_due(
    engine: Engine, among: Collection[str], now: datetime, clock: datetime
) -> Sequence[str]:
    """Return which of the given workspaces Slack still knows and have messages to deliver.

    Messages are due at `now`; leases expire by the `clock`, which may differ.
    """
    here = outbox.c.workspace_id == workspaces.c.id
    due = [exists().where(here, each) for each in _due_conditions(now, clock)]
    workspace_ids = select(workspaces.c.id).where(
        workspaces.c.id.in_(among), workspaces.c.halted_at.is_(None), or_(*due)
    )
    with read_transaction(engine, "") as tx:
        return list(tx.run(workspace_ids).scalars())


def select_due(
    tx: Tx,
    post_kinds: Collection[MessageKind],
    search_kinds: Collection[MessageKind],
    now: datetime,
    clock: datetime,
    limit: int,
    *,
    may_edit: bool,
    at_work: Collection[str] = (),
) -> Sequence[ClaimedMessage]:
    """Lock and return messages with an expired lease, then due ones, `limit` of each.

    `post_kinds` may be posted; `search_kinds`, tried before, may be looked up and then posted. With
    `may_edit` those that are posted may be edited. Leases of owners `at_work` don't expire,
    whatever the clock was set to.
    """
    unposted = outbox.c.message_ts.is_(None)
    kinds = or_(
        and_(unposted, outbox.c.first_attempt_at.is_(None), outbox.c.kind.in_(post_kinds)),
        and_(unposted, outbox.c.first_attempt_at.is_not(None), outbox.c.kind.in_(search_kinds)),
        and_(outbox.c.message_ts.is_not(None), true() if may_edit else false()),
    )
    rows: list[Any] = []
    if at_work:
        idle = or_(outbox.c.lease_owner.is_(None), outbox.c.lease_owner.not_in(at_work))
        kinds = and_(kinds, or_(outbox.c.state == OutboxState.PENDING, idle))
    # Two queries: each walks the index, while one for both would sort all due rows.
    for each in reversed(_due_conditions(now, clock)):
        found = tx.select(outbox).where(each, kinds).order_by(outbox.c.next_at).limit(limit)
        rows += tx.run(found.with_for_update(skip_locked=True))
    return [parse_claimed_message(row) for row in rows]


def claim(tx: Tx, messages: Sequence[ClaimedMessage], owner: str, until: datetime) -> None:
    """Claim messages: put them under a lease of `owner`."""
    ids = [each.id for each in messages]
    lease = {"state": OutboxState.SENDING, "lease_owner": owner, "lease_until": until}
    tx.run(tx.update(outbox).where(outbox.c.id.in_(ids)).values(**lease))


def drop(tx: Tx, messages: Sequence[ClaimedMessage], reason: str) -> None:
    """Drop messages that aren't posted and won't be."""
    ids = [each.id for each in messages]
    values = {"state": OutboxState.DROPPED, "reason": reason, "lease_until": None}
    tx.run(tx.update(outbox).where(outbox.c.id.in_(ids)).values(**values))


def postpone_same_destination(tx: Tx, destinations: Collection[str], now: datetime) -> None:
    """Postpone other messages to be posted to the same destinations by a second."""
    due = tx.update(outbox).where(
        outbox.c.destination.in_(destinations),
        outbox.c.state == OutboxState.PENDING,
        outbox.c.message_ts.is_(None),
        outbox.c.next_at <= now + MIN_POST_GAP,
    )
    tx.run(due.values(next_at=now + MIN_POST_GAP))


def renew_leases(tx: Tx, owners: Collection[str], until: datetime) -> None:
    """Extend the leases of claims that are being delivered."""
    leased = outbox.c.lease_owner.in_(owners), outbox.c.state == OutboxState.SENDING
    tx.run(tx.update(outbox).where(*leased).values(lease_until=until))


def mark_attempt(tx: Tx, message: ClaimedMessage, now: datetime, until: datetime) -> bool:
    """Save, before the post, that its outcome may be unknown from now on, and renew the lease.

    False if another owner took the lease meanwhile: the message is theirs to send.
    """
    noted = {"first_attempt_at": message.first_attempt_at or now, "lease_until": until}
    return bool(tx.run(_update_claimed(tx, message).values(**noted)).rowcount)


def finish(
    tx: Tx, message: ClaimedMessage, state: OutboxState, now: datetime, reason: str | None = None
) -> bool:
    """Save a message's final state; False if another owner took its lease meanwhile.

    One that is posted, and has changed since it was claimed, becomes due again for its edit.
    """
    ended: dict[str, Any] = {"state": state, "reason": reason, "lease_until": None}
    if state is OutboxState.DROPPED:
        ended["first_attempt_at"] = message.first_attempt_at
    if state is OutboxState.SENT:
        changed = outbox.c.revision != message.revision
        ended["state"] = case((changed, OutboxState.PENDING), else_=OutboxState.SENT)
        for name in ("next_at", "due_at"):
            ended[name] = case((changed, now), else_=outbox.c[name])
    return bool(tx.run(_update_claimed(tx, message).values(**ended)).rowcount)


def mark_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef, now: datetime) -> None:
    """Save where and when a message was posted."""
    place = {"message_channel": message_ref.channel, "message_ts": message_ref.ts}
    tx.run(tx.update(outbox).where(outbox.c.id == message.id).values(**place, sent_at=now))


def schedule_retry(
    tx: Tx, message: ClaimedMessage, until: datetime, reason: str, *, surely_not_posted: bool
) -> None:
    """Postpone a message for a retry; `surely_not_posted` if Slack surely did not act on it."""
    values: dict[str, Any] = {
        "state": OutboxState.PENDING,
        "next_at": until,
        "attempts": message.attempts + 1,
        "reason": reason,
        "lease_until": None,
    }
    if surely_not_posted:
        values["first_attempt_at"] = message.first_attempt_at
    tx.run(_update_claimed(tx, message).values(**values))


def postpone(tx: Tx, message: ClaimedMessage, until: datetime, reason: str) -> None:
    """Defer a message that this claim hasn't posted, such as to hours in which it may be sent."""
    values: dict[str, Any] = {
        "state": OutboxState.PENDING,
        "next_at": until,
        "reason": reason,
        "lease_until": None,
        "first_attempt_at": message.first_attempt_at,
    }
    tx.run(_update_claimed(tx, message).values(**values))


def get_status(tx: Tx, kind: MessageKind, subject: object, period: str) -> OutboxStatus | None:
    """Return a message's status; None if that key has no message."""
    row = tx.run(tx.select(outbox).where(*_key(kind, subject, period))).first()
    if row is None:
        return None
    state = OutboxState(row.state)
    return OutboxStatus(state, row.reason or "", row.next_at, row.sent_at, _message_ref(row))


def get_message_ref(tx: Tx, kind: MessageKind, subject: object, period: str) -> MessageRef | None:
    """Return where a message is posted; None while it isn't."""
    status = get_status(tx, kind, subject, period)
    return status.message_ref if status else None


def is_posted(
    tx: Tx,
    kind: MessageKind,
    subject: ColumnElement[str],
    period: ColumnElement[str],
    of: FromClause,
) -> ColumnElement[bool]:
    """Build the condition that the message of a row of another table is posted."""
    key = outbox.c.kind == kind, outbox.c.subject == subject, outbox.c.period == period
    posted = tx.select(outbox, outbox.c.id).where(*key, outbox.c.message_ts.is_not(None))
    return posted.correlate(of).exists()


def find_latest_period(tx: Tx, kind: MessageKind, subject: object) -> str | None:
    """Return the period of the newest message about a subject that is posted or being sent."""
    found = tx.select(outbox, outbox.c.period).where(
        outbox.c.kind == kind,
        outbox.c.subject == str(subject),
        or_(outbox.c.message_ts.is_not(None), outbox.c.state == OutboxState.SENDING),
    )
    return tx.run(found.order_by(outbox.c.created_at.desc()).limit(1)).scalar()


def get_earliest_try(engine: Engine) -> datetime | None:
    """Return when the next pending message of any workspace is tried, or None."""
    with read_transaction(engine, "") as tx:
        earliest = select(func.min(outbox.c.next_at)).where(outbox.c.state == OutboxState.PENDING)
        return tx.run(earliest).scalar()


def _due_conditions(
    now: datetime, clock: datetime
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    due = and_(outbox.c.state == OutboxState.PENDING, outbox.c.next_at <= now)
    return due, and_(outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= clock)


def _update_claimed(tx: Tx, message: ClaimedMessage) -> Any:
    return tx.update(outbox).where(
        outbox.c.id == message.id,
        outbox.c.lease_owner == message.lease_owner,
        outbox.c.state == OutboxState.SENDING,
    )


def parse_claimed_message(row: Any) -> ClaimedMessage:
    """Parse a row of the outbox into a message as a process claims it."""
    return ClaimedMessage(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=MessageKind(row.kind),
        subject=row.subject,
        period=row.period,
        destination=row.destination,
        attempts=row.attempts,
        lease_owner=row.lease_owner,
        first_attempt_at=row.first_attempt_at,
        due_at=row.due_at,
        next_at=row.next_at,
        reason=row.reason,
        revision=row.revision,
        message_ref=_message_ref(row),
    )


def _message_ref(row: Any) -> MessageRef | None:
    return MessageRef(row.message_channel, row.message_ts) if row.message_ts else None
