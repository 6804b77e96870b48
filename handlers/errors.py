"""Error responses: each error is reported once, politely, where the person is looking."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from slack_bolt import BoltResponse

from bot.domain.staff.access import Refusal
from bot.errors import CustomerClaimed, CustomerOptedOut, NihitoError, NoSuchCustomer, SlackError
from bot.log import error_location, get_logger
from bot.views import form_fields
from bot.views.block_kit import FormError, Message
from bot.views.contacts import form as contact_views
from bot.views.customers import contact_permissions as permission_views
from bot.views.debriefs import form as debrief_views
from bot.views.debriefs import form_labels
from bot.views.staff import refusals
from bot.views.staff import settings_form as visit_views
from bot.views.suggestions import market_form
from bot.views.surveys import form as survey_views
from bot.views.visits import plan_form as plan_views
from bot.views.workarounds import form as workaround_form
from handlers import late_forms, responses
from handlers.requests import RequestKind, ephemeral_url, route_key
from handlers.responses import Followup, OpenModal, Response

LOG = get_logger(__name__)

UNREACHABLE = frozenset({Refusal.OTHER_ORGANISATION, Refusal.DEACTIVATED, Refusal.BOT})
# Errors that any form shows at its customer field.
CUSTOMER_ERRORS = (NoSuchCustomer, CustomerClaimed, CustomerOptedOut)
EXPIRED_TRIGGER_CODES = frozenset({"expired_trigger_id", "trigger_expired", "trigger_exchanged"})


class EventNotStored(Exception):
    """Raised for an event that could not be stored: Slack has to send it again."""


def handle_bolt_error(error: Exception) -> BoltResponse:
    """Return the HTTP response to an error that no request could be answered with.

    That is 503 for an event that was not stored, and 400 for a payload on which Bolt or the
    dispatcher failed before it had read its user.
    """
    if isinstance(error, EventNotStored):
        LOG.error("event_not_stored", exc_info=error.__cause__)
        return BoltResponse(status=503)
    LOG.warning("request_malformed", error=type(error).__name__, at=error_location(error))
    return BoltResponse(status=400)


# Where each form says that it could not be saved; a form not listed says so at its first field.
SAVE_ERRORS: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    debrief_views.CALLBACK: form_labels.not_saved_errors,
    contact_views.CALLBACK: contact_views.not_saved_errors,
    visit_views.JOIN: visit_views.not_saved_errors,
    plan_views.PLAN: plan_views.not_saved_errors,
    permission_views.SAVE: permission_views.not_saved_errors,
    market_form.SAVE: market_form.not_saved_errors,
    plan_views.CHANGE: plan_views.not_saved_errors,
    survey_views.ASK: survey_views.not_saved_errors,
    workaround_form.SAVE: workaround_form.not_saved_errors,
}


def refusal_response(
    kind: RequestKind, body: Mapping[str, Any], user_id: str, refusal: Refusal
) -> Response:
    """Return the response to a user without access; only people here get a message."""
    reached = "" if refusal in UNREACHABLE else user_id
    # Not the response URL in the form's metadata: that may be another person's.
    url = str(body.get("response_url") or "")
    return _response_with_text(kind, body, url, reached, refusals.refusal_text(refusal))


def error_response(
    kind: RequestKind, name: str, body: Mapping[str, Any], user_id: str, error: Exception
) -> Response:
    """Return the response to a request that raised; an unexpected error gets a reference."""
    if isinstance(error, FormError):
        return responses.ack_errors(error.errors)
    if isinstance(error, CUSTOMER_ERRORS) and kind is RequestKind.SUBMISSION:
        return responses.ack_errors({"customer": str(error)})
    if isinstance(error, NihitoError) and not isinstance(error, SlackError):
        return _response_with_text(kind, body, ephemeral_url(body), user_id, str(error))
    reference = uuid4().hex[:8]
    _, author = route_key(kind, body)
    LOG.error(
        "request_failed",
        kind=kind,
        name=name,
        user=author,
        reference=reference,
        exc_info=error,
    )
    if name in SAVE_ERRORS and kind is RequestKind.SUBMISSION:
        return responses.ack_errors(SAVE_ERRORS[name](reference))
    if kind is RequestKind.COMMAND:
        typed = str(body.get("text") or "")
        return responses.ack_ephemeral(refusals.command_failed_message(reference, typed))
    unsaved = kind is RequestKind.SUBMISSION
    sentence = (
        form_fields.not_saved_text(reference) if unsaved else refusals.failure_text(reference)
    )
    return _response_with_text(kind, body, ephemeral_url(body), user_id, sentence)


def lookup_pending_response(kind: RequestKind, body: Mapping[str, Any]) -> Response:
    """Return the response while Slack is asked about the user; a form stays open meanwhile."""
    return _response_with_text(kind, body, "", "", refusals.identifying_text())


def report_failed_followup(
    kind: RequestKind,
    body: Mapping[str, Any],
    user_id: str,
    failed: tuple[Followup, SlackError],
) -> Response:
    """Report a followup that Slack refused; nothing goes to an event's author."""
    told: Message | str = refusals.slack_unavailable_text()
    followup, error = failed
    if isinstance(followup, OpenModal) and error.code in EXPIRED_TRIGGER_CODES:
        told = late_forms.late_form_message(kind, body, followup)
    reached = "" if kind is RequestKind.EVENT else user_id
    return responses.send_ephemeral(ephemeral_url(body), reached, told)


def _response_with_text(
    kind: RequestKind, body: Mapping[str, Any], url: str, user_id: str, sentence: str
) -> Response:
    if kind is RequestKind.COMMAND:
        return responses.ack_ephemeral(sentence)
    if kind is RequestKind.SUBMISSION:
        field = _first_field(body["view"])
        return responses.ack_errors({field: sentence}) if field else responses.acknowledge()
    if kind is RequestKind.OPTIONS:
        return responses.ack_options({"options": []})
    if kind in (RequestKind.EVENT, RequestKind.CLOSED):
        return responses.acknowledge()
    return responses.send_ephemeral(url, user_id, sentence)


def _first_field(view: Mapping[str, Any]) -> str | None:
    for block in view.get("blocks") or ():
        if isinstance(block, Mapping) and block.get("type") == "input":
            return str(block.get("block_id"))
    return None
