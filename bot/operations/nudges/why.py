"""Explain why a PM was or wasn't nudged, and what decides the next nudge."""

from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxState, OutboxStatus
from bot.db.visits import queries as visits
from bot.domain.nudges.facts import LastNudge, NotSentReason, WhyFacts
from bot.domain.staff.access import Actor
from bot.domain.staff.pms import Pm
from bot.domain.visits.rules import Visit
from bot.domain.working_time import local_date
from bot.operations.customers.search import customer_name
from bot.operations.nudges import absences
from bot.operations.nudges.sent import get_message_ref
from bot.operations.staff.pms import get_enrolled, schedule_of
from bot.services import Services

# Reasons with which a nudge is withdrawn; all others mean that a visit was logged.
NOT_SENT_REASONS = {
    "booked": NotSentReason.BOOKED,
    "answered": NotSentReason.ANSWERED,
    "question_stands": NotSentReason.QUESTION,
}


def get_facts(services: Services, actor: Actor, now: datetime) -> WhyFacts:
    """Return what `/visit why` tells the actor. Raises `NotJoined`."""
    with services.reading(actor.workspace_id) as tx:
        return facts_of(tx, get_enrolled(tx, actor), now)


def facts_of(tx: Tx, pm: Pm, now: datetime) -> WhyFacts:
    """Return what decides about a PM's nudges."""
    schedule, zone = schedule_of(tx, pm, now), pm.settings.hours.zone
    today = local_date(now, zone)
    return WhyFacts(
        today=today,
        zone=zone,
        interval_days=pm.settings.interval_days,
        uses_default=pm.uses_default_interval,
        joined_on=local_date(pm.joined_at, zone),
        due_on=schedule.due_on,
        next_nudge_at=schedule.next_nudge_at,
        reason=schedule.reason,
        step=schedule.step,
        days_away=_days_away(tx, pm),
        last_nudge=_last_nudge(tx, pm),
        not_sent=_find_not_sent(tx, pm),
        last_visit=_named_visit(tx, visits.get_last(tx, pm.user_id)),
        next_visit=_named_visit(tx, schedule.booked[0] if schedule.booked else None),
        awaiting_debrief=_named_visit(
            tx, schedule.awaiting_debrief[0] if schedule.awaiting_debrief else None
        ),
        away=schedule.away,
        back_on=pm.paused_until,
        holiday=schedule.holiday,
    )


def _days_away(tx: Tx, pm: Pm) -> int:
    since = absences.cycle_start_ignoring_absences(pm)
    return (absences.shift_by_absences_since(tx, pm.user_id, since) - since).days


def _last_nudge(tx: Tx, pm: Pm) -> LastNudge | None:
    nudge = nudges.get_latest(tx, pm.user_id)
    if nudge is None or nudge.created_at < pm.joined_at or get_message_ref(tx, nudge) is None:
        return None
    return LastNudge(nudge.created_at, nudge.step, nudge.answer, nudge.back_at)


def _find_not_sent(tx: Tx, pm: Pm) -> tuple[date, NotSentReason] | None:
    if pm.last_enqueued is None:
        return None
    status = outbox.get_status(tx, MessageKind.NUDGE, pm.user_id, pm.last_enqueued.on.isoformat())
    silence = _not_sent_reason(status) if status and status.message_ref is None else None
    return (pm.last_enqueued.on, silence) if silence else None


def _not_sent_reason(status: OutboxStatus) -> NotSentReason:
    if status.state is OutboxState.DEAD:
        return NotSentReason.REFUSED
    if status.state is OutboxState.DROPPED:
        return NOT_SENT_REASONS.get(status.reason, NotSentReason.VISITED)
    if not status.reason or status.state is OutboxState.SENDING:
        return NotSentReason.ON_ITS_WAY
    late = status.reason == "out_of_hours"
    return NotSentReason.OUT_OF_HOURS if late else NotSentReason.SLACK_UNAVAILABLE


def _named_visit(tx: Tx, visit: Visit | None) -> tuple[str, date] | None:
    return (customer_name(tx, visit.customer_id), visit.on) if visit else None
