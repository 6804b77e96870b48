"""Handlers for the buttons of a nudge; each updates the message in place."""

from collections.abc import Callable
from functools import wraps

from bot.domain.nudges.rules import InvalidSnooze, Snooze
from bot.errors import NudgeSettled
from bot.operations.debriefs.saved_drafts import DebriefStart
from bot.operations.nudges import scheduling as nudges
from bot.operations.visits import claiming
from bot.services import Services
from bot.views.nudges import message as views
from bot.views.suggestions import dismiss_menu
from bot.views.visits import plan_form as plan_views
from handlers import responses
from handlers.debriefs import form as debriefs
from handlers.requests import SlackRequest
from handlers.responses import Response

Handler = Callable[[Services, SlackRequest], Response]


def open_plan(services: Services, request: SlackRequest) -> Response:
    """Open the plan form with the customer whose button was pressed.

    When another PM was first, update the nudge to say so and to name another customer.
    """
    nudge_id, customer_id = (
        views.parse_nudge_id(request.body),
        views.parse_planned_customer(request.body),
    )
    claimed = claiming.claim(services, request.actor, nudge_id, customer_id, request.now)
    if isinstance(claimed, claiming.AlreadyClaimed):
        message = views.already_claimed_message(
            claimed.nudge, claimed.customer, claimed.holder, another=claimed.has_replacement
        )
        return responses.update_message(request.message_ref, message)
    form = plan_views.render_blank(claimed, request.today, nudge_id, reply_to=request.response_url)
    return responses.open_modal(form, request.trigger_id)


def open_debrief(services: Services, request: SlackRequest) -> Response:
    """Open the debrief form from a nudge."""
    nudge_id = views.parse_nudge_id(request.body)
    nudges.check_own(services, request.actor, nudge_id, request.now)
    start = DebriefStart(nudge_id=nudge_id, reply_to=request.response_url)
    return debriefs.open_form_from(services, request, start)


def unless_closed(handler: Handler) -> Handler:
    """Wrap a handler: a nudge closed by a visit is updated to say so instead."""

    @wraps(handler)
    def press(services: Services, request: SlackRequest) -> Response:
        try:
            return handler(services, request)
        except NudgeSettled:
            message = views.withdrawn_message(views.Withdrawal.VISITED)
            return responses.update_message(request.message_ref, message)

    return press


@unless_closed
def suggest_others(services: Services, request: SlackRequest) -> Response:
    """Suggest other customers in a nudge."""
    shown = nudges.suggest_others(
        services, request.actor, views.parse_nudge_id(request.body), request.now
    )
    return responses.update_message(request.message_ref, views.render_message(shown))


@unless_closed
def dismiss(services: Services, request: SlackRequest) -> Response:
    """Dismiss a suggestion with its reason, and suggest another customer."""
    nudge_id, (customer_id, why) = (
        views.parse_nudge_id(request.body),
        dismiss_menu.parse_dismissal(request.body),
    )
    dismissed = nudges.dismiss(services, request.actor, nudge_id, customer_id, why, request.now)
    message = views.dismissed_message(
        dismissed.nudge, dismissed.customer, dismissed.until, for_all=dismissed.for_all
    )
    return responses.update_message(request.message_ref, message)


@unless_closed
def snooze(services: Services, request: SlackRequest) -> Response:
    """Snooze a nudge and show until when, or open a form for the date."""
    nudge_id, choice = views.parse_nudge_id(request.body), views.parse_snooze(request.body)
    if choice is Snooze.DATE:
        nudges.check_own(services, request.actor, nudge_id, request.now)
        form = views.render_snooze_form(nudge_id, request.today)
        return responses.open_modal(form, request.trigger_id)
    snoozed = nudges.snooze(services, request.actor, nudge_id, choice, request.now)
    return _show_snoozed(snoozed)


def snooze_until(services: Services, request: SlackRequest) -> Response:
    """Snooze a nudge until the date that was submitted."""
    nudge_id, on = views.parse_snooze_nudge_id(request.view), views.parse_snooze_date(request.view)
    try:
        snoozed = nudges.snooze(services, request.actor, nudge_id, Snooze.DATE, request.now, on)
    except InvalidSnooze as error:
        return responses.ack_errors(views.snooze_errors(error))
    return _show_snoozed(snoozed)


@unless_closed
def show_advice(services: Services, request: SlackRequest) -> Response:
    """Show advice against the barrier that was chosen."""
    nudge_id, chosen = views.parse_nudge_id(request.body), views.parse_barrier(request.body)
    shown = nudges.record_barrier(services, request.actor, nudge_id, chosen, request.now)
    return responses.update_message(request.message_ref, views.barrier_message(shown, chosen))


def _show_snoozed(snoozed: nudges.SnoozedNudge) -> Response:
    message = views.snoozed_message(snoozed.nudge.facts, snoozed.back_at, snoozed.zone)
    return responses.update_message(snoozed.nudge.message_ref, message)
