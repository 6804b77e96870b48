"""Booked visits: whose they are, and what follows from each."""

from datetime import datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.rules import Planned
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import local_date
from bot.errors import NoSuchVisit, NotYours, VisitCalledOff, VisitHeld
from bot.operations.nudges import absences
from bot.operations.visits import briefs, prompts

SETTLED = {VisitState.HELD: VisitHeld, VisitState.CALLED_OFF: VisitCalledOff}


def own(tx: Tx, actor: Actor, visit_id: int) -> Visit:
    """The actor's booked visit. Raises `NoSuchVisit`, `NotYours`, `VisitHeld`, `VisitCalledOff`."""
    visit = visits.get(tx, visit_id)
    if visit is None:
        raise NoSuchVisit
    if visit.pm_id != actor.user_id:
        raise NotYours
    if visit.state in SETTLED:
        raise SETTLED[visit.state]
    return visit


def taken(tx: Tx, actor: Actor, visit_id: int) -> Visit:
    """The same, and nobody else changes it until the transaction ends."""
    tx.one_at_a_time(f"visit {visit_id}")
    return own(tx, actor, visit_id)


def follow(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """What a booked visit brings about: a brief before it, and prompts for its debrief after it.

    Called again for a visit that was moved.
    """
    briefs.queue(tx, pm, visit, now)
    prompts.queue(tx, pm, visit, now)


def plan_afresh(tx: Tx, pm: Pm, now: datetime) -> None:
    """The PM's next nudge as if a visit that is no longer booked, or not then, had never been."""
    planned, paused_until = _planned(tx, pm), pm.paused_until
    found = rules.verdict(pm.anchor_on, pm.rhythm, planned, now, paused_until=paused_until)
    pms.plan(tx, pm.user_id, found.planned)


def _planned(tx: Tx, pm: Pm) -> Planned:
    last = nudges.latest(tx, pm.user_id)
    back_at = last.back_at if last and last.answer == "snoozed" else None
    # Put off, and not asked for again since: it is still to be back then.
    if last and back_at and (pm.asked is None or pm.asked.on <= last.on):
        back_on = local_date(back_at, pm.rhythm.hours.zone)
        return rules.moved(pm.anchor_on, pm.rhythm, last.planned, back_on)
    return absences.planned(tx, pm.user_id, pm.asked, pm.anchor_on, pm.rhythm)
