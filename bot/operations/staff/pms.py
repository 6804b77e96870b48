"""Enrol and remove PMs, build their schedule, and move their due date after a visit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.db import notes, stories
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import queries as visits
from bot.domain import notes as note_rules
from bot.domain.nudges import rules
from bot.domain.nudges.away import AbsenceCause
from bot.domain.nudges.rules import NudgeReason, NudgeSettings, NudgeStep
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import JoinChoices, Pm
from bot.domain.stories import DigestHours, next_digest
from bot.domain.visits import prompts as prompt_rules
from bot.domain.visits.prompts import MAX_PROMPT_PERIOD, awaits_debrief
from bot.domain.visits.rules import Visit
from bot.domain.working_time import local_date
from bot.errors import NotJoined
from bot.operations.nudges import absences, default_intervals
from bot.platform import countries
from bot.platform.working_hours import get_working_hours
from bot.services import Services
from bot.slack import channels

FRIDAY = 4
DIGEST_HOUR = time(14, 0)
SEARCH_LIMIT = 100


@dataclass(frozen=True)
class PmSchedule:
    """A PM's schedule: due date, next nudge (None while none is to come) and why.

    `awaiting_debrief` are visits that were booked and have no debrief yet, `away` is why the PM is
    away, `holiday` the one for which the next nudge comes later, `step` which nudge that is.
    """

    pm: Pm
    due_on: date
    next_nudge_at: datetime | None
    reason: NudgeReason
    booked: tuple[Visit, ...]
    awaiting_debrief: tuple[Visit, ...] = ()
    away: AbsenceCause | None = None
    holiday: date | None = None
    step: NudgeStep = NudgeStep.DUE


@dataclass(frozen=True)
class JoinResult:
    """The result of joining; `new` is whether the PM wasn't enrolled before.

    `changed` is false when everything was the same already: the form was sent twice.
    """

    schedule: PmSchedule
    new: bool
    changed: bool


def join(services: Services, actor: Actor, choices: JoinChoices, now: datetime) -> JoinResult:
    """Enrol the actor, or change the settings of someone who has joined.

    Raises `ChannelRefused` when the story channel can't hold stories.
    """
    name = (
        channels.check_story_channel(services.slack, choices.channel_id)
        if choices.channel_id
        else ""
    )
    with services.transaction(actor.workspace_id) as tx:
        tx.advisory_lock(actor.user_id)
        known = pms.get_for_update(tx, actor.user_id)
        team_id = _get_or_add_team(tx, choices.channel_id, name, actor, now)
        days = choices.interval_days or default_intervals.team_interval_days(tx, team_id)
        pm = replace(
            _enrol(tx, known, actor, _nudge_settings(known, actor, choices, days, now), now),
            team_id=team_id,
            uses_default_interval=choices.interval_days is None,
            country=choices.country,
            country_part=choices.country_part,
        )
        pms.save(tx, pm)
        if known is None:
            notes.set_next_offer(
                tx, pm.user_id, note_rules.find_first_offer(pm.joined_at, pm.settings.hours)
            )
        elif known.settings != pm.settings:
            absences.reschedule_note(tx, pm)
        return JoinResult(schedule_of(tx, pm, now), new=known is None, changed=pm != known)


def get_choices(services: Services, actor: Actor) -> JoinChoices | None:
    """Return the settings of someone who has joined, or None."""
    with services.reading(actor.workspace_id) as tx:
        pm = pms.get(tx, actor.user_id)
        team = stories.get(tx, pm.team_id) if pm and pm.team_id else None
    if pm is None:
        return None
    hours = pm.settings.hours
    return JoinChoices(
        interval_days=None if pm.uses_default_interval else pm.settings.interval_days,
        at=hours.at,
        working_days=hours.working_days,
        strength=pm.settings.strength,
        channel_id=team.channel_id if team else None,
        country=pm.country,
        country_part=pm.country_part,
    )


def default_choices(actor: Actor) -> JoinChoices:
    """Return the choices filled in for someone who joins, with the holidays of where they are."""
    country = countries.find_by_zone(actor.zone)
    return JoinChoices(country=country.code if country else None)


def country_name(choices: JoinChoices) -> str:
    """Return the name of the place whose holidays apply, or ""."""
    if choices.country is None:
        return ""
    country = countries.find_by_code(choices.country, choices.country_part)
    return country.name if country else choices.country


def search_countries(typed: str) -> Sequence[tuple[str, str | None, str]]:
    """Return codes and name of countries, and of their parts, whose name contains `typed`."""
    return [(each.code, each.part, each.name) for each in countries.search(typed, SEARCH_LIMIT)]


def leave(services: Services, actor: Actor) -> bool:
    """Remove the actor's enrolment; what they wrote stays. False when they hadn't joined."""
    with services.transaction(actor.workspace_id) as tx:
        return pms.remove(tx, actor.user_id)


def get_schedule(services: Services, actor: Actor, now: datetime) -> PmSchedule:
    """Return the actor's schedule."""
    with services.reading(actor.workspace_id) as tx:
        return schedule_of(tx, get_enrolled(tx, actor), now)


