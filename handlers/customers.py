"""Customers and people: `/customer`, and whoever is found by typing, in any form."""

from bot.operations.customers import contact_permissions as closings
from bot.operations.customers import search as operations
from bot.operations.visits import briefs
from bot.services import Services
from bot.views.contacts import form as contact_views
from bot.views.customers import contact_permissions as closing_views
from bot.views.customers import fields as views
from bot.views.visits import brief as brief_views
from handlers import responses as answers
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer


def brief(services: Services, knock: Knock) -> Answer:
    """`/customer NAME`: what is known of them."""
    if knock.text.lower() in ("", "help"):
        return answers.say(brief_views.usage())
    found = briefs.brief(services, knock.actor, knock.text, knock.now)
    if isinstance(found, brief_views.Brief):
        return answers.say(brief_views.brief(found))
    return answers.say(brief_views.which(found) if found else brief_views.nobody(knock.text))


def open_closing(services: Services, knock: Knock) -> Answer:
    """*Close to visits*, under a brief."""
    known = closings.look(services, knock.actor, closing_views.customer_id(knock.body))
    form = closing_views.form(known, knock.response_url)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def close(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    choices = closing_views.read(knock.view)
    known = closings.keep(services, knock.actor, choices, knock.now)
    return reply(services, knock, closing_views.told(known.name, choices.why))


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
