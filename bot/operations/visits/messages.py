"""Render what is sent about booked visits: briefs, prompts, and questions about the agenda."""

from datetime import UTC, date, datetime

from bot.db import customers
from bot.db.engine import Tx
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.db.staff import queries as staff
from bot.db.visits import ground_rules
from bot.db.visits import prompts as prompt_queries
from bot.db.visits import queries as visits
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.staff.pms import Pm
from bot.domain.visits.ground_rules import AgendaReply
from bot.domain.visits.rules import Visit, VisitState
from bot.domain.working_time import local_date, next_contact_time
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.message_type import Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.operations.staff.pms import schedule_of
from bot.operations.visits import briefs, prompts
from bot.operations.visits.ground_rules import clear_asked
from bot.views.block_kit import Message
from bot.views.visits import ground_rules as ground_rule_views
from bot.views.visits import prompt as prompt_views
from bot.views.visits import visit_messages
from bot.views.visits.brief import render_day_before


def render_brief(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the brief of a booked visit, in time before it or not at all."""
    visit, pm = visits.get(tx, int(message.subject)), pms.get(tx, message.destination)
    if message.due_at > now:
        return Postpone(message.due_at, "not_yet")
    if pm is None:
        return Withdraw("left")
    if visit is None or visit.state is not VisitState.BOOKED or message.period != str(visit.on):
        return Withdraw("visited")
    hours = pm.settings.hours
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    if local_date(at, hours.zone) > visit.on:
        return Withdraw("too_late")
    if at > now:
        return Postpone(at)
    customer = customers.get(tx, visit.customer_id)
    if customer is None:
        return Withdraw("gone")
    known = briefs.build_brief(tx, pm.user_id, hours.zone, customer, now)
    rules = None if visit.kind.indirect else ground_rules.get(tx, visit.id)
    hypothesis = briefs.get_hypothesis_to_test(tx, visit)
    return render_day_before(known, visit.on, visit.goal, rules, hypothesis)


def render_prompt(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the prompt of a planned date, as long as its visit awaits a debrief.

    A posted one shows what has become of the visit.
    """
    visit, pm = visits.get(tx, int(message.subject)), pms.get(tx, message.destination)
    if pm is None or (message.message_ref and visit is None):
        return Withdraw("left")
    if message.message_ref and visit:
        return _render_outcome(tx, pm, visit, now)
    prompt = prompt_queries.get(tx, int(message.subject))
    if visit is None or visit.state is not VisitState.BOOKED:
        return Withdraw("visited")
    # The period, the second part of the outbox key, is the date the prompt was planned for.
    if prompt is None or message.period != str(prompt.on):
        return Withdraw("moved")
    if prompt.at > now:
        return Postpone(prompt.at, "not_yet")
    hours = pm.settings.hours
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, hours)
    at = max(at, prompts.delay_if_sent_today(tx, MessageKind.NUDGE, pm, now) or at)
    if at > now:
        return Postpone(at)
    name, today = customer_name(tx, visit.customer_id), local_date(now, hours.zone)
    return prompt_views.render_message(visit.id, name, visit.on, today)


def _render_outcome(tx: Tx, pm: Pm, visit: Visit, now: datetime) -> Message:
    zone, name = pm.settings.hours.zone, customer_name(tx, visit.customer_id)
    today = local_date(now, zone)
    if visit.state is VisitState.HELD:
        return prompt_views.debriefed_message(name, visit.on, today)
    if visit.state is VisitState.CALLED_OFF:
        schedule = schedule_of(tx, pm, now)
        due_on, at = schedule.due_on, schedule.next_nudge_at
        return visit_messages.cancelled_message(name, visit.on, due_on, at, zone, today)
    return visit_messages.changed_message(
        name, visit.on, today, at=visit.start_time(zone), visit_id=visit.id
    )


def _enqueue_next_prompt(tx: Tx, message: ClaimedMessage, message_ref: MessageRef) -> None:
    posted_at = datetime.fromtimestamp(float(message_ref.ts), UTC)
    planned_on = date.fromisoformat(message.period)
    prompts.enqueue_next(tx, int(message.subject), message.destination, planned_on, posted_at)


def render_agenda_request(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render the question to the sales owner, with the agenda as it is on delivery."""
    visit = visits.get(tx, int(message.subject))
    pm = pms.get(tx, visit.pm_id) if visit else None
    if visit is None or pm is None or visit.state is not VisitState.BOOKED:
        return Withdraw("called_off")
    zone = pm.settings.hours.zone
    if visit.on < local_date(now, zone):
        return Withdraw("too_late")
    if ground_rules.get(tx, visit.id).asked_user_id != message.destination:
        return Withdraw("changed")
    at = away.find_absence_end(tx, message.destination, now)
    if at and at > now:
        return Postpone(at)
    today = local_date(now, zone)
    return ground_rule_views.review_request_message(
        visit.id,
        staff.get_name(tx, visit.pm_id),
        customer_name(tx, visit.customer_id),
        ground_rule_views.when_text(visit.on, visit.start_time(zone), zone, today),
        visit.goal,
        ground_rules.get(tx, visit.id).agenda,
    )


def _clear_asked(tx: Tx, message: ClaimedMessage) -> None:
    clear_asked(tx, int(message.subject))


def render_talk_request(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render one line to the PM whose sales owner would like to talk."""
    visit, pm = visits.get(tx, int(message.subject)), pms.get(tx, message.destination)
    known = ground_rules.get(tx, int(message.subject))
    if visit is None or pm is None or visit.state is not VisitState.BOOKED:
        return Withdraw("called_off")
    if known.reply is not AgendaReply.TALK or known.asked_user_id is None:
        return Withdraw("fine")
    if visit.on < local_date(now, pm.settings.hours.zone):
        return Withdraw("too_late")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    if at > now:
        return Postpone(at)
    return ground_rule_views.talk_requested_message(
        staff.get_name(tx, known.asked_user_id), customer_name(tx, visit.customer_id)
    )


def _about_visit(tx: Tx, message: ClaimedMessage) -> str:
    visit = visits.get(tx, int(message.subject))
    return f"{customer_name(tx, visit.customer_id)} {visit.on} {visit.pm_id}" if visit else ""


def _about_prompt(tx: Tx, message: ClaimedMessage) -> str:
    return f"{_about_visit(tx, message)} {message.period}"


MESSAGES = (
    MessageType(
        MessageKind.BRIEF,
        "what is known of a customer, the working day before a visit",
        render_brief,
        Audit("brief_missing", "the brief of a booked visit was due", audit.missing_briefs),
        about=_about_visit,
    ),
    MessageType(
        MessageKind.DEBRIEF_PROMPT,
        "a booked visit is over, and its debrief is asked for",
        render_prompt,
        Audit("prompt_missing", "a debrief was to be asked for", audit.missing_prompts),
        about=_about_prompt,
        on_posted=_enqueue_next_prompt,
    ),
    MessageType(
        MessageKind.AGENDA_REQUEST,
        "a sales owner is asked to look at an agenda",
        render_agenda_request,
        about=_about_visit,
        on_dead=_clear_asked,
    ),
    MessageType(
        MessageKind.AGENDA_REPLY,
        "a sales owner would like to talk about an agenda",
        render_talk_request,
        about=_about_visit,
    ),
)