def get_enrolled(tx: Tx, actor: Actor) -> Pm:
    """Return the actor as a PM; they may have left since the dispatcher checked their role."""
    pm = pms.get(tx, actor.user_id)
    if pm is None:
        raise NotJoined
    return pm


def silenced_until(tx: Tx, pm: Pm, today: date) -> date | None:
    """Return the local date until which a PM's booked visits silence nudges, or None."""
    dates = visits.list_booked_dates(tx, [pm.user_id], today - MAX_PROMPT_PERIOD).get(
        pm.user_id, ()
    )
    return prompt_rules.find_silence_end(dates, today, pm.settings.hours)


def update_last_visit(tx: Tx, pm: Pm) -> Pm:
    """Return the PM, updated to the latest visit known now: the due date moves at once (A1).

    It may be an earlier one than before, if a visit was recorded wrongly.
    """
    last = visits.get_last(tx, pm.user_id)
    last_on = last.on if last else None
    if last_on == pm.last_visit_on:
        return pm
    joined_on = local_date(pm.joined_at, pm.settings.hours.zone)
    cycle_start = absences.cycle_start(
        tx, pm.user_id, joined_on, last_on, pm.settings.interval_days
    )
    next_nudge = absences.next_nudge(tx, pm.user_id, pm.last_enqueued, cycle_start, pm.settings)
    updated = replace(pm, last_visit_on=last_on, cycle_start=cycle_start, next_nudge=next_nudge)
    pms.save(tx, updated)
    return updated


def _enrol(tx: Tx, known: Pm | None, actor: Actor, settings: NudgeSettings, now: datetime) -> Pm:
    if known and known.settings == settings:
        return known
    joined_at = known.joined_at if known else now
    last = visits.get_last(tx, actor.user_id)
    last_on = last.on if last else None
    joined_on = local_date(joined_at, actor.zone)
    cycle_start = absences.cycle_start(
        tx, actor.user_id, joined_on, last_on, settings.interval_days
    )
    last_enqueued = known.last_enqueued if known else None
    next_nudge = absences.next_nudge(tx, actor.user_id, last_enqueued, cycle_start, settings)
    if known:
        return replace(
            known,
            settings=settings,
            cycle_start=cycle_start,
            next_nudge=next_nudge,
            last_visit_on=last_on,
        )
    return _with_absences(
        tx, Pm(actor.user_id, None, joined_at, settings, cycle_start, next_nudge, last_on), now
    )


def _with_absences(tx: Tx, pm: Pm, now: datetime) -> Pm:
    """Return a PM who joins, with any earlier pause ended and any vacation saved."""
    resumed = absences.save_absence(tx, pm, AbsenceCause.PAUSE, None, now)
    member = staff.get(tx, pm.user_id)
    until = absences.back_from_vacation_on(member, now) if member else None
    return absences.save_absence(tx, resumed, AbsenceCause.VACATION, until, now)


def _nudge_settings(
    known: Pm | None, actor: Actor, choices: JoinChoices, interval_days: int, now: datetime
) -> NudgeSettings:
    near = known.next_nudge.on if known else local_date(now, actor.zone)
    days = tuple(sorted(choices.working_days))
    country, part = choices.country, choices.country_part
    hours = get_working_hours(actor.zone, choices.at, days, country, part, near.year)
    return NudgeSettings(interval_days, choices.strength, hours)


def _get_or_add_team(
    tx: Tx, channel_id: str | None, name: str, actor: Actor, now: datetime
) -> int | None:
    if not channel_id:
        return None
    tx.advisory_lock(channel_id)
    team = stories.get_by_channel(tx, channel_id)
    if team:
        return team.id
    hours = DigestHours(FRIDAY, DIGEST_HOUR, actor.zone)
    return stories.add(tx, name, channel_id, actor.user_id, hours, next_digest(now, hours))


def schedule_of(tx: Tx, pm: Pm, now: datetime) -> PmSchedule:
    """Return a PM's schedule."""
    hours = pm.settings.hours
    today = local_date(now, hours.zone)
    known = visits.list_booked_by_pm(tx, pm.user_id, today - MAX_PROMPT_PERIOD)
    decision = rules.decide(
        pm.cycle_start,
        pm.settings,
        pm.next_nudge,
        now,
        booked_until=prompt_rules.find_silence_end([each.on for each in known], today, hours),
        paused_until=pm.paused_until,
    )
    due_on = rules.due_on(pm.cycle_start, pm.settings)
    return PmSchedule(
        pm=pm,
        due_on=due_on,
        next_nudge_at=decision.next_nudge.at,
        reason=decision.reason,
        booked=tuple(each for each in known if each.on >= today),
        awaiting_debrief=tuple(each for each in known if awaits_debrief(each.on, today, hours)),
        away=absences.absence_cause(tx, pm, now),
        holiday=rules.find_shifting_holiday(pm.cycle_start, pm.settings, decision.next_nudge),
        step=decision.next_nudge.step,
    )
