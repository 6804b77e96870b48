"""Absences: what becomes of a PM's plan while they are away, or when they move to another zone."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.db import notes
from bot.db.engine import Tx
from bot.db.nudges import absences
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.db.staff.queries import Staff
from bot.domain import notes as rules_of_notes
from bot.domain.nudges import rules
from bot.domain.nudges.away import Cause, first_day_back
from bot.domain.nudges.rules import Planned, Rhythm
from bot.domain.staff.pms import Pm
from bot.domain.working_time import ONE_DAY, local_date, stood_still, working_day
from bot.platform.working_hours import hours_of


def running(pm: Pm) -> date:
    """The local date from which a PM's cycles would count, had they never been away."""
    joined_on = local_date(pm.joined_at, pm.rhythm.hours.zone)
    return rules.anchor(joined_on, pm.last_visit_on, pm.rhythm.interval_days)


def anchor(tx: Tx, pm_id: str, joined_on: date, last_visit_on: date | None, days: int) -> date:
    """The local date from which a PM's cycles count, at an interval of `days`.

    The clock has stood still while they were away (`product.md` A3).
    """
    return stood_still_since(tx, pm_id, rules.anchor(joined_on, last_visit_on, days))


def stood_still_since(tx: Tx, pm_id: str, on: date) -> date:
    """A date moved on by the days that a PM has been away since."""
    return stood_still(on, absences.since(tx, pm_id, on))


def planned(tx: Tx, pm_id: str, asked: Planned | None, anchor_on: date, rhythm: Rhythm) -> Planned:
    """The next nudge; what has gone out since the anchor, or is left for it, comes no more."""
    sent = nudges.latest(tx, pm_id)
    gone = [each for each in (asked, sent.planned if sent else None) if each]
    if not gone:
        return rules.first(anchor_on, rhythm)
    last = max(gone, key=lambda each: each.on)
    # It came so many days before what has stood still since.
    came_on = stood_still_since(tx, pm_id, last.on)
    if came_on <= anchor_on:
        return rules.first(anchor_on, rhythm)
    return rules.after(anchor_on, rhythm, replace(last, on=came_on))


def told(tx: Tx, pm: Pm, cause: Cause, until: date | None, now: datetime) -> Pm:
    """The PM, away from now on up to a first day back, or no longer when there is none.

    What lies ahead moves by the days away, to and fro.
    """
    today = local_date(now, pm.rhythm.hours.zone)
    # A nudge that was left for delivery and has not been drawn yet lies ahead too.
    waits = pm.asked is not None and nudges.of(tx, pm.user_id, pm.asked.on) is None
    ahead = replace(pm, planned=pm.asked, asked=None) if waits and pm.asked else pm
    before = _course(tx, ahead)
    absences.tell(tx, pm.user_id, cause, today, until)
    after = _course(tx, ahead)
    moved = pm
    if after.anchor_on != before.anchor_on:
        # Its date is spent, whatever becomes of a nudge.
        moved = _moved(ahead, before, after, pm.asked.on + ONE_DAY if pm.asked else date.min)
    return replace(moved, paused_until=absences.back_on(tx, pm.user_id, today))


def follow(tx: Tx, member: Staff, now: datetime) -> None:
    """A member of staff is somewhere else, or away, or back: so is the PM that they are."""
    pm = pms.take(tx, member.user_id)
    if pm is None:
        return
    moved = told(tx, _rezoned(tx, pm, member.zone), Cause.VACATION, back_on(member, now), now)
    if moved != pm:
        pms.keep(tx, moved)
    if moved.rhythm != pm.rhythm:
        offer_at_their_hour(tx, moved)


def offer_at_their_hour(tx: Tx, pm: Pm) -> None:
    """A PM's hours are others now: so is the hour of the next note that is offered to them."""
    on = notes.planned_on(tx, pm.user_id)
    if on:
        notes.plan(tx, pm.user_id, rules_of_notes.offer(on, pm.rhythm.hours))


def back_on(member: Staff, now: datetime) -> date | None:
    """The first day back of somebody whose status says that they are away."""
    away = member.away
    return first_day_back(away, member.zone) if away and away.holds(now) else None


def cause(tx: Tx, pm: Pm, now: datetime) -> Cause | None:
    """Why a PM is away now, the longest reason first; None for one who is not."""
    today = local_date(now, pm.rhythm.hours.zone)
    if pm.paused_until is None or pm.paused_until <= today:
        return None
    paused = absences.back_on(tx, pm.user_id, today, Cause.PAUSE)
    return Cause.PAUSE if paused == pm.paused_until else Cause.VACATION


@dataclass(frozen=True)
class _Course:
    """From when a PM's cycles count, and the next nudge as the rules alone would have it."""

    anchor_on: date
    planned: Planned


def _course(tx: Tx, pm: Pm) -> _Course:
    anchor_on = stood_still_since(tx, pm.user_id, running(pm))
    return _Course(anchor_on, planned(tx, pm.user_id, pm.asked, anchor_on, pm.rhythm))


def _moved(pm: Pm, before: _Course, after: _Course, not_before: date) -> Pm:
    days = after.anchor_on - before.anchor_on
    # What was put off keeps its distance, or nearly: it comes on a working day.
    as_the_rules = pm.planned.on == before.planned.on
    on = max(after.planned.on if as_the_rules else pm.planned.on + days, not_before)
    anchor_on, day = pm.anchor_on + days, working_day(on, pm.rhythm.hours)
    planned = rules.moved(anchor_on, pm.rhythm, pm.planned, day)
    return replace(pm, anchor_on=anchor_on, planned=planned)


def _rezoned(tx: Tx, pm: Pm, zone: str) -> Pm:
    """The PM where clocks show another time: the nominal date of the next nudge stays."""
    hours = pm.rhythm.hours
    if hours.zone == zone:
        return pm
    days, year = tuple(sorted(hours.working_days)), pm.planned.on.year
    there = hours_of(zone, hours.at, days, pm.country, pm.country_part, year)
    rhythm = replace(pm.rhythm, hours=there)
    # There it may be that date still, or again, on which the last nudge came.
    spent = [local_date(at, zone) + ONE_DAY for at in _spoken(tx, pm)]
    day = working_day(max([pm.planned.on, *spent]), there)
    return replace(pm, rhythm=rhythm, planned=rules.moved(pm.anchor_on, rhythm, pm.planned, day))


def _spoken(tx: Tx, pm: Pm) -> list[datetime]:
    last = nudges.latest(tx, pm.user_id)
    return [at for at in (pm.asked.at if pm.asked else None, last and last.created_at) if at]
