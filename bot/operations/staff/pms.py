"""PMs: joining, leaving, what lies ahead, and what a held visit does to the due date."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.db import notes
from bot.db import stories as teams
from bot.db.engine import Tx
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import queries as visits
from bot.domain import notes as rules_of_notes
from bot.domain.nudges import rules
from bot.domain.nudges.away import Cause
from bot.domain.nudges.rules import Reason, Rhythm, Step
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.stories import DigestHours, next_digest
from bot.domain.visits import prompts as rules_of_prompts
from bot.domain.visits.prompts import LONGEST, waits
from bot.domain.visits.rules import Visit
from bot.domain.working_time import local_date
from bot.errors import NotJoined
from bot.operations.nudges import absences
from bot.operations.nudges import default_intervals as defaults
from bot.platform import countries
from bot.platform.working_hours import hours_of
from bot.services import Services
from bot.slack import channels
from bot.views.staff.settings_form import JoinChoices

FRIDAY = 4
DIGEST_HOUR = time(14, 0)
PLACES = 100


@dataclass(frozen=True)
class Prospect:
    """What lies ahead of a PM: due date, next nudge (None while nothing is to come) and why.

    `waiting` are visits that were booked and have no debrief yet, `away` is why the PM is away,
    `holiday` the one for which the next nudge comes later, `step` which nudge that is.
    """

    pm: Pm
    due_on: date
    next_nudge_at: datetime | None
    reason: Reason
    booked: tuple[Visit, ...]
    waiting: tuple[Visit, ...] = ()
    away: Cause | None = None
    holiday: date | None = None
    step: Step = Step.DUE


@dataclass(frozen=True)
class Joined:
    """Somebody is enrolled; `new` tells whether they were not before.

    `changed` is false when everything was so already: the form was sent twice.
    """

    prospect: Prospect
    new: bool
    changed: bool


def join(services: Services, actor: Actor, choices: JoinChoices, now: datetime) -> Joined:
    """Enrol the actor, or change the settings of somebody who has joined.

    Raises `ChannelRefused` when the story channel cannot hold stories.
    """
    name = channels.check(services.slack, choices.channel_id) if choices.channel_id else ""
    with services.transaction(actor.workspace_id) as tx:
        tx.one_at_a_time(actor.user_id)
        known = pms.take(tx, actor.user_id)
        team_id = _team(tx, choices.channel_id, name, actor, now)
        days = choices.interval_days or defaults.follow(tx, team_id)
        pm = replace(
            _enrolled(known, tx, actor, replace(choices, interval_days=days), now),
            team_id=team_id,
            follows=choices.interval_days is None,
            country=choices.country,
            country_part=choices.country_part,
        )
        pms.keep(tx, pm)
        if known is None:
            notes.plan(tx, pm.user_id, rules_of_notes.first(pm.joined_at, pm.rhythm.hours))
        elif known.rhythm != pm.rhythm:
            absences.offer_at_their_hour(tx, pm)
        return Joined(prospect(tx, pm, now), new=known is None, changed=pm != known)


def choices(services: Services, actor: Actor) -> JoinChoices | None:
    """The settings of somebody who has joined, or None."""
    with services.reading(actor.workspace_id) as tx:
        pm = pms.get(tx, actor.user_id)
        team = teams.get(tx, pm.team_id) if pm and pm.team_id else None
    if pm is None:
        return None
    hours = pm.rhythm.hours
    return JoinChoices(
        interval_days=None if pm.follows else pm.rhythm.interval_days,
        at=hours.at,
        working_days=hours.working_days,
        strength=pm.rhythm.strength,
        channel_id=team.channel_id if team else None,
        country=pm.country,
        country_part=pm.country_part,
    )


def proposed(actor: Actor) -> JoinChoices:
    """What is filled in for somebody who joins: the holidays are those of where they are."""
    place = countries.of_zone(actor.zone)
    return JoinChoices(country=place.code if place else None)


def country_name(choices: JoinChoices) -> str:
    """The name of the place whose holidays are kept, or ""."""
    if choices.country is None:
        return ""
    place = countries.place(choices.country, choices.country_part)
    return place.name if place else choices.country


def places(typed: str) -> Sequence[tuple[str, str | None, str]]:
    """Countries and parts of them whose name holds what was typed: codes and name."""
    return [(each.code, each.part, each.name) for each in countries.search(typed, PLACES)]


def leave(services: Services, actor: Actor) -> bool:
    """No more nudges for the actor; what they wrote stays. False when they had not joined."""
    with services.transaction(actor.workspace_id) as tx:
        return pms.remove(tx, actor.user_id)


def ahead(services: Services, actor: Actor, now: datetime) -> Prospect:
    """What lies ahead of the actor."""
    with services.reading(actor.workspace_id) as tx:
        return prospect(tx, enrolled(tx, actor), now)


def enrolled(tx: Tx, actor: Actor) -> Pm:
    """The actor as a PM. The gate has asked already; somebody may have left since."""
    pm = pms.get(tx, actor.user_id)
    if pm is None:
        raise NotJoined
    return pm


def silent_until(tx: Tx, pm: Pm, today: date) -> date | None:
    """The local date up to which a PM's booked visits silence nudges; None while none does."""
    dates = visits.booked_from(tx, [pm.user_id], today - LONGEST).get(pm.user_id, ())
    return rules_of_prompts.silent_until(dates, today, pm.rhythm.hours)


