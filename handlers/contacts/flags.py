"""Handlers for the buttons of a flag's message."""

from bot.operations.contacts import flags as operations
from bot.services import Services
from bot.views.contacts import flag_message as views
from handlers import responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def acknowledge(services: Services, request: SlackRequest) -> Response:
    """Acknowledge a flag: the PM knows."""
    customer = operations.acknowledge(services, request.actor, views.parse_flag_id(request.body))
    return responses.update_message(request.message_ref, views.acknowledged_message(customer))


def refute(services: Services, request: SlackRequest) -> Response:
    """Refute a flag: the PM says that it is wrong."""
    customer = operations.refute(services, request.actor, views.parse_flag_id(request.body))
    return responses.update_message(request.message_ref, views.refuted_message(customer))


def snooze(services: Services, request: SlackRequest) -> Response:
    """Snooze a flag for the time that was chosen."""
    flag_id, span = views.parse_flag_id(request.body), views.parse_snooze(request.body)
    customer, until = operations.snooze(services, request.actor, flag_id, span, request.now)
    message = views.snoozed_message(customer, until, request.actor.zone, request.today)
    return responses.update_message(request.message_ref, message)
