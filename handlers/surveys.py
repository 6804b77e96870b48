"""Handlers for surveys: ask a person of a customer for a score."""

from bot.domain.surveys.rules import AlreadyAsked
from bot.operations.surveys import links as operations
from bot.services import Services
from bot.views.surveys import form as views
from handlers import responses
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


def open_form(services: Services, request: SlackRequest) -> Response:
    """Open the survey form from a brief."""
    customer = operations.get_customer(
        services, request.actor, views.parse_customer_id(request.body)
    )
    form = views.render_form(customer, request.response_url)
    return responses.open_modal(form, request.trigger_id)


def find_person(services: Services, request: SlackRequest) -> Response:
    """Find people of the customer whose name contains what was typed."""
    typed = str(request.body.get("value") or "")
    customer_id = views.parse_form_customer(request.body)
    return responses.ack_options(
        views.options(operations.search_people(services, request.actor, customer_id, typed), typed)
    )


def ask(services: Services, request: SlackRequest) -> Response:
    """Create the survey link and reply with a message to copy, or say why there is none."""
    asked = operations.create_link(
        services, request.actor, views.parse_draft(request.view), request.now
    )
    if isinstance(asked, AlreadyAsked):
        return responses.ack_errors(views.already_asked_errors(asked))
    return reply(services, request, views.survey_message(asked))
