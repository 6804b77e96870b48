"""Ask for the debrief of a booked visit, and then stay silent."""

from datetime import UTC, date, datetime, time

from bot.db.engine import Tx
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import ClaimedMessage, MessageKind, OutboxMessage, OutboxState
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
    next_contact_time,
    to_instant,
)
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.rendered import Edit, Postpone, Withdraw
from bot.operations.staff.pms import schedule_of
from bot.slack.posting import MessageRef
from bot.views.block_kit import Message
from bot.views.visits import prompt as views
from bot.views.visits import visit_messages


def enqueue(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> None:
    """Enqueue the first prompt of a booked visit; the others are enqueued as each is posted.

    The prompt for another time, for which it was booked before, is withdrawn on delivery.
    """
    hours = pm.settings.hours
    on, at = rules.first_prompt(visit.on, visit.ends_at, hours)
    known = outbox.get_status(tx, MessageKind.DEBRIEF_PROMPT, visit.id, str(on))
    if known and known.state is OutboxState.SENT:
        # It was asked about on that day already, and takes place later.
        on = next_contact_date(at, hours)
        at = contact_start(on, hours)
    _enqueue_at(tx, visit, on, at, now)


def enqueue_edit(tx: Tx, visit_id: int, now: datetime, except_ts: str = "") -> None:
    """Enqueue an edit of the prompt of a visit that is no longer asked about as it was.

    Not of the message `except_ts`, a Slack timestamp: the handler of its button updates that.
    """
    prompt = prompts.get(tx, visit_id)
    if prompt and prompt.message_channel and prompt.message_ts != except_ts:
        outbox.enqueue_edit(
            tx, MessageKind.DEBRIEF_PROMPT_CHANGED, visit_id, prompt.message_channel, now
        )


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Message | Withdraw | Postpone:
    """Render the prompt of a planned date, as long as its visit awaits a debrief."""
    visit, pm = visits.get(tx, int(message.subject)), pms.get(tx, message.destination)
    prompt = prompts.get(tx, int(message.subject))
    if pm is None:
        return Withdraw("left")
    if visit is None or visit.state is not VisitState.BOOKED:
        return Withdraw("visited")
    # The period, the second part of the outbox key, is the date the prompt was planned for.
    if prompt is None or message.period != str(prompt.on):
        return Withdraw("moved")
    if prompt.at > now:
        return Postpone(prompt.at, "not_yet")
    hours = pm.settings.hours
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    at = max(at, delay_if_sent_today(tx, MessageKind.NUDGE, pm, now) or at)
    if at > now:
        return Postpone(at)
    today = local_date(now, hours.zone)
    return views.render_message(visit.id, customer_name(tx, visit.customer_id), visit.on, today)


def delay_if_sent_today(tx: Tx, kind: MessageKind, pm: Pm, now: datetime) -> datetime | None:
    """Return when (UTC) to message a PM who got a message of a kind today; None without one."""
    hours = pm.settings.hours
    today = to_instant(local_date(now, hours.zone), time(), hours.zone)
    return (
        contact_start(next_contact_date(now, hours), hours)
        if prompts.was_sent(tx, kind, pm.user_id, today)
        else None
    )


def on_posted(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    """Record where a prompt was posted, and enqueue the next one if there is to be one."""
    visit, pm = visits.get(tx, int(message.subject)), pms.get(tx, message.destination)
    prompt = prompts.get(tx, int(message.subject))
    if visit is None or prompt is None:
        return
    prompts.save_message_ref(tx, visit.id, message_ref.channel, message_ref.ts)
    if message.period != str(prompt.on):
        # The visit was moved meanwhile, and is asked about at another time.
        return
    posted_at = datetime.fromtimestamp(float(message_ref.ts), UTC)
    if pm and visit.state is VisitState.BOOKED:
        hours = pm.settings.hours
        came_on = max(date.fromisoformat(message.period), local_date(posted_at, hours.zone))
        on = rules.next_prompt_date(visit.on, came_on, hours)
        if on:
            _enqueue_at(tx, visit, on, contact_start(on, hours), posted_at)


def render_change(tx: Tx, message: ClaimedMessage, now: datetime) -> Edit | Withdraw:
    """Render the edit of a prompt: what has become of its visit."""
    visit, prompt = visits.get(tx, int(message.subject)), prompts.get(tx, int(message.subject))
    pm = pms.get(tx, visit.pm_id) if visit else None
    if visit is None or prompt is None or pm is None:
        return Withdraw("left")
    if prompt.message_channel is None or prompt.message_ts is None:
        return Withdraw("never_sent")
    return Edit(
        _render_outcome(tx, pm, visit, now), MessageRef(prompt.message_channel, prompt.message_ts)
    )


def _render_outcome(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> Message:
    zone, name = pm.settings.hours.zone, customer_name(tx, visit.customer_id)
    today = local_date(now, zone)
    if visit.state is VisitState.HELD:
        return views.debriefed_message(name, visit.on, today)
    if visit.state is VisitState.CALLED_OFF:
        schedule = schedule_of(tx, pm, now)
        due_on, at = schedule.due_on, schedule.next_nudge_at
        return visit_messages.cancelled_message(name, visit.on, due_on, at, zone, today)
    return visit_messages.changed_message(
        name, visit.on, today, at=visit.start_time(zone), visit_id=visit.id
    )


def _enqueue_at(tx: Tx, visit: Visit, on: date, at: datetime, now: datetime) -> None:
    prompts.set_next_prompt(tx, visit.id, on, at)
    outbox.enqueue_or_requeue(
        tx, MessageKind.DEBRIEF_PROMPT, OutboxMessage(str(visit.id), str(on), visit.pm_id, at), now
    )
