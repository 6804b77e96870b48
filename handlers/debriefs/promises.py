"""Promises: their two buttons, in a message or on Home."""

from bot.domain.debriefs.promises import Owed
from bot.operations.debriefs import promises
from bot.services import Services
from bot.views.block_kit import Message
from bot.views.debriefs import promises as views
from handlers import home
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def keep(services: Services, knock: Knock) -> Answer:
    """*Kept*."""
    owed = promises.keep(services, knock.actor, views.promise_id(knock.body), knock.now)
    return _shown(services, knock, views.kept(owed))


def put_off(services: Services, knock: Knock) -> Answer:
    """*A week more*."""
    id, until = views.promise_id(knock.body), views.until(knock.body)
    owed = promises.put_off(services, knock.actor, id, until, knock.now)
    return _shown(services, knock, _after(owed, knock))


def _after(owed: Owed, knock: Knock) -> Message:
    return views.kept(owed) if owed.kept_on else views.put_off(owed, knock.today)


def _shown(services: Services, knock: Knock, message: Message) -> Answer:
    if "view" in knock.body:
        return home.show(services, knock)
    return answers.nothing().showing(answers.replacing(knock.place, message))
