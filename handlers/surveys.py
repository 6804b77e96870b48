"""Surveys: a link for a person of a customer."""

from bot.operations import surveys as operations
from bot.services import Services
from bot.views.surveys import form as views
from handlers import responses as answers
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer


def open_form(services: Services, knock: Knock) -> Answer:
    """*Ask for a score*, under a brief."""
    customer = operations.look(services, knock.actor, views.customer_id(knock.body))
    form = views.form(customer, knock.response_url)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def find_person(services: Services, knock: Knock) -> Answer:
    """People of the customer whose name holds what was typed."""
    typed = str(knock.body.get("value") or "")
    customer_id = views.form_customer(knock.body)
    return answers.options(
        views.options(operations.people(services, knock.actor, customer_id, typed), typed)
    )


def ask(services: Services, knock: Knock) -> Answer:
    """The form was submitted: a message to copy, or why there is none."""
    asked = operations.ask(services, knock.actor, views.read(knock.view), knock.now)
    if isinstance(asked, views.Before):
        return answers.errors(views.before(asked))
    return reply(services, knock, views.handed(asked))
