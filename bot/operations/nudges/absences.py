"""Change a PM's plan while they are away, or when they move to another zone."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db import notes
from bot.db.engine import Tx
from bot.db.nudges import absences
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.db.staff.queries import Staff
from bot.domain import notes as note_rules
from bot.domain.nudges import rules
from bot.domain.nudges.away import AbsenceCause, first_day_back
from bot.domain.nudges.rules import NudgeSettings, PlannedNudge
from bot.domain.staff.pms import Pm
from bot.domain.working_time import ONE_DAY, local_date, shift_by_absences, working_day_from
from bot.platform.working_hours import get_working_hours


def cycle_start_ignoring_absences(pm: Pm) -> date:
    """Return the local date from which a PM's cycles would count had they never been away."""
    joined_on = local_date(pm.joined_at, pm.settings.hours.zone)
    return rules.cycle_start(joined_on, pm.last_visit_on, pm.settings.interval_days)


def cycle_start(
    tx: Tx, pm_id: str, joined_on: date, last_visit_on: date | None, interval_days: int
) -> date:
    """Return the local date from which a PM's cycles count, at an interval of `interval_days`.

    The clock stood still while they were away (`product.md` A3).
    """
    return shift_by_absences_since(
        tx, pm_id, rules.cycle_start(joined_on, last_visit_on, interval_days)
    )


def shift_by_absences_since(tx: Tx, pm_id: str, on: date) -> date:
    """Return a date moved on by the days that a PM has been away since."""
    return shift_by_absences(on, absences.list_since(tx, pm_id, on))


def next_nudge(
    tx: Tx, pm_id: str, last_enqueued: PlannedNudge | None, start: date, settings: NudgeSettings
) -> PlannedNudge:
    """Return the next nudge; those sent or enqueued since the cycle start don't come again."""
    sent = nudges.get_latest(tx, pm_id)
    spent = [each for each in (last_enqueued, sent.as_planned if sent else None) if each]
    if not spent:
        return rules.first_nudge(start, settings)
    last = max(spent, key=lambda each: each.on)
    # Shift its date too by the days away since, to compare it with the cycle start.
    came_on = shift_by_absences_since(tx, pm_id, last.on)
    if came_on <= start:
        return rules.first_nudge(start, settings)
    return rules.next_nudge(start, settings, replace(last, on=came_on))


def save_absence(tx: Tx, pm: Pm, cause: AbsenceCause, until: date | None, now: datetime) -> Pm:
    """Save that a PM is away until a first day back, or no longer when None; returns the PM.

    What lies ahead moves by the days away, in either direction.
    """
    today = local_date(now, pm.settings.hours.zone)
    # A nudge that was enqueued and hasn't been rendered yet lies ahead too.
    is_pending = (
        pm.last_enqueued is not None
        and nudges.get_by_date(tx, pm.user_id, pm.last_enqueued.on) is None
    )
    ahead = (
        replace(pm, next_nudge=pm.last_enqueued, last_enqueued=None)
        if is_pending and pm.last_enqueued
        else pm
    )
    before = _plan_by_rules(tx, ahead)
    absences.save(tx, pm.user_id, cause, today, until)
    after = _plan_by_rules(tx, ahead)
    rescheduled = pm
    if after.cycle_start != before.cycle_start:
        # Its date is used up, whatever becomes of a nudge.
        rescheduled = _reschedule(
            ahead, before, after, pm.last_enqueued.on + ONE_DAY if pm.last_enqueued else date.min
        )
    return replace(rescheduled, paused_until=absences.get_return_date(tx, pm.user_id, today))


def apply_profile_to_pm(tx: Tx, member: Staff, now: datetime) -> None:
    """Update the PM that a member of staff is, if any, to their zone and vacation."""
    pm = pms.get_for_update(tx, member.user_id)
    if pm is None:
        return
    updated = save_absence(
        tx,
        _with_zone(tx, pm, member.zone),
        AbsenceCause.VACATION,
        back_from_vacation_on(member, now),
        now,
    )
    if updated != pm:
        pms.save(tx, updated)
    if updated.settings != pm.settings:
        reschedule_note(tx, updated)


def reschedule_note(tx: Tx, pm: Pm) -> None:
    """Reschedule the PM's next offer to write a customer a note, as their hours have changed."""
    on = notes.get_next_offer_date(tx, pm.user_id)
    if on:
        notes.set_next_offer(tx, pm.user_id, note_rules.find_offer(on, pm.settings.hours))


def back_from_vacation_on(member: Staff, now: datetime) -> date | None:
    """Return the first day back of someone whose status says they are away, or None."""
    away = member.away
    return first_day_back(away, member.zone) if away and away.contains(now) else None


def absence_cause(tx: Tx, pm: Pm, now: datetime) -> AbsenceCause | None:
    """Return why a PM is away now, the longest absence first; None if they aren't."""
    today = local_date(now, pm.settings.hours.zone)
    if pm.paused_until is None or pm.paused_until <= today:
        return None
    paused = absences.get_return_date(tx, pm.user_id, today, AbsenceCause.PAUSE)
    return AbsenceCause.PAUSE if paused == pm.paused_until else AbsenceCause.VACATION


@dataclass(frozen=True)
class _RulePlan:
    """The start of a PM's cycles, and the next nudge as the rules alone would have it."""

    cycle_start: date
    next_nudge: PlannedNudge


def _plan_by_rules(tx: Tx, pm: Pm) -> _RulePlan:
    start = shift_by_absences_since(tx, pm.user_id, cycle_start_ignoring_absences(pm))
    return _RulePlan(start, next_nudge(tx, pm.user_id, pm.last_enqueued, start, pm.settings))


def _reschedule(pm: Pm, before: _RulePlan, after: _RulePlan, not_before: date) -> Pm:
    days = after.cycle_start - before.cycle_start
    # A snoozed nudge keeps its distance, or nearly: it comes on a working day.
    follows_rules = pm.next_nudge.on == before.next_nudge.on
    on = max(after.next_nudge.on if follows_rules else pm.next_nudge.on + days, not_before)
    start, day = pm.cycle_start + days, working_day_from(on, pm.settings.hours)
    rescheduled = rules.reschedule(start, pm.settings, pm.next_nudge, day)
    return replace(pm, cycle_start=start, next_nudge=rescheduled)


def _with_zone(tx: Tx, pm: Pm, zone: str) -> Pm:
    """Return the PM in another zone: the planned date of the next nudge stays."""
    hours = pm.settings.hours
    if hours.zone == zone:
        return pm
    days, year = tuple(sorted(hours.working_days)), pm.next_nudge.on.year
    new_hours = get_working_hours(zone, hours.at, days, pm.country, pm.country_part, year)
    settings = replace(pm.settings, hours=new_hours)
    # There it may still be the date, or be it again, on which the last nudge came.
    spent = [local_date(at, zone) + ONE_DAY for at in _last_nudge_times(tx, pm)]
    day = working_day_from(max([pm.next_nudge.on, *spent]), new_hours)
    return replace(
        pm,
        settings=settings,
        next_nudge=rules.reschedule(pm.cycle_start, settings, pm.next_nudge, day),
    )


def _last_nudge_times(tx: Tx, pm: Pm) -> list[datetime]:
    last = nudges.get_latest(tx, pm.user_id)
    return [
        at
        for at in (pm.last_enqueued.at if pm.last_enqueued else None, last and last.created_at)
        if at
    ]
