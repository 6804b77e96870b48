"""Handlers for the two buttons of a prompt for a debrief, in a message or on Home."""

from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.operations.visits import plans
from bot.services import Services
from bot.views.visits import prompt as views
from bot.views.visits import visit_messages
from handlers import home, responses
from handlers.debriefs import form as debriefs
from handlers.requests import SlackRequest
from handlers.responses import Response


def open_debrief(services: Services, request: SlackRequest) -> Response:
    """Open the debrief form for the prompt's own visit."""
    planned = plans.get_planned(services, request.actor, views.parse_visit_id(request.body))
    visit = planned.visit
    start = DebriefStart(
        customer=(visit.customer_id, planned.customer),
        on=min(visit.on, request.today),
        kind=visit.kind,
        visit_id=visit.id,
        reply_to=home.FROM_HOME if "view" in request.body else request.response_url,
    )
    return debriefs.open_form_from(services, request, start)


def mark_not_held(services: Services, request: SlackRequest) -> Response:
    """Call off a visit that did not happen, and show what is due next in its place."""
    visit_id, on_home = views.parse_visit_id(request.body), "view" in request.body
    message_ts = "" if on_home else request.message_ref.ts
    called_off = plans.call_off(services, request.actor, visit_id, request.now, message_ts)
    if on_home:
        return home.show(services, request)
    ahead = called_off.schedule
    zone = ahead.pm.settings.hours.zone
    message = visit_messages.cancelled_message(
        called_off.customer, called_off.on, ahead.due_on, ahead.next_nudge_at, zone, request.today
    )
    return responses.update_message(request.message_ref, message)
