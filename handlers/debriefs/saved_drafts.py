"""Handlers that save a debrief as it is typed, and resume or discard it."""

from datetime import UTC, datetime

from bot.domain.debriefs.rules import SavedDraft
from bot.operations.debriefs import saved_drafts
from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.services import Services
from bot.views import form_fields
from bot.views.debriefs import form as debrief_views
from bot.views.debriefs import saved_drafts as views
from handlers import home, responses
from handlers.requests import SlackRequest, ephemeral_url
from handlers.responses import Response


def save_typed(services: Services, request: SlackRequest) -> Response:
    """Save what has been typed into the form so far."""
    saved_drafts.save(services, request.actor, saved_draft(request))
    return responses.acknowledge()


def saved_draft(request: SlackRequest) -> SavedDraft:
    """Return the contents of the form whose field or button was used."""
    at = datetime.fromtimestamp(float(request.body["actions"][0]["action_ts"]), UTC)
    return debrief_views.parse_saved_draft(request.view, at, request.now)


def offer_draft(services: Services, request: SlackRequest) -> Response:
    """Offer the saved draft of a form that was closed, in the place where it was opened."""
    draft = saved_drafts.get(services, request.actor, debrief_views.parse_session(request.view).key)
    if draft is None:
        return responses.acknowledge()
    if form_fields.get_reply_to(request.view) == home.FROM_HOME:
        return home.show(services, request)
    url = ephemeral_url(request.body)
    # Without a response URL it would be a message that nobody asked for; Home shows the draft.
    return responses.send_ephemeral(url, "", views.form_closed_message(draft))


def resume(services: Services, request: SlackRequest) -> Response:
    """Open the form with the saved draft."""
    key = views.parse_key(request.body)
    if saved_drafts.get(services, request.actor, key) is None:
        return _tell_missing(services, request)
    start = DebriefStart(key=key, reply_to=_where(request))
    form = saved_drafts.begin(services, request.actor, start, request.now)
    return responses.open_modal(debrief_views.render_form(form), request.trigger_id)


def discard(services: Services, request: SlackRequest) -> Response:
    """Discard the saved draft."""
    saved_drafts.remove(services, request.actor, views.parse_key(request.body))
    if _where(request) == home.FROM_HOME:
        return home.show(services, request)
    return responses.replace_message(request.response_url, views.discarded_message())


def start_another(services: Services, request: SlackRequest) -> Response:
    """Push an empty form on top of the one with the saved draft."""
    start = DebriefStart(reply_to=form_fields.get_reply_to(request.view), ignore_saved=True)
    form = saved_drafts.begin(services, request.actor, start, request.now)
    return responses.push_modal(debrief_views.render_form(form), request.trigger_id)


def _tell_missing(services: Services, request: SlackRequest) -> Response:
    if _where(request) == home.FROM_HOME:
        return home.show(services, request)
    return responses.replace_message(request.response_url, views.no_longer_saved_message())


def _where(request: SlackRequest) -> str:
    return home.FROM_HOME if "view" in request.body else request.response_url
