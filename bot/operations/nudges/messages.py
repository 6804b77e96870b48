"""Render nudges for delivery, and those that are posted and have changed."""

from datetime import date, datetime

from bot.db.engine import Tx
from bot.db.nudges import queries as nudges
from bot.db.nudges.queries import NudgeRow
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.db.visits import queries as visits
from bot.domain.nudges import rules
from bot.domain.nudges.rules import NudgeStep, PlannedNudge
from bot.domain.staff.pms import Pm, next_longer_interval
from bot.domain.working_time import late_delivery_time, local_date
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.nudges.sent import (
    NewNudge,
    choose_nudge,
    get_nudge_facts,
    is_closed_by_visit,
    save_nudge,
)
from bot.operations.outbox.message_type import Audit, Choice, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.operations.staff.pms import silenced_until
from bot.operations.visits import prompts
from bot.views.block_kit import Message
from bot.views.nudges import message as views
from bot.views.nudges import question as question_views


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the nudge of a planned date; a posted one shows the visit that answers it."""
    pm = pms.get(tx, message.subject)
    if pm is None:
        return Withdraw("left")
    if message.message_ref is None:
        return _render_first(tx, pm, message, now)
    nudge = nudges.get_by_date(tx, pm.user_id, planned_date(message))
    return _render_posted(tx, pm, nudge, now) if nudge else Withdraw("left")


def planned_date(message: ClaimedMessage) -> date:
    """Return the planned local date of a nudge, the second part of its key in the outbox."""
    return date.fromisoformat(message.period)


def _render_first(tx: Tx, pm: Pm, message: ClaimedMessage, now: datetime) -> Rendered:
    obstacle = _find_obstacle(tx, pm, message, now)
    if obstacle:
        return obstacle
    nudge = nudges.get_by_date(tx, pm.user_id, planned_date(message))
    if nudge is None:
        # Whatever stood in the way when its customers were chosen has gone since.
        return Postpone(now, "changed")
    return Withdraw("answered") if nudge.answer is not None else _render_open(tx, pm, nudge, now)


def _find_obstacle(
    tx: Tx, pm: Pm, message: ClaimedMessage, now: datetime
) -> Withdraw | Postpone | None:
    """Return why a nudge isn't sent, or not yet; the checks are cheap, and repeated on saving."""
    if pm.last_enqueued is None or pm.last_enqueued.on != planned_date(message):
        return Withdraw("overtaken")
    if rules.first_nudge(pm.cycle_start, pm.settings).on > pm.last_enqueued.on:
        return Withdraw("visited")
    if silenced_until(tx, pm, local_date(now, pm.settings.hours.zone)):
        return Withdraw("booked")
    at = away.find_absence_end(tx, pm.user_id, now) or prompts.delay_if_sent_today(
        tx, MessageKind.DEBRIEF_PROMPT, pm, now
    )
    # If its day has passed, such as after an outage, the PM's hour on their next working day.
    at = at or late_delivery_time(pm.last_enqueued.on, message.next_at, now, pm.settings.hours)
    if at > now:
        return Postpone(at)
    if _question_is_open(tx, pm.user_id, pm.last_enqueued):
        return Withdraw("question_stands")
    return None


def _choose(tx: Tx, message: ClaimedMessage, now: datetime) -> NewNudge | None:
    pm = pms.get(tx, message.subject)
    if pm is None or pm.last_enqueued is None or _find_obstacle(tx, pm, message, now):
        return None
    return choose_nudge(tx, pm, pm.last_enqueued, now)


def _save(tx: Tx, message: ClaimedMessage, new: NewNudge, now: datetime) -> bool:
    # Locked: what the PM does meanwhile either is seen here, or finds the nudge and edits it.
    pm = pms.get_for_update(tx, message.subject)
    if pm is None or pm.last_enqueued != new.planned or _find_obstacle(tx, pm, message, now):
        return False
    return save_nudge(tx, pm, new, now)


def _render_posted(tx: Tx, pm: Pm, nudge: NudgeRow, now: datetime) -> Message:
    last = visits.get_last(tx, pm.user_id)
    if last is None or not is_closed_by_visit(tx, nudge):
        return _render_open(tx, pm, nudge, now)
    due_on = rules.due_on(pm.cycle_start, pm.settings)
    name = customer_name(tx, last.customer_id)
    return views.visited_message(get_nudge_facts(tx, nudge, now), name, last.on, due_on)


def _render_open(tx: Tx, pm: Pm, nudge: NudgeRow, now: datetime) -> Message:
    if nudge.step is not NudgeStep.KEEP_GOING_QUESTION:
        return views.render_message(get_nudge_facts(tx, nudge, now))
    return question_views.render_message(nudge.id, next_longer_interval(pm.settings.interval_days))


def _question_is_open(tx: Tx, user_id: str, last_enqueued: PlannedNudge) -> bool:
    """Return whether the question "keep going?" is unanswered; it is its cycle's last nudge."""
    latest = nudges.get_latest(tx, user_id)
    if (
        latest is None
        or latest.step is not NudgeStep.KEEP_GOING_QUESTION
        or latest.on == last_enqueued.on
    ):
        return False
    return latest.answer is None and latest.cycle == last_enqueued.cycle


def _about(tx: Tx, message: ClaimedMessage) -> str:
    """Return which nudge of a PM's cycle it is: its date moves when it is looked at later."""
    pm = pms.get(tx, message.subject)
    planned = pm.last_enqueued if pm else None
    if pm is None or planned is None or planned.on != planned_date(message):
        return f"{message.subject} {message.period}"
    return f"{pm.user_id} {pm.cycle_start} {planned.cycle} {planned.step}"


MESSAGES = (
    MessageType(
        MessageKind.NUDGE,
        "a PM is due to see a customer",
        render,
        Audit("nudge_missing", "a PM's nudge was planned", audit.missing_nudges),
        choice=Choice(_choose, _save),
        about=_about,
    ),
)
