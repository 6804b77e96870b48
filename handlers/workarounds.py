"""Handlers for workarounds: the list, the form to change one, and the fix notice."""

from bot.errors import BothWorkaroundsFixed
from bot.operations.workarounds import changes as operations
from bot.operations.workarounds import fix_notices
from bot.services import Services
from bot.views.workarounds import fix_notice as fix_notice_views
from bot.views.workarounds import form as forms
from bot.views.workarounds import overview as views
from handlers import responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def show(services: Services, request: SlackRequest) -> Response:
    """Open the list of workarounds from Home."""
    page = operations.get_list(services, request.actor, "", request.now)
    return responses.open_modal(views.render_list(page), request.trigger_id)


def search(services: Services, request: SlackRequest) -> Response:
    """Update the list to the workarounds that contain the words typed."""
    words = views.parse_search(request.view)
    return responses.ack_update(
        views.render_list(operations.get_list(services, request.actor, words, request.now))
    )


def open_form(services: Services, request: SlackRequest) -> Response:
    """Push the form to change a workaround onto the list."""
    known = operations.get_form(services, request.actor, views.parse_workaround_id(request.body))
    form = forms.render_form(known, views.get_search_text(request.view))
    return responses.push_modal(form, request.trigger_id)


def save(services: Services, request: SlackRequest) -> Response:
    """Save the changes that were submitted, and update the list below the form."""
    changes = forms.parse_changes(request.view)
    try:
        meanwhile = operations.change(services, request.actor, changes, request.now)
    except BothWorkaroundsFixed as error:
        return responses.ack_errors(forms.same_as_errors(str(error)))
    if meanwhile:
        return responses.ack_update(forms.render_conflict(meanwhile, request.view))
    below = request.view.get("previous_view_id")
    if not below:
        return responses.acknowledge()
    page = operations.get_list(
        services, request.actor, views.get_search_text(request.view), request.now
    )
    return responses.update_modal_below(views.render_list(page), below)


def find_same(services: Services, request: SlackRequest) -> Response:
    """Find workarounds that this one may be the same as."""
    typed, workaround_id = (
        str(request.body.get("value") or ""),
        forms.parse_form_workaround_id(request.view),
    )
    return responses.ack_options(
        forms.options(*operations.find_similar(services, request.actor, workaround_id, typed))
    )


def mark_told(services: Services, request: SlackRequest) -> Response:
    """Record that the PM has told a customer of a fix."""
    notice_id, place = fix_notice_views.parse_notice_id(request.body), request.message_ref
    shown = fix_notices.mark_told(services, request.actor, notice_id, place.ts, request.now)
    message = fix_notice_views.render_message(shown.facts, late=shown.late)
    return responses.update_message(place, message)
