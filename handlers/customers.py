"""Handlers for `/customer`, contact permissions, and the searches for customers and people."""

from bot.domain.visits.briefs import Brief
from bot.operations.customers import contact_permissions
from bot.operations.customers import search as operations
from bot.operations.visits import briefs
from bot.services import Services
from bot.views.contacts import form as contact_views
from bot.views.customers import contact_permissions as permission_views
from bot.views.customers import fields as views
from bot.views.visits import brief as brief_views
from handlers import responses
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


def show_brief(services: Services, request: SlackRequest) -> Response:
    """Show the brief of the customer named after `/customer`."""
    if request.text.lower() in ("", "help"):
        return responses.ack_ephemeral(brief_views.usage())
    found = briefs.find_brief(services, request.actor, request.text, request.now)
    if isinstance(found, Brief):
        return responses.ack_ephemeral(brief_views.render_brief(found))
    return responses.ack_ephemeral(
        brief_views.which_customer_message(found)
        if found
        else brief_views.unknown_customer_message(request.text)
    )


def open_permission_form(services: Services, request: SlackRequest) -> Response:
    """Open the contact permission form from a brief."""
    known = contact_permissions.get(
        services, request.actor, permission_views.parse_customer_id(request.body)
    )
    form = permission_views.render_form(known, request.response_url)
    return responses.open_modal(form, request.trigger_id)


def save_permission(services: Services, request: SlackRequest) -> Response:
    """Save the contact permission that was submitted."""
    choices = permission_views.parse_choices(request.view)
    known = contact_permissions.save(services, request.actor, choices, request.now)
    return reply(services, request, permission_views.saved_message(known.name, choices.closed))


def find(services: Services, request: SlackRequest) -> Response:
    """Find customers whose name contains what was typed."""
    typed = str(request.body.get("value") or "")
    found = operations.search(services, request.actor, typed)
    return responses.ack_options(views.options(found, typed))


def find_person(services: Services, request: SlackRequest) -> Response:
    """Find people whose name contains what was typed."""
    typed = str(request.body.get("value") or "")
    found = operations.search_people(services, request.actor, typed)
    return responses.ack_options(contact_views.options(found, typed))
