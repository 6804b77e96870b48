"""Replies: what a form says once it is closed, where it was opened."""

from bot.services import Services
from bot.views import fields
from bot.views.kit import Message
from handlers import answers, home
from handlers.answers import Answer
from handlers.knocks import Knock


def reply(services: Services, knock: Knock, message: Message) -> Answer:
    """Whisper where the command was typed, or draw Home anew; a nudge says it by itself."""
    where = fields.where(knock.view)
    if where == home.WHERE:
        return home.show(services, knock)
    return answers.nothing().showing(answers.whispering(where, message))
