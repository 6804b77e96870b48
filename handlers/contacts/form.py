"""Contacts: `/contact` and its form."""

from bot.domain.contacts.traits import happened
from bot.domain.debriefs.rules import date_fault
from bot.operations.contacts import flags as contacts
from bot.operations.customers import search as customers
from bot.services import Services
from bot.views.contacts import form as views
from handlers import responses as answers
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer


def open_form(services: Services, knock: Knock) -> Answer:
    """`/contact`: the form, with the customer that was named."""
    if knock.text.lower() == "help":
        return answers.say(views.usage())
    customer = customers.guess(services, knock.actor, knock.text)
    form = views.form(customer, knock.actor.user_id, knock.today, where=knock.response_url)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def record(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    draft = views.read(knock.view)
    fault = date_fault(draft.on, knock.today)
    if fault:
        return answers.errors(views.date_errors(fault))
    at = happened(draft.on, knock.now, knock.actor.zone)
    noted = contacts.record(services, knock.actor, draft, knock.form_key, at, knock.now)
    if noted is None:
        return answers.nothing()
    return reply(services, knock, views.recorded(*noted, draft.on, knock.today))
