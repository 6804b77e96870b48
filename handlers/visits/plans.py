"""Handlers for the rest of the plan form, and for changing or cancelling a planned visit."""

from bot.domain.visits.caps import OverCap
from bot.operations.visits import invitations
from bot.operations.visits import plans as operations
from bot.services import Services
from bot.views.customers.fields import parse_customer
from bot.views.visits import calendar_file
from bot.views.visits import plan_form as forms
from bot.views.visits import visit_messages as views
from handlers import home, responses
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


def add_more(services: Services, request: SlackRequest) -> Response:
    """Expand the form to all its fields."""
    customer_id, _ = parse_customer(request.view)
    owner = operations.get_last_sales_owner(services, request.actor, customer_id)
    form = forms.render_expanded(request.view, owner)
    return responses.update_modal(form, request.view["id"])


def open_change(services: Services, request: SlackRequest) -> Response:
    """Open the form of a planned visit, as it was filled in."""
    planned_visit = operations.get_planned(
        services, request.actor, views.parse_visit_id(request.body)
    )
    form = forms.PlanForm(
        (planned_visit.visit.customer_id, planned_visit.customer),
        request.today,
        planned_visit.choices,
        planned_visit.visit.on,
        expanded=True,
        reply_to=home.FROM_HOME if "view" in request.body else request.response_url,
        visit_id=planned_visit.visit.id,
        version=planned_visit.version,
        hypothesis=planned_visit.hypothesis,
    )
    return responses.open_modal(forms.render_form(form), request.trigger_id)


def change(services: Services, request: SlackRequest) -> Response:
    """Save the changed plan that was submitted."""
    wanted = forms.parse_change(request.view)
    if wanted.choices.on < request.today:
        return responses.ack_errors(forms.past_date_errors())
    changed = operations.change(
        services, request.actor, wanted.visit_id, wanted.version, wanted.choices, request.now
    )
    if isinstance(changed, OverCap):
        return over_cap_response(request, changed)
    if isinstance(changed, operations.PlanConflict):
        current = changed.current
        when = views.when_text(current.visit.on, current.choices.at, request.today)
        return responses.ack_update(forms.render_conflict(request.view, current.version, when))
    if changed is None:
        return responses.acknowledge()
    message = views.changed_message(
        changed.customer,
        changed.visit.on,
        request.today,
        at=changed.choices.at,
        visit_id=changed.visit.id,
    )
    return reply(services, request, message)


def over_cap_response(request: SlackRequest, over_cap: OverCap) -> Response:
    """Update the form to ask why the visit may go over a cap; if it asked, return an error."""
    if forms.has_reason_field(request.view):
        return responses.ack_errors(forms.over_cap_errors(request.view, over_cap))
    return responses.ack_update(forms.render_over_cap(request.view, over_cap))


def call_off(services: Services, request: SlackRequest) -> Response:
    """Call off a visit and send what is due next; on Home, publish Home instead."""
    called_off = operations.call_off(
        services, request.actor, views.parse_visit_id(request.body), request.now
    )
    ahead = called_off.schedule
    zone = ahead.pm.settings.hours.zone
    message = views.cancelled_message(
        called_off.customer, called_off.on, ahead.due_on, ahead.next_nudge_at, zone, request.today
    )
    if "view" in request.body:
        return home.show(services, request)
    url, user_id = request.response_url, request.actor.user_id
    return responses.send_ephemeral(url, user_id, message)


def add_to_calendar(services: Services, request: SlackRequest) -> Response:
    """Send a calendar file in the direct message with the bot."""
    visit_id, user_id = views.parse_visit_id(request.body), request.actor.user_id
    known = invitations.get_invitation(services, request.actor, visit_id, request.now)
    file = responses.File(
        calendar_file.FILE_NAME, calendar_file.render_ics(known), calendar_file.FILE_COMMENT
    )
    refused = calendar_file.upload_refused_message()
    return responses.send_file(request.response_url, user_id, file, refused)