def recounted(tx: Tx, pm: Pm) -> Pm:
    """The PM with the latest visit that is known of now: the due date moves at once (A1).

    It may be an earlier one than before, where a visit was told of wrongly.
    """
    last = visits.last(tx, pm.user_id)
    last_on = last.on if last else None
    if last_on == pm.last_visit_on:
        return pm
    joined_on = local_date(pm.joined_at, pm.rhythm.hours.zone)
    anchor_on = absences.anchor(tx, pm.user_id, joined_on, last_on, pm.rhythm.interval_days)
    planned = absences.planned(tx, pm.user_id, pm.asked, anchor_on, pm.rhythm)
    moved = replace(pm, last_visit_on=last_on, anchor_on=anchor_on, planned=planned)
    pms.keep(tx, moved)
    return moved


def _enrolled(known: Pm | None, tx: Tx, actor: Actor, choices: JoinChoices, now: datetime) -> Pm:
    rhythm = _rhythm(known, actor, choices, now)
    if known and known.rhythm == rhythm:
        return known
    joined_at = known.joined_at if known else now
    last = visits.last(tx, actor.user_id)
    last_on = last.on if last else None
    joined_on = local_date(joined_at, actor.zone)
    anchor_on = absences.anchor(tx, actor.user_id, joined_on, last_on, rhythm.interval_days)
    asked = known.asked if known else None
    planned = absences.planned(tx, actor.user_id, asked, anchor_on, rhythm)
    if known:
        return replace(
            known, rhythm=rhythm, anchor_on=anchor_on, planned=planned, last_visit_on=last_on
        )
    return _welcomed(
        tx, Pm(actor.user_id, None, joined_at, rhythm, anchor_on, planned, last_on), now
    )


def _welcomed(tx: Tx, pm: Pm, now: datetime) -> Pm:
    """Whoever joins has ended a pause of an earlier time, and may be on vacation."""
    back = absences.told(tx, pm, Cause.PAUSE, None, now)
    member = staff.get(tx, pm.user_id)
    until = absences.back_on(member, now) if member else None
    return absences.told(tx, back, Cause.VACATION, until, now)


def _rhythm(known: Pm | None, actor: Actor, choices: JoinChoices, now: datetime) -> Rhythm:
    near = known.planned.on if known else local_date(now, actor.zone)
    days = tuple(sorted(choices.working_days))
    country, part = choices.country, choices.country_part
    hours = hours_of(actor.zone, choices.at, days, country, part, near.year)
    assert choices.interval_days is not None
    return Rhythm(choices.interval_days, choices.strength, hours)


def _team(tx: Tx, channel_id: str | None, name: str, actor: Actor, now: datetime) -> int | None:
    if not channel_id:
        return None
    tx.one_at_a_time(channel_id)
    team = teams.of_channel(tx, channel_id)
    if team:
        return team.id
    hours = DigestHours(FRIDAY, DIGEST_HOUR, actor.zone)
    return teams.add(tx, name, channel_id, actor.user_id, hours, next_digest(now, hours))


def prospect(tx: Tx, pm: Pm, now: datetime) -> Prospect:
    """What lies ahead of a PM."""
    hours = pm.rhythm.hours
    today = local_date(now, hours.zone)
    known = visits.upcoming(tx, pm.user_id, today - LONGEST)
    verdict = rules.verdict(
        pm.anchor_on,
        pm.rhythm,
        pm.planned,
        now,
        booked_until=rules_of_prompts.silent_until([each.on for each in known], today, hours),
        paused_until=pm.paused_until,
    )
    due_on = rules.due_on(pm.anchor_on, pm.rhythm)
    return Prospect(
        pm=pm,
        due_on=due_on,
        next_nudge_at=verdict.planned.at,
        reason=verdict.reason,
        booked=tuple(each for each in known if each.on >= today),
        waiting=tuple(each for each in known if waits(each.on, today, hours)),
        away=absences.cause(tx, pm, now),
        holiday=rules.holiday(pm.anchor_on, pm.rhythm, verdict.planned),
        step=verdict.planned.step,
    )
