"""Handlers for `/contact` and its form."""

from bot.domain.contacts.traits import estimate_time
from bot.domain.debriefs.rules import date_fault
from bot.operations.contacts import flags as contacts
from bot.operations.customers import search as customers
from bot.services import Services
from bot.views.contacts import form as views
from handlers import responses
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


def open_form(services: Services, request: SlackRequest) -> Response:
    """Open the contact form, with the customer named after `/contact`."""
    if request.text.lower() == "help":
        return responses.ack_ephemeral(views.usage())
    customer = customers.guess_customer(services, request.actor, request.text)
    form = views.render_form(
        customer, request.actor.user_id, request.today, reply_to=request.response_url
    )
    return responses.open_modal(form, request.trigger_id)


def record(services: Services, request: SlackRequest) -> Response:
    """Record the contact that was submitted."""
    draft = views.parse_draft(request.view)
    fault = date_fault(draft.on, request.today)
    if fault:
        return responses.ack_errors(views.date_fault_errors(fault))
    at = estimate_time(draft.on, request.now, request.actor.zone)
    noted = contacts.record(services, request.actor, draft, request.form_key, at, request.now)
    if noted is None:
        return responses.acknowledge()
    return reply(services, request, views.recorded_message(*noted, draft.on, request.today))
