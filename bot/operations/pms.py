"""PMs: joining, leaving, what lies ahead, and what a held visit does to the due date."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from bot.db import nudges, pms, teams, visits
from bot.db.engine import Tx
from bot.domain import nudges as rules
from bot.domain.access import Actor
from bot.domain.calendar import Hours, local_date
from bot.domain.nudges import Planned, Reason, Rhythm
from bot.domain.pms import Pm
from bot.domain.stories import DigestHours, next_digest
from bot.domain.visits import Visit
from bot.errors import NotJoined
from bot.services import Services
from bot.slack import channels
from bot.views.visits import JoinChoices

FRIDAY = 4
DIGEST_HOUR = time(14, 0)


@dataclass(frozen=True)
class Prospect:
    """What lies ahead of a PM: due date, next nudge (None while nothing is to come) and why."""

    pm: Pm
    due_on: date
    next_nudge_at: datetime | None
    reason: Reason
    booked: tuple[Visit, ...]


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
        known = pms.get(tx, actor.user_id)
        team_id = _team(tx, choices.channel_id, name, actor.zone, now)
        pm = replace(_enrolled(known, tx, actor, choices, now), team_id=team_id)
        pms.keep(tx, pm)
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
        interval_days=pm.rhythm.interval_days,
        at=hours.at,
        working_days=hours.working_days,
        strength=pm.rhythm.strength,
        channel_id=team.channel_id if team else None,
    )


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


def held(tx: Tx, pm: Pm, on: date) -> Pm:
    """The PM after a visit on a local date: the due date moves at once (`product.md` A1)."""
    if pm.last_visit_on and on <= pm.last_visit_on:
        return pm
    zone = pm.rhythm.hours.zone
    joined_on = local_date(pm.joined_at, zone)
    anchor_on = rules.anchor(joined_on, on, pm.rhythm.interval_days)
    planned = _planned(tx, pm.user_id, anchor_on, pm.rhythm)
    moved = replace(pm, last_visit_on=on, anchor_on=anchor_on, planned=planned)
    pms.keep(tx, moved)
    return moved


def _enrolled(known: Pm | None, tx: Tx, actor: Actor, choices: JoinChoices, now: datetime) -> Pm:
    hours = Hours(actor.zone, choices.at, choices.working_days)
    rhythm = Rhythm(choices.interval_days, choices.strength, hours)
    if known and known.rhythm == rhythm:
        return known
    joined_at = known.joined_at if known else now
    last = visits.last(tx, actor.user_id)
    last_on = last.on if last else None
    anchor_on = rules.anchor(local_date(joined_at, actor.zone), last_on, rhythm.interval_days)
    planned = _planned(tx, actor.user_id, anchor_on, rhythm)
    return Pm(actor.user_id, None, joined_at, rhythm, anchor_on, planned, last_on)


def _planned(tx: Tx, pm_id: str, anchor_on: date, rhythm: Rhythm) -> Planned:
    """The next nudge; what has gone out since the anchor does not come again."""
    last = nudges.latest(tx, pm_id)
    if last is None or last.on <= anchor_on:
        return rules.first(anchor_on, rhythm)
    return rules.after(anchor_on, rhythm, last.planned)


def _team(tx: Tx, channel_id: str | None, name: str, zone: str, now: datetime) -> int | None:
    if not channel_id:
        return None
    tx.one_at_a_time(channel_id)
    team = teams.of_channel(tx, channel_id)
    if team:
        return team.id
    hours = DigestHours(FRIDAY, DIGEST_HOUR, zone)
    return teams.add(tx, name, channel_id, hours, next_digest(now, hours))


def prospect(tx: Tx, pm: Pm, now: datetime) -> Prospect:
    """What lies ahead of a PM."""
    today = local_date(now, pm.rhythm.hours.zone)
    booked = tuple(visits.upcoming(tx, pm.user_id, today))
    verdict = rules.verdict(
        pm.anchor_on,
        pm.rhythm,
        pm.planned,
        now,
        booked_until=booked[0].on if booked else None,
        paused_until=pm.paused_until,
    )
    due_on = rules.due_on(pm.anchor_on, pm.rhythm)
    return Prospect(pm, due_on, verdict.planned.at, verdict.reason, booked)
