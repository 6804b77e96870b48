"""Replies: what a form says once it is closed, where it was opened."""

from bot.services import Services
from bot.views import form_fields as fields
from bot.views.block_kit import Message
from handlers import home
from handlers import responses as answers
from handlers.requests import Knock, whisper_url
from handlers.responses import Answer


def reply(services: Services, knock: Knock, message: Message) -> Answer:
    """Whisper where the command was typed or the button pressed, or draw Home anew."""
    if fields.where(knock.view) == home.WHERE:
        return home.show(services, knock)
    url, user_id = whisper_url(knock.body), knock.actor.user_id
    return answers.nothing().showing(answers.telling(url, user_id, message))
