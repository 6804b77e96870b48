"""Remind owners of their promises, and mark promises as kept or postponed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.db.debriefs import promises
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import ClaimedMessage, MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain.debriefs import promises as rules
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.staff.access import Actor, Membership
from bot.domain.working_time import WorkingHours, local_date, next_contact_time
from bot.errors import NoSuchPromise, NotYours
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Postpone, Withdraw
from bot.services import Services
from bot.views.block_kit import Message
from bot.views.debriefs import promises as views

# Someone in sales may own a promise and never have joined.
DEFAULT_HOUR = time(9, 30)


def enqueue_reminders(tx: Tx, debrief_id: int, now: datetime) -> None:
    """Enqueue the reminders of a debrief's promises, and tell owners other than the author."""
    for owed in promises.list_open_by_debrief(tx, debrief_id):
        _enqueue_reminder(tx, owed, now)
        if owed.owner_id != owed.author_id:
            outbox.enqueue(
                tx, MessageKind.PROMISE_GIVEN, owed.id, owed.owner_id, owed.owner_id, now
            )


def mark_kept(services: Services, actor: Actor, promise_id: int, now: datetime) -> OwedPromise:
    """Mark a promise as kept. Raises `NoSuchPromise` and `NotYours`."""
    with services.transaction(actor.workspace_id) as tx:
        owed = _get_own(tx, actor, promise_id)
        if owed.kept_on is None:
            promises.mark_kept(tx, promise_id, local_date(now, actor.zone))
    return owed


def postpone(
    services: Services, actor: Actor, promise_id: int, until: date, now: datetime
) -> OwedPromise:
    """Postpone a promise that is due on `until` by a week, counted once.

    A kept promise stays kept, and one that has another date by now keeps that.

    Raises `NoSuchPromise` and `NotYours`.
    """
    with services.transaction(actor.workspace_id) as tx:
        owed = _get_own(tx, actor, promise_id)
        if owed.kept_on is None and owed.on == until:
            hours = _working_hours(tx, owed.owner_id)
            on = rules.postpone_by_week(owed.on, local_date(now, hours.zone), hours)
            promises.reschedule(tx, promise_id, on, rules.find_reminder_time(on, now, hours))
            owed = _get_own(tx, actor, promise_id)
            _enqueue_reminder(tx, owed, now)
    return owed


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Message | Withdraw | Postpone:
    """Render the reminder of a date, if its promise is still open with that date."""
    owed = promises.get(tx, int(message.subject))
    if owed is None or owed.kept_on:
        return Withdraw("kept")
    if message.period != _period(owed):
        return Withdraw("moved")
    if message.due_at > now:
        return Postpone(message.due_at, "not_yet")
    if not _may_be_told(tx, owed):
        # The author of the promise has to see to it.
        promises.return_to_author(tx, owed)
        _enqueue_reminder(tx, replace(owed, owner_id=owed.author_id), now)
        return Withdraw("not_a_member")
    hours = _working_hours(tx, owed.owner_id)
    at = away.find_absence_end(tx, owed.owner_id, now) or next_contact_time(now, hours)
    return Postpone(at) if at > now else _promise_message(tx, owed, local_date(now, hours.zone))


def render_given(tx: Tx, message: ClaimedMessage, now: datetime) -> Message | Withdraw | Postpone:
    """Render the message to the owner of a promise that someone else made."""
    owed = promises.get(tx, int(message.subject))
    if owed is None or owed.kept_on or owed.owner_id != message.destination:
        return Withdraw("kept")
    if not _may_be_told(tx, owed):
        return Withdraw("not_a_member")
    hours = _working_hours(tx, owed.owner_id)
    at = away.find_absence_end(tx, owed.owner_id, now) or next_contact_time(now, hours)
    if at > now:
        return Postpone(at)
    return _promise_message(tx, owed, local_date(now, hours.zone))


def _promise_message(tx: Tx, owed: OwedPromise, today: date) -> Message:
    if owed.owner_id == owed.author_id:
        return views.reminder_message(owed, today)
    return views.assigned_message(owed, staff.get_name(tx, owed.author_id), today)


def _enqueue_reminder(tx: Tx, owed: OwedPromise, now: datetime) -> None:
    at = rules.find_reminder_time(owed.on, now, _working_hours(tx, owed.owner_id))
    promises.reschedule(tx, owed.id, owed.on, at)
    message = OutboxMessage(str(owed.id), _period(owed), owed.owner_id, at)
    outbox.enqueue_or_requeue(tx, MessageKind.PROMISE_REMINDER, message, now)


def _period(owed: OwedPromise) -> str:
    """Return the second part of a reminder's key in the outbox: its date and owner."""
    return f"{owed.on}:{owed.owner_id}"


def _may_be_told(tx: Tx, owed: OwedPromise) -> bool:
    """Return whether the owner is a full member, as Slack said; the author was one."""
    known = staff.get(tx, owed.owner_id)
    return owed.owner_id == owed.author_id or (
        known is not None and known.membership is Membership.MEMBER
    )


def find_non_members(tx: Tx, owner_ids: Iterable[str | None]) -> Sequence[str | None]:
    """Return the ids of those who can't own a promise: guests, external users, people who left."""
    known = {each: staff.get(tx, each) for each in owner_ids if each}
    return [id for id, each in known.items() if each and each.membership is not Membership.MEMBER]


def _get_own(tx: Tx, actor: Actor, promise_id: int) -> OwedPromise:
    owed = promises.get(tx, promise_id)
    if owed is None:
        raise NoSuchPromise
    if actor.user_id not in (owed.owner_id, owed.author_id):
        raise NotYours
    return owed


def _working_hours(tx: Tx, user_id: str) -> WorkingHours:
    pm = pms.get(tx, user_id)
    if pm:
        return pm.settings.hours
    known = staff.get(tx, user_id)
    return WorkingHours(known.zone if known else "UTC", DEFAULT_HOUR)
