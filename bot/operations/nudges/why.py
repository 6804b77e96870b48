"""Why: what decided whether a PM was nudged, and what decides the next nudge."""

from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import Kind, State, Status
from bot.db.visits import queries as visits
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import Visit
from bot.domain.working_time import local_date
from bot.operations.customers.search import customer_name
from bot.operations.nudges import absences
from bot.operations.staff.pms import Prospect, enrolled, prospect
from bot.services import Services
from bot.views.nudges.away import because
from bot.views.nudges.why import LastNudge, Silence, WhyFacts

# Codes with which a nudge is withdrawn; all others say that a visit was logged.
SETTLED = {
    "booked": Silence.BOOKED,
    "answered": Silence.ANSWERED,
    "question_stands": Silence.QUESTION,
}


def facts(services: Services, actor: Actor, now: datetime) -> WhyFacts:
    """What `/visit why` tells the actor. Raises `NotJoined`."""
    with services.reading(actor.workspace_id) as tx:
        return _facts(tx, prospect(tx, enrolled(tx, actor), now), now)


def _facts(tx: Tx, ahead: Prospect, now: datetime) -> WhyFacts:
    pm, zone = ahead.pm, ahead.pm.rhythm.hours.zone
    today = local_date(now, zone)
    return WhyFacts(
        today=today,
        zone=zone,
        interval_days=pm.rhythm.interval_days,
        follows=pm.follows,
        joined_on=local_date(pm.joined_at, zone),
        due_on=ahead.due_on,
        next_nudge_at=ahead.next_nudge_at,
        reason=ahead.reason,
        step=ahead.step,
        days_away=_days_away(tx, pm),
        last=_last(tx, pm),
        silent=_silent(tx, pm),
        seen=_named(tx, visits.last(tx, pm.user_id)),
        booked=_named(tx, ahead.booked[0] if ahead.booked else None),
        waiting=_named(tx, ahead.waiting[0] if ahead.waiting else None),
        because=because(ahead.away, pm.paused_until, ahead.holiday, today),
    )


def _days_away(tx: Tx, pm: Pm) -> int:
    since = absences.running(pm)
    return (absences.stood_still_since(tx, pm.user_id, since) - since).days


def _last(tx: Tx, pm: Pm) -> LastNudge | None:
    nudge = nudges.latest(tx, pm.user_id)
    if nudge is None or nudge.message_ts is None or nudge.created_at < pm.joined_at:
        return None
    return LastNudge(nudge.created_at, nudge.step, nudge.answer, nudge.back_at)


def _silent(tx: Tx, pm: Pm) -> tuple[date, Silence] | None:
    if pm.asked is None:
        return None
    status = outbox.status(tx, Kind.NUDGE, pm.user_id, pm.asked.on.isoformat())
    silence = _silence(status) if status and status.state is not State.SENT else None
    return (pm.asked.on, silence) if silence else None


def _silence(status: Status) -> Silence:
    if status.state is State.DEAD:
        return Silence.REFUSED
    if status.state is State.DROPPED:
        return SETTLED.get(status.reason, Silence.VISITED)
    if not status.reason or status.state is State.SENDING:
        return Silence.ON_ITS_WAY
    late = status.reason == "out_of_hours"
    return Silence.OUT_OF_HOURS if late else Silence.SLACK_AWAY


def _named(tx: Tx, visit: Visit | None) -> tuple[str, date] | None:
    return (customer_name(tx, visit.customer_id), visit.on) if visit else None
