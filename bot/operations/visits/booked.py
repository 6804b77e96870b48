"""Find the actor's booked visits, and enqueue what follows from each."""

from datetime import datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.rules import PlannedNudge
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import local_date
from bot.errors import NoSuchVisit, NotYours, VisitCalledOff, VisitHeld
from bot.operations.nudges import absences
from bot.operations.visits import briefs, prompts

CLOSED_ERRORS = {VisitState.HELD: VisitHeld, VisitState.CALLED_OFF: VisitCalledOff}


def get_own(tx: Tx, actor: Actor, visit_id: int) -> Visit:
    """Return the actor's booked visit.

    Raises `NoSuchVisit`, `NotYours`, `VisitHeld`, `VisitCalledOff`.
    """
    visit = visits.get(tx, visit_id)
    if visit is None:
        raise NoSuchVisit
    if visit.pm_id != actor.user_id:
        raise NotYours
    if visit.state in CLOSED_ERRORS:
        raise CLOSED_ERRORS[visit.state]
    return visit


def lock_own(tx: Tx, actor: Actor, visit_id: int) -> Visit:
    """Return what `get_own` does, locked until the transaction ends."""
    tx.advisory_lock(f"visit {visit_id}")
    return get_own(tx, actor, visit_id)


def enqueue_messages(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """Enqueue the messages of a booked visit: a brief before it, prompts for a debrief after it.

    Called again for a visit that was moved.
    """
    briefs.enqueue(tx, pm, visit, now)
    prompts.enqueue(tx, pm, visit, now)


def replan_next_nudge(tx: Tx, pm: Pm, now: datetime) -> None:
    """Plan the PM's next nudge as if a visit no longer booked, or not then, had never been."""
    next_nudge, paused_until = _next_nudge(tx, pm), pm.paused_until
    decision = rules.decide(pm.cycle_start, pm.settings, next_nudge, now, paused_until=paused_until)
    pms.set_next_nudge(tx, pm.user_id, decision.next_nudge)


def _next_nudge(tx: Tx, pm: Pm) -> PlannedNudge:
    last = nudges.get_latest(tx, pm.user_id)
    back_at = last.back_at if last and last.answer is NudgeAnswer.SNOOZED else None
    # Snoozed, and no nudge was enqueued since: it is still due back then.
    if last and back_at and (pm.last_enqueued is None or pm.last_enqueued.on <= last.on):
        back_on = local_date(back_at, pm.settings.hours.zone)
        return rules.reschedule(pm.cycle_start, pm.settings, last.as_planned, back_on)
    return absences.next_nudge(tx, pm.user_id, pm.last_enqueued, pm.cycle_start, pm.settings)
