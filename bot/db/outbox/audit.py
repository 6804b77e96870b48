"""Queries of the audit: messages missing from the outbox, and work that is overdue.

They share no code with what fills and empties the outbox, so they can't repeat its mistakes. Each
one walks an index and stops at a limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Exists, FromClause, String, Table, cast, func, literal

from bot.db.engine import Tx
from bot.db.outbox.queries import MessageKind, OutboxMessage, OutboxState
from bot.db.staff.membership import may_get_messages
from bot.db.tables.contacts import flags
from bot.db.tables.debriefs import promises
from bot.db.tables.inbox import inbox
from bot.db.tables.notes import notes
from bot.db.tables.outbox import outbox, rates
from bot.db.tables.staff import pms
from bot.db.tables.stories import digests, teams
from bot.db.tables.surveys import surveys
from bot.db.tables.visits import prompts, visits
from bot.db.tables.workarounds import fix_notices
from bot.domain.outbox.rates import MAX_RETRY_AFTER, MINUTE
from bot.domain.visits.rules import VisitState

MESSAGE_FIELDS = tuple(each.name for each in fields(OutboxMessage))


@dataclass(frozen=True)
class LateItem:
    """An overdue item that no one has taken; it was due at `since` (aware UTC)."""

    subject: str
    since: datetime


@dataclass(frozen=True)
class MessageCount:
    """The number of messages of one kind, state and reason, which is "" if none is known."""

    kind: str
    state: str
    reason: str
    count: int


@dataclass(frozen=True)
class AuditWindow:
    """What is audited: up to `limit` messages that were due between two instants (aware UTC).

    Of kinds that each PM gets only the `newest` are checked, or all with None: each costs a lookup
    in the outbox.
    """

    since: datetime
    now: datetime
    newest: int | None
    limit: int


def missing_nudges(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return nudges planned in a window that were never enqueued."""
    columns = pms.c.workspace_id, pms.c.user_id, pms.c.enqueued_on, pms.c.enqueued_at
    newest_first = tx.select(pms, *columns).order_by(pms.c.enqueued_at.desc()).limit(window.newest)
    planned: Any = newest_first.where(pms.c.enqueued_at >= window.since).subquery()
    period = _iso_date(tx, planned.c.enqueued_on)
    named = _label_columns(planned.c.user_id, period, planned.c.user_id, planned.c.enqueued_at)
    not_enqueued = ~_is_enqueued(tx, planned, MessageKind.NUDGE, planned.c.user_id, period)
    return _read_messages(tx, tx.select(planned, *named).where(not_enqueued).limit(window.limit))


