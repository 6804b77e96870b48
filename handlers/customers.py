"""Customers and people: found by typing, in any form."""

from bot.operations import customers as operations
from bot.services import Services
from bot.views import contacts as contact_views
from bot.views import customers as views
from handlers import answers
from handlers.answers import Answer
from handlers.knocks import Knock


def find(services: Services, knock: Knock) -> Answer:
    """Customers whose name holds what was typed."""
    typed = str(knock.body.get("value") or "")
    found = operations.search(services, knock.actor, typed)
    return answers.options(views.options(found, typed))


def find_person(services: Services, knock: Knock) -> Answer:
    """People whose name holds what was typed."""
    typed = str(knock.body.get("value") or "")
    found = operations.search_people(services, knock.actor, typed)
    return answers.options(contact_views.options(found, typed))
