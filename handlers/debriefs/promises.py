"""Handlers for the two buttons of a promise, in a message or on Home."""

from bot.domain.debriefs.promises import OwedPromise
from bot.operations.debriefs import promises
from bot.services import Services
from bot.views.block_kit import Message
from bot.views.debriefs import promises as views
from handlers import home, responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def mark_kept(services: Services, request: SlackRequest) -> Response:
    """Mark a promise as kept."""
    owed = promises.mark_kept(
        services, request.actor, views.parse_promise_id(request.body), request.now
    )
    return _respond(services, request, views.kept_message(owed))


def postpone(services: Services, request: SlackRequest) -> Response:
    """Postpone a promise by a week."""
    id, until = views.parse_promise_id(request.body), views.parse_due_date(request.body)
    owed = promises.postpone(services, request.actor, id, until, request.now)
    return _respond(services, request, _confirmation(owed, request))


def _confirmation(owed: OwedPromise, request: SlackRequest) -> Message:
    return (
        views.kept_message(owed) if owed.kept_on else views.postponed_message(owed, request.today)
    )


def _respond(services: Services, request: SlackRequest, message: Message) -> Response:
    if "view" in request.body:
        return home.show(services, request)
    return responses.update_message(request.message_ref, message)
