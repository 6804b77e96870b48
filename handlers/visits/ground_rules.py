"""Handlers for the ground rules: the form to prepare a visit, the sales owner's two buttons."""

from bot.domain.visits.ground_rules import AgendaReply
from bot.errors import CannotBeAsked
from bot.operations.visits import ground_rules as operations
from bot.services import Services
from bot.views import form_fields
from bot.views.visits import ground_rules as views
from handlers import home, responses
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


def open_form(services: Services, request: SlackRequest) -> Response:
    """Open the form to prepare a visit."""
    known = operations.get_facts(services, request.actor, views.parse_visit_id(request.body))
    where = home.FROM_HOME if "view" in request.body else request.response_url
    return responses.open_modal(views.render_form(known, where), request.trigger_id)


def save(services: Services, request: SlackRequest) -> Response:
    """Save the ground rules that were submitted."""
    known = operations.save(services, request.actor, *views.parse_form(request.view))
    return reply(services, request, views.saved_message(known))


def ask(services: Services, request: SlackRequest) -> Response:
    """Save the form and ask the sales owner about the agenda."""
    visit_id, agenda, done = views.parse_form(request.view)
    known = operations.save(services, request.actor, visit_id, agenda, done)
    note = ""
    try:
        asked = views.parse_asked_id(request.body)
        known = operations.ask(services, request.actor, visit_id, asked, request.now)
    except CannotBeAsked as error:
        note = str(error)
    form = views.render_form(known, form_fields.get_reply_to(request.view), note)
    return responses.update_modal(form, request.view["id"])


def approve(services: Services, request: SlackRequest) -> Response:
    """Approve the agenda, as the sales owner."""
    return _reply(services, request, AgendaReply.FINE)


def request_talk(services: Services, request: SlackRequest) -> Response:
    """Ask to talk about the agenda, as the sales owner."""
    return _reply(services, request, AgendaReply.TALK)


def _reply(services: Services, request: SlackRequest, choice: AgendaReply) -> Response:
    visit_id = views.parse_visit_id(request.body)
    answered = operations.answer(services, request.actor, visit_id, choice, request.now)
    message = views.replied_message(answered.pm, answered.customer, answered.reply)
    return responses.update_message(request.message_ref, message)
