"""Promises: told to whoever keeps them, reminded of on their date, kept."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from bot.db.debriefs import promises
from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, Letter, Parcel
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.domain.debriefs import promises as rules
from bot.domain.debriefs.promises import Owed
from bot.domain.staff.access import Actor, Standing
from bot.domain.working_time import Hours, local_date, open_hour
from bot.errors import NoSuchPromise, NotYours
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Later, Withdrawn
from bot.services import Services
from bot.views.block_kit import Message
from bot.views.debriefs import promises as views

# Somebody in sales may keep a promise and never have joined.
USUAL_HOUR = time(9, 30)


def leave(tx: Tx, debrief_id: int, now: datetime) -> None:
    """Remind of what a debrief promises, and tell whoever else is to keep it."""
    for owed in promises.of_debrief(tx, debrief_id):
        _remind(tx, owed, now)
        if owed.owner_id != owed.author_id:
            outbox.put(tx, Kind.PROMISE_GIVEN, owed.id, owed.owner_id, owed.owner_id, now)


def keep(services: Services, actor: Actor, promise_id: int, now: datetime) -> Owed:
    """A promise was kept. Raises `NoSuchPromise` and `NotYours`."""
    with services.transaction(actor.workspace_id) as tx:
        owed = _own(tx, actor, promise_id)
        if owed.kept_on is None:
            promises.keep(tx, promise_id, local_date(now, actor.zone))
    return owed


def put_off(services: Services, actor: Actor, promise_id: int, until: date, now: datetime) -> Owed:
    """A promise that was to be kept `until` a date needs another week, counted once.

    One that was kept stays kept, and one that has another date by now keeps that.

    Raises `NoSuchPromise` and `NotYours`.
    """
    with services.transaction(actor.workspace_id) as tx:
        owed = _own(tx, actor, promise_id)
        if owed.kept_on is None and owed.on == until:
            hours = _hours(tx, owed.owner_id)
            on = rules.later(owed.on, local_date(now, hours.zone), hours)
            promises.move(tx, promise_id, on, rules.remind_at(on, now, hours))
            owed = _own(tx, actor, promise_id)
            _remind(tx, owed, now)
    return owed


def compose(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """The reminder of a date, as long as its promise is owed by then."""
    owed = promises.get(tx, int(parcel.subject))
    if owed is None or owed.kept_on:
        return Withdrawn("kept")
    if parcel.period != _period(owed):
        return Withdrawn("moved")
    if parcel.due_at > now:
        return Later(parcel.due_at, "not_yet")
    if not _may_be_told(tx, owed):
        # Whoever made the promise has to see to it.
        promises.hand_back(tx, owed)
        _remind(tx, replace(owed, owner_id=owed.author_id), now)
        return Withdrawn("not_a_member")
    hours = _hours(tx, owed.owner_id)
    at = away.waits_until(tx, owed.owner_id, now) or open_hour(now, hours)
    return Later(at) if at > now else _said(tx, owed, local_date(now, hours.zone))


def compose_given(tx: Tx, parcel: Parcel, now: datetime) -> Message | Withdrawn | Later:
    """What somebody reads who is to keep what another has promised."""
    owed = promises.get(tx, int(parcel.subject))
    if owed is None or owed.kept_on or owed.owner_id != parcel.destination:
        return Withdrawn("kept")
    if not _may_be_told(tx, owed):
        return Withdrawn("not_a_member")
    hours = _hours(tx, owed.owner_id)
    at = away.waits_until(tx, owed.owner_id, now) or open_hour(now, hours)
    if at > now:
        return Later(at)
    return _said(tx, owed, local_date(now, hours.zone))


def _said(tx: Tx, owed: Owed, today: date) -> Message:
    if owed.owner_id == owed.author_id:
        return views.reminder(owed, today)
    return views.given(owed, staff.name(tx, owed.author_id), today)


def _remind(tx: Tx, owed: Owed, now: datetime) -> None:
    at = rules.remind_at(owed.on, now, _hours(tx, owed.owner_id))
    promises.move(tx, owed.id, owed.on, at)
    letter = Letter(str(owed.id), _period(owed), owed.owner_id, at)
    outbox.put_again(tx, Kind.PROMISE, letter, now)


def _period(owed: Owed) -> str:
    """One reminder for each date and whoever keeps it; another owner is reminded as well."""
    return f"{owed.on}:{owed.owner_id}"


def _may_be_told(tx: Tx, owed: Owed) -> bool:
    """Whether the owner is a full member of whom Slack has told; the author was one."""
    known = staff.get(tx, owed.owner_id)
    return owed.owner_id == owed.author_id or (
        known is not None and known.standing is Standing.MEMBER
    )


def guests(tx: Tx, owner_ids: Iterable[str | None]) -> Sequence[str | None]:
    """Those who can keep no promise: guests, strangers, whoever has left."""
    known = {each: staff.get(tx, each) for each in owner_ids if each}
    return [id for id, each in known.items() if each and each.standing is not Standing.MEMBER]


def _own(tx: Tx, actor: Actor, promise_id: int) -> Owed:
    owed = promises.get(tx, promise_id)
    if owed is None:
        raise NoSuchPromise
    if actor.user_id not in (owed.owner_id, owed.author_id):
        raise NotYours
    return owed


def _hours(tx: Tx, user_id: str) -> Hours:
    pm = pms.get(tx, user_id)
    if pm:
        return pm.rhythm.hours
    known = staff.get(tx, user_id)
    return Hours(known.zone if known else "UTC", USUAL_HOUR)
