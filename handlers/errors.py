"""Errors at the door: each is said once, politely, where the person looks."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.domain.access import Refusal
from bot.errors import NihitoError, NoSuchCustomer, SlackError
from bot.log import logger
from bot.views import access
from bot.views.kit import FormFault
from handlers import answers
from handlers.answers import Answer, Show
from handlers.knocks import Kind

LOG = logger(__name__)

EXPIRED = frozenset({"expired_trigger_id", "trigger_expired", "trigger_exchanged"})


def refused(kind: Kind, body: Mapping[str, Any], refusal: Refusal) -> Answer:
    """The answer to somebody who may not pass."""
    return _told(kind, body, access.refused(refusal))


def failed(kind: Kind, name: str, body: Mapping[str, Any], error: Exception) -> Answer:
    """The answer when an operation raised; what nobody expected gets a reference."""
    if isinstance(error, FormFault):
        return answers.errors(error.errors)
    if isinstance(error, NoSuchCustomer) and kind is Kind.SUBMISSION:
        return answers.errors({"customer": str(error)})
    if isinstance(error, NihitoError) and not isinstance(error, SlackError):
        return _told(kind, body, str(error))
    reference = uuid4().hex[:8]
    LOG.error("request_failed", kind=kind, name=name, reference=reference, exc_info=error)
    return _told(kind, body, access.went_wrong(reference))


def not_shown(error: SlackError, body: Mapping[str, Any]) -> Show:
    """What is said when Slack did not take what was to be shown."""
    late = error.code in EXPIRED
    sentence = access.too_late() if late else access.slack_away()
    return answers.whispering(str(body.get("response_url") or ""), sentence)


def _told(kind: Kind, body: Mapping[str, Any], sentence: str) -> Answer:
    if kind is Kind.COMMAND:
        return answers.say(sentence)
    if kind is Kind.SUBMISSION:
        return answers.errors({_first_field(body["view"]): sentence})
    if kind is Kind.OPTIONS:
        return answers.options({"options": []})
    url = str(body.get("response_url") or "")
    return answers.nothing().showing(answers.whispering(url, sentence))


def _first_field(view: Mapping[str, Any]) -> str:
    return next(str(each["block_id"]) for each in view["blocks"] if each["type"] == "input")
