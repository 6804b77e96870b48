"""Ask for the debrief of a booked visit, and then stay silent."""

from datetime import date, datetime, time

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.staff import pms
from bot.db.visits import prompts
from bot.db.visits import queries as visits
from bot.domain.staff.pms import Pm
from bot.domain.visits import prompts as rules
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import (
    contact_start,
    local_date,
    next_contact_date,
    to_instant,
)


def enqueue(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """Enqueue the first prompt of a booked visit; the others are enqueued as each is posted.

    The prompt for another time, for which it was booked before, is withdrawn on delivery.
    """
    hours = pm.settings.hours
    on, at = rules.first_prompt(visit.on, visit.ends_at, hours)
    known = outbox.get_status(tx, MessageKind.DEBRIEF_PROMPT, visit.id, str(on))
    if known and known.message_ref:
        # It was asked about on that day already, and takes place later.
        on = next_contact_date(at, hours)
        at = contact_start(on, hours)
    _enqueue_at(tx, visit, on, at, now)


def enqueue_edit(tx: Tx, visit_id: int, now: datetime, except_ts: str = "") -> None:
    """Enqueue an edit of the prompt of a visit that is no longer asked about as it was.

    Not of the message `except_ts`, a Slack timestamp: the handler of its button updates that.
    """
    # The second part of the prompt's key in the outbox: the date it was planned for.
    period = outbox.find_latest_period(tx, MessageKind.DEBRIEF_PROMPT, visit_id)
    if period:
        outbox.enqueue_edit(tx, MessageKind.DEBRIEF_PROMPT, visit_id, period, now, except_ts)


def delay_if_sent_today(tx: Tx, kind: MessageKind, pm: Pm, now: datetime) -> datetime | None:
    """Return when (UTC) to message a PM who got a message of a kind today; None without one."""
    hours = pm.settings.hours
    today = to_instant(local_date(now, hours.zone), time(), hours.zone)
    return (
        contact_start(next_contact_date(now, hours), hours)
        if prompts.was_sent(tx, kind, pm.user_id, today)
        else None
    )


def enqueue_next(tx: Tx, visit_id: int, pm_id: str, planned_on: date, posted_at: datetime) -> None:
    """Enqueue the prompt that follows the one planned for a date, if there is to be one."""
    visit, prompt = visits.get(tx, visit_id), prompts.get(tx, visit_id)
    if visit is None or prompt is None or prompt.on != planned_on:
        # The visit was moved meanwhile, and is asked about at another time.
        return
    pm = pms.get(tx, pm_id)
    if pm and visit.state is VisitState.BOOKED:
        hours = pm.settings.hours
        came_on = max(planned_on, local_date(posted_at, hours.zone))
        on = rules.next_prompt_date(visit.on, came_on, hours)
        if on:
            _enqueue_at(tx, visit, on, contact_start(on, hours), posted_at)


def _enqueue_at(tx: Tx, visit: Visit, on: date, at: datetime, now: datetime) -> None:
    prompts.set_next_prompt(tx, visit.id, on, at)
    outbox.enqueue_or_requeue(
        tx, MessageKind.DEBRIEF_PROMPT, OutboxMessage(str(visit.id), str(on), visit.pm_id, at), now
    )
