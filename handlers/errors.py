"""Errors at the door: each is said once, politely, where the person looks."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from slack_bolt import BoltResponse

from bot.domain.staff.access import Refusal
from bot.errors import CustomerOptedOut, CustomerTaken, NihitoError, NoSuchCustomer, SlackError
from bot.log import logger, place
from bot.views import form_fields as fields
from bot.views.block_kit import FormFault
from bot.views.contacts import form as contact_views
from bot.views.customers import contact_permissions as closing_views
from bot.views.debriefs import form as debrief_views
from bot.views.debriefs import form_labels as labels
from bot.views.staff import refusals as access
from bot.views.staff import settings_form as visit_views
from bot.views.suggestions import market_form as market_views
from bot.views.surveys import form as survey_views
from bot.views.visits import plan_form as plan_views
from bot.views.workarounds import form as whole_views
from handlers import responses as answers
from handlers.requests import Kind, whisper_url
from handlers.responses import Answer, Show

LOG = logger(__name__)

UNREACHED = frozenset({Refusal.OTHER_ORGANISATION, Refusal.DEACTIVATED, Refusal.BOT})
# Said at the field of the customer, in whatever form it stands.
ABOUT_CUSTOMERS = (NoSuchCustomer, CustomerTaken, CustomerOptedOut)
EXPIRED = frozenset({"expired_trigger_id", "trigger_expired", "trigger_exchanged"})


class NotKept(Exception):
    """An event that could not be stored: Slack is to send it again."""


def unreadable(error: Exception) -> BoltResponse:
    """The answer to an event that was not stored, and to a payload on which Bolt or the gate
    tripped before anybody was named."""
    if isinstance(error, NotKept):
        LOG.error("event_not_kept", exc_info=error.__cause__)
        return BoltResponse(status=503)
    LOG.warning("request_malformed", error=type(error).__name__, at=place(error))
    return BoltResponse(status=400)


# Where each form says that it could not be saved; any other form says so at its first field.
NOT_SAVED: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    debrief_views.CALLBACK: labels.could_not_save,
    contact_views.CALLBACK: contact_views.could_not_save,
    visit_views.JOIN: visit_views.join_not_saved,
    plan_views.PLAN: plan_views.not_saved,
    closing_views.SAVE: closing_views.not_saved,
    market_views.SAVE: market_views.not_saved,
    plan_views.CHANGE: plan_views.not_saved,
    survey_views.ASK: survey_views.not_saved,
    whole_views.KEEP: whole_views.not_saved,
}


def refused(kind: Kind, body: Mapping[str, Any], user_id: str, refusal: Refusal) -> Answer:
    """The answer to somebody who may not pass; only people of this workspace are written to."""
    reached = "" if refusal in UNREACHED else user_id
    # Not where the form says that it came from: that may be somebody else's.
    url = str(body.get("response_url") or "")
    return _told(kind, body, url, reached, access.refused(refusal))


def failed(
    kind: Kind, name: str, body: Mapping[str, Any], user_id: str, error: Exception
) -> Answer:
    """The answer when an operation raised; what nobody expected gets a reference."""
    if isinstance(error, FormFault):
        return answers.errors(error.errors)
    if isinstance(error, ABOUT_CUSTOMERS) and kind is Kind.SUBMISSION:
        return answers.errors({"customer": str(error)})
    if isinstance(error, NihitoError) and not isinstance(error, SlackError):
        return _told(kind, body, whisper_url(body), user_id, str(error))
    reference = uuid4().hex[:8]
    LOG.error("request_failed", kind=kind, name=name, reference=reference, exc_info=error)
    if name in NOT_SAVED and kind is Kind.SUBMISSION:
        return answers.errors(NOT_SAVED[name](reference))
    if kind is Kind.COMMAND:
        typed = str(body.get("text") or "")
        return answers.say(access.command_failed(reference, typed))
    unsaved = kind is Kind.SUBMISSION
    sentence = fields.not_saved(reference) if unsaved else access.went_wrong(reference)
    return _told(kind, body, whisper_url(body), user_id, sentence)


def not_yet(kind: Kind, body: Mapping[str, Any]) -> Answer:
    """The answer to somebody about whom Slack is being asked: a form stays open meanwhile."""
    return _told(kind, body, "", "", access.one_moment())


def not_shown(error: SlackError, body: Mapping[str, Any], user_id: str) -> Show:
    """What is said when Slack did not take what was to be shown; nothing to an event's author."""
    late = error.code in EXPIRED
    sentence = access.too_late() if late else access.slack_away()
    return answers.telling(whisper_url(body), "" if "event" in body else user_id, sentence)


def _told(kind: Kind, body: Mapping[str, Any], url: str, user_id: str, sentence: str) -> Answer:
    if kind is Kind.COMMAND:
        return answers.say(sentence)
    if kind is Kind.SUBMISSION:
        field = _first_field(body["view"])
        return answers.errors({field: sentence}) if field else answers.nothing()
    if kind is Kind.OPTIONS:
        return answers.options({"options": []})
    if kind in (Kind.EVENT, Kind.CLOSED):
        return answers.nothing()
    return answers.nothing().showing(answers.telling(url, user_id, sentence))


def _first_field(view: Mapping[str, Any]) -> str | None:
    for block in view.get("blocks") or ():
        if isinstance(block, Mapping) and block.get("type") == "input":
            return str(block.get("block_id"))
    return None
