"""Render a person's answer to a survey for the PM who asked."""

from datetime import datetime

from bot.db import customers, surveys
from bot.db.engine import Tx
from bot.db.outbox import audit
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.staff import pms
from bot.domain.working_time import next_contact_time
from bot.operations.customers.search import customer_name
from bot.operations.nudges import away
from bot.operations.outbox.message_type import LONG_LOOK_BACK, Audit, MessageType
from bot.operations.outbox.rendered import Postpone, Rendered, Withdraw
from bot.views.surveys import form as views


def render(tx: Tx, message: ClaimedMessage, now: datetime) -> Rendered:
    """Render a person's answer to the PM who asked, in the PM's hours."""
    survey, pm = surveys.get(tx, int(message.subject)), pms.get(tx, message.destination)
    if pm is None:
        return Withdraw("left")
    person = customers.get_person(tx, survey.person_id) if survey else None
    if survey is None or survey.answer is None or person is None:
        return Withdraw("gone")
    at = away.find_absence_end(tx, pm.user_id, now) or next_contact_time(now, pm.settings.hours)
    if at > now:
        return Postpone(at)
    name = customer_name(tx, survey.customer_id)
    return views.answered_message(person.name, name, survey.answer, person.phone)


def _about(tx: Tx, message: ClaimedMessage) -> str:
    survey = surveys.get(tx, int(message.subject))
    person = customers.get_person(tx, survey.person_id) if survey else None
    if survey is None or person is None:
        return ""
    return f"{customer_name(tx, survey.customer_id)} {person.name} {survey.asked_at.isoformat()}"


MESSAGES = (
    MessageType(
        MessageKind.SURVEY_ANSWERED,
        "a customer has answered a survey",
        render,
        Audit("survey_missing", "a customer has answered", audit.missing_surveys, LONG_LOOK_BACK),
        about=_about,
    ),
)
