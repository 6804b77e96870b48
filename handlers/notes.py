"""Notes that ask for nothing: their three buttons."""

from bot.operations import notes as operations
from bot.services import Services
from bot.views import notes as views
from bot.views.block_kit import Message
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def sent(services: Services, knock: Knock) -> Answer:
    """*I have sent it*."""
    note_id = views.note_id(knock.body)
    return _instead(knock, operations.sent(services, knock.actor, note_id, knock.now))


def somebody_else(services: Services, knock: Knock) -> Answer:
    """*Somebody else*: the same for the next customer."""
    note_id, customer_id = views.note_id(knock.body), views.customer_id(knock.body)
    message = operations.somebody_else(services, knock.actor, note_id, customer_id, knock.now)
    return _instead(knock, message)


def no_more(services: Services, knock: Knock) -> Answer:
    """*No more of these*."""
    note_id = views.note_id(knock.body)
    return _instead(knock, operations.no_more(services, knock.actor, note_id, knock.now))


def _instead(knock: Knock, message: Message) -> Answer:
    return answers.nothing().showing(answers.replacing(knock.place, message))
