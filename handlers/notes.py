"""Handlers for the buttons of a note: a thank-you note that asks for nothing."""

from bot.operations.notes import offers as operations
from bot.services import Services
from bot.views import notes as views
from handlers import responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def mark_sent(services: Services, request: SlackRequest) -> Response:
    """Mark a note as sent."""
    note_id = views.parse_note_id(request.body)
    note = operations.mark_sent(services, request.actor, note_id, request.now)
    return responses.update_message(request.message_ref, views.render_message(note))


def suggest_another(services: Services, request: SlackRequest) -> Response:
    """Suggest a note to another customer."""
    note_id, customer_id = views.parse_note_id(request.body), views.parse_customer_id(request.body)
    note = operations.choose_another_customer(
        services, request.actor, note_id, customer_id, request.now
    )
    return responses.update_message(request.message_ref, views.render_message(note))


def stop_notes(services: Services, request: SlackRequest) -> Response:
    """Stop suggesting notes to the PM."""
    note_id = views.parse_note_id(request.body)
    operations.stop(services, request.actor, note_id, request.now)
    return responses.update_message(request.message_ref, views.stopped_message())
