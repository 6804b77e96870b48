"""Reply to a submitted form in the place where it was opened."""

from bot.services import Services
from bot.views import form_fields
from bot.views.block_kit import Message
from handlers import home, responses
from handlers.requests import SlackRequest, ephemeral_url
from handlers.responses import Response


def reply(services: Services, request: SlackRequest, message: Message) -> Response:
    """Send an ephemeral message where the form was opened from, or publish Home again."""
    if form_fields.get_reply_to(request.view) == home.FROM_HOME:
        return home.show(services, request)
    url, user_id = ephemeral_url(request.body), request.actor.user_id
    return responses.send_ephemeral(url, user_id, message)
