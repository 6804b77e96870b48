"""Remind owners of their promises, and mark promises as kept or postponed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from bot.db.debriefs import promises
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain.debriefs import promises as rules
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.staff.access import Actor, Membership
from bot.domain.working_time import WorkingHours, local_date
from bot.errors import NoSuchPromise, NotYours
from bot.services import Services

# Someone in sales may own a promise and never have joined.
DEFAULT_HOUR = time(9, 30)


def enqueue_reminders(tx: Tx, debrief_id: int, now: datetime) -> None:
    """Enqueue the reminders of a debrief's promises, and tell owners other than the author."""
    for owed in promises.list_open_by_debrief(tx, debrief_id):
        enqueue_reminder(tx, owed, now)
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
            hours = get_working_hours(tx, owed.owner_id)
            on = rules.postpone_by_week(owed.on, local_date(now, hours.zone), hours)
            promises.reschedule(tx, promise_id, on, rules.find_reminder_time(on, now, hours))
            owed = _get_own(tx, actor, promise_id)
            enqueue_reminder(tx, owed, now)
    return owed


def enqueue_reminder(tx: Tx, owed: OwedPromise, now: datetime) -> None:
    """Enqueue the reminder of a promise at its owner's hour."""
    at = rules.find_reminder_time(owed.on, now, get_working_hours(tx, owed.owner_id))
    promises.reschedule(tx, owed.id, owed.on, at)
    message = OutboxMessage(str(owed.id), reminder_period(owed), owed.owner_id, at)
    outbox.enqueue_or_requeue(tx, MessageKind.PROMISE_REMINDER, message, now)


def reminder_period(owed: OwedPromise) -> str:
    """Return the second part of a reminder's key in the outbox: its date and owner."""
    return f"{owed.on}:{owed.owner_id}"


def may_be_told(tx: Tx, owed: OwedPromise) -> bool:
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


def get_working_hours(tx: Tx, user_id: str) -> WorkingHours:
    """Return the hours of a PM, or of someone who has never joined."""
    pm = pms.get(tx, user_id)
    if pm:
        return pm.settings.hours
    known = staff.get(tx, user_id)
    return WorkingHours(known.zone if known else "UTC", DEFAULT_HOUR)