def missing_digests(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return digests added in a window that were never enqueued."""
    subject = cast(digests.c.id, String)
    named = _label_columns(subject, digests.c.week, teams.c.channel_id, digests.c.created_at)
    made = tx.select(digests, *named).where(
        digests.c.team_id == teams.c.id,
        digests.c.created_at >= window.since,
        ~_is_enqueued(tx, digests, MessageKind.DIGEST, subject, digests.c.week),
    )
    return _read_messages(tx, made.order_by(digests.c.created_at).limit(window.limit))


def missing_flags(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return flags marked as notified in a window that were never enqueued."""
    subject, period = cast(flags.c.id, String), _iso_date(tx, flags.c.notified_at)
    named = _label_columns(subject, period, flags.c.pm_id, flags.c.notified_at)
    notified = tx.select(flags, *named).where(
        flags.c.notified_at >= window.since,
        ~_is_enqueued(tx, flags, MessageKind.FLAG, subject, period),
    )
    return _read_messages(tx, notified.order_by(flags.c.notified_at).limit(window.limit))


def missing_briefs(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return briefs of booked visits due in a window that were never enqueued."""
    subject, period = cast(visits.c.id, String), _iso_date(tx, visits.c.on)
    named = _label_columns(subject, period, visits.c.pm_id, visits.c.brief_at)
    planned = tx.select(visits, *named).where(
        visits.c.brief_at.between(window.since, window.now),
        visits.c.state == VisitState.BOOKED,
        ~_is_enqueued(tx, visits, MessageKind.BRIEF, subject, period),
    )
    return _read_messages(tx, planned.order_by(visits.c.brief_at).limit(window.limit))


def missing_prompts(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return prompts of booked visits due in a window that were never enqueued."""
    subject, period = cast(prompts.c.visit_id, String), _iso_date(tx, prompts.c.on)
    named = _label_columns(subject, period, visits.c.pm_id, prompts.c.at)
    planned = tx.select(prompts, *named).where(
        visits.c.id == prompts.c.visit_id,
        prompts.c.at.between(window.since, window.now),
        visits.c.state == VisitState.BOOKED,
        ~_is_enqueued(tx, prompts, MessageKind.DEBRIEF_PROMPT, subject, period),
    )
    return _read_messages(tx, planned.order_by(prompts.c.at).limit(window.limit))


def missing_notes(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return notes offered and due in a window that were never enqueued."""
    columns = notes.c.workspace_id, notes.c.pm_id, notes.c.month, notes.c.due_at
    newest_first = tx.select(notes, *columns).order_by(notes.c.due_at.desc()).limit(window.newest)
    offered: Any = newest_first.where(notes.c.due_at >= window.since).subquery()
    named = _label_columns(offered.c.pm_id, offered.c.month, offered.c.pm_id, offered.c.due_at)
    not_enqueued = ~_is_enqueued(tx, offered, MessageKind.NOTE, offered.c.pm_id, offered.c.month)
    return _read_messages(tx, tx.select(offered, *named).where(not_enqueued).limit(window.limit))


def missing_promises(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return promise reminders due in a window that were never enqueued."""
    subject = cast(promises.c.id, String)
    period = _iso_date(tx, promises.c.on) + ":" + promises.c.owner_id
    named = _label_columns(subject, period, promises.c.owner_id, promises.c.remind_at)
    owed = tx.select(promises, *named).where(
        promises.c.remind_at.between(window.since, window.now),
        promises.c.kept_on.is_(None),
        ~_is_enqueued(tx, promises, MessageKind.PROMISE_REMINDER, subject, period),
    )
    return _read_messages(tx, owed.order_by(promises.c.remind_at).limit(window.limit))


def missing_surveys(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return surveys answered in a window whose message was never enqueued."""
    subject, period = cast(surveys.c.id, String), literal("")
    named = _label_columns(subject, period, surveys.c.pm_id, surveys.c.answered_at)
    answered = tx.select(surveys, *named).where(
        surveys.c.answered_at >= window.since,
        ~_is_enqueued(tx, surveys, MessageKind.SURVEY_ANSWERED, subject, period),
    )
    return _read_messages(tx, answered.order_by(surveys.c.answered_at).limit(window.limit))


def missing_fix_notices(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return fix notices added in a window that were never enqueued."""
    return _find_fix_notices(
        tx,
        MessageKind.FIX_NOTICE,
        fix_notices.c.asked_at,
        fix_notices.c.asked_at >= window.since,
        window.limit,
    )


def missing_fix_reminders(tx: Tx, window: AuditWindow) -> Sequence[OutboxMessage]:
    """Return fix reminders due in a window that were never enqueued."""
    was_due = fix_notices.c.due_at.between(window.since, window.now)
    return _find_fix_notices(
        tx, MessageKind.FIX_REMINDER, fix_notices.c.due_at, was_due, window.limit
    )


def late_pms(tx: Tx, before: datetime, limit: int) -> Sequence[LateItem]:
    """Return PMs due before an instant that no tick has looked at, longest waiting first."""
    late = pms.c.next_at < before, may_get_messages(tx, pms.c.user_id, pms)
    return _find_late(tx, pms, pms.c.user_id, pms.c.next_at, *late, limit=limit)


def late_notes(tx: Tx, before: datetime, limit: int) -> Sequence[LateItem]:
    """Return PMs whose note was due before an instant and still waits, longest first."""
    late = pms.c.note_at < before, may_get_messages(tx, pms.c.user_id, pms)
    return _find_late(tx, pms, pms.c.user_id, pms.c.note_at, *late, limit=limit)


def late_teams(tx: Tx, before: datetime, limit: int) -> Sequence[LateItem]:
    """Return teams whose digest was due before an instant and still waits, longest first."""
    return _find_late(tx, teams, teams.c.id, teams.c.next_at, teams.c.next_at < before, limit=limit)


def late_messages(tx: Tx, before: datetime, limit: int) -> Sequence[LateItem]:
    """Return messages due before an instant that no one has claimed, longest waiting first."""
    waits = outbox.c.state == OutboxState.PENDING, outbox.c.next_at < before
    return _find_late(tx, outbox, outbox.c.id, outbox.c.next_at, *waits, limit=limit)


def late_leases(tx: Tx, before: datetime, limit: int) -> Sequence[LateItem]:
    """Return messages whose lease ran out before an instant and that no one has claimed since."""
    # A lease ends after its message was due: saying so bounds the walk of the index.
    ended = outbox.c.lease_until < before, outbox.c.next_at < before
    expired = outbox.c.state == OutboxState.SENDING, *ended
    return _find_late(tx, outbox, outbox.c.id, outbox.c.lease_until, *expired, limit=limit)


def late_events(tx: Tx, before: datetime, limit: int) -> Sequence[LateItem]:
    """Return events received before an instant for later processing that aren't done yet."""
    stored = inbox.c.payload.is_not(None)
    waits = inbox.c.done_at.is_(None), inbox.c.received_at < before, stored
    return _find_late(tx, inbox, inbox.c.key, inbox.c.received_at, *waits, limit=limit)


def count_messages(tx: Tx, state: OutboxState, limit: int) -> Sequence[MessageCount]:
    """Count messages in a state, by kind and reason; at most `limit` are counted.

    Those to people who have left aren't: no one can do anything about them.
    """
    columns = outbox.c.workspace_id, outbox.c.kind, outbox.c.reason
    present = may_get_messages(tx, outbox.c.destination, outbox)
    in_state = tx.select(outbox, *columns).where(outbox.c.state == state, present)
    limited: Any = in_state.order_by(outbox.c.next_at).limit(limit).subquery()
    counted = tx.select(limited, limited.c.kind, limited.c.reason, func.count().label("number"))
    rows = tx.run(
        counted.group_by(limited.c.kind, limited.c.reason).order_by(
            limited.c.kind, limited.c.reason
        )
    )
    return [MessageCount(row.kind, state, row.reason or "", row.number) for row in rows]


def count_due(tx: Tx, now: datetime, limit: int) -> tuple[int, datetime | None]:
    """Count messages that are due now, up to a limit, and return when the oldest was due."""
    waits = outbox.c.state == OutboxState.PENDING, outbox.c.next_at <= now
    first = tx.select(outbox, outbox.c.workspace_id, outbox.c.due_at).where(*waits)
    limited: Any = first.order_by(outbox.c.next_at).limit(limit).subquery()
    found = tx.select(
        limited, func.count().label("number"), func.min(limited.c.due_at).label("oldest")
    )
    row = tx.run(found).one()
    return row.number, row.oldest


def list_exhausted_methods(tx: Tx, free_after: datetime, now: datetime) -> Sequence[str]:
    """Return methods that Slack limits now, or whose rate is used up beyond `free_after`."""
    # What lies further ahead is from a clock since set back, and limits nothing.
    limited = rates.c.held_until.between(now, now + MAX_RETRY_AFTER)
    used_up = limited | rates.c.free_at.between(free_after, now + MINUTE)
    found = tx.select(rates, rates.c.method).where(used_up).order_by(rates.c.method)
    return list(tx.run(found).scalars())


def _find_fix_notices(
    tx: Tx, kind: MessageKind, due_at: Any, when: ColumnElement[bool], limit: int
) -> Sequence[OutboxMessage]:
    subject, period = cast(fix_notices.c.id, String), cast(fix_notices.c.fix, String)
    named = _label_columns(subject, period, fix_notices.c.pm_id, due_at)
    not_enqueued = ~_is_enqueued(tx, fix_notices, kind, subject, period)
    return _read_messages(
        tx, tx.select(fix_notices, *named).where(when, not_enqueued).order_by(due_at).limit(limit)
    )


def _is_enqueued(tx: Tx, of: FromClause, kind: MessageKind, subject: Any, period: Any) -> Exists:
    key = outbox.c.kind == kind, outbox.c.subject == subject, outbox.c.period == period
    return tx.select(outbox, outbox.c.id).where(*key).correlate(of).exists()


def _iso_date(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[str]:
    """Build a date, or an instant's UTC date, as ISO text."""
    if tx.connection.dialect.name == "postgresql":
        in_utc = func.timezone("UTC", column) if column is flags.c.notified_at else column
        return func.to_char(in_utc, "YYYY-MM-DD", type_=String)
    return func.substr(column, 1, 10, type_=String)


def _label_columns(*columns: ColumnElement[Any]) -> Sequence[ColumnElement[Any]]:
    """Label columns with the field names of `OutboxMessage`."""
    return [each.label(name) for each, name in zip(columns, MESSAGE_FIELDS, strict=True)]


def _read_messages(tx: Tx, found: Any) -> Sequence[OutboxMessage]:
    return [OutboxMessage(**row._mapping) for row in tx.run(found)]


def _find_late(
    tx: Tx, table: Table, subject: Any, since: Any, *where: ColumnElement[bool], limit: int
) -> Sequence[LateItem]:
    columns = subject.label("subject"), since.label("since")
    found = tx.select(table, *columns).where(*where).order_by(since).limit(limit)
    return [LateItem(str(row.subject), row.since) for row in tx.run(found)]
