"""Handlers for hypotheses: the list, the forms to add and change one, details and search."""

from bot.errors import StatedAlready
from bot.operations import hypotheses as operations
from bot.services import Services
from bot.views.hypotheses import fields as hypothesis_fields
from bot.views.hypotheses import modals as views
from handlers import responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def show(services: Services, request: SlackRequest) -> Response:
    """Open the list of hypotheses from Home."""
    page = operations.get_list(services, request.actor, request.now)
    return responses.open_modal(views.render_list(page), request.trigger_id)


def open_form(_services: Services, request: SlackRequest) -> Response:
    """Push the form to add a hypothesis onto the list."""
    return responses.push_modal(views.render_form(), request.trigger_id)


def add(services: Services, request: SlackRequest) -> Response:
    """Add the hypothesis that was submitted, and update the list below the form."""
    belief, measure = views.parse_hypothesis(request.view)
    try:
        operations.add(services, request.actor, belief, measure, request.now)
    except StatedAlready as error:
        return responses.ack_errors(views.belief_errors(str(error)))
    return _update_list(services, request)


def show_details(services: Services, request: SlackRequest) -> Response:
    """Push the details of a hypothesis, with the visits behind it, onto the list."""
    id = views.parse_hypothesis_id(request.body)
    view = views.render_details(operations.get_details(services, request.actor, id, request.now))
    return responses.push_modal(view, request.trigger_id)


def change(services: Services, request: SlackRequest) -> Response:
    """Save a hypothesis's measure or close it, and update the list below the form."""
    operations.change(services, request.actor, views.parse_changes(request.view), request.now)
    return _update_list(services, request)


def find(services: Services, request: SlackRequest) -> Response:
    """Find open hypotheses that contain what was typed."""
    typed = str(request.body.get("value") or "")
    found = operations.search(services, request.actor, typed)
    return responses.ack_options(hypothesis_fields.options(found, typed))


def _update_list(services: Services, request: SlackRequest) -> Response:
    below = request.view.get("previous_view_id")
    if not below:
        return responses.acknowledge()
    view = views.render_list(operations.get_list(services, request.actor, request.now))
    return responses.update_modal_below(view, below)
