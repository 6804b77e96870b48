"""Handlers for the one question after unanswered nudges, and the form that stops them."""

from bot.domain.working_time import local_date
from bot.operations.nudges import question as operations
from bot.operations.nudges import scheduling as nudges
from bot.services import Services
from bot.views.nudges import message as nudge_views
from bot.views.nudges import question as views
from bot.views.staff import settings_form as visit_views
from handlers import responses
from handlers.nudges.buttons import unless_closed
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response


@unless_closed
def keep_going(services: Services, request: SlackRequest) -> Response:
    """Continue at the same interval: show the nudge itself, with customers to see."""
    nudge_id = nudge_views.parse_nudge_id(request.body)
    nudge = operations.keep_going(services, request.actor, nudge_id, request.now)
    return responses.update_message(request.message_ref, nudge_views.render_message(nudge))


@unless_closed
def widen_interval(services: Services, request: SlackRequest) -> Response:
    """Set the longer interval that was chosen."""
    nudge_id = nudge_views.parse_nudge_id(request.body)
    days = views.parse_interval(request.body)
    widened = operations.less_often(services, request.actor, nudge_id, days, request.now)
    today = local_date(request.now, widened.zone)
    message = views.less_often_message(
        widened.interval_days, widened.next_nudge_at, widened.zone, today
    )
    return responses.update_message(request.message_ref, message)


def open_snooze_form(services: Services, request: SlackRequest) -> Response:
    """Open the form for the date of the next nudge."""
    nudge_id = nudge_views.parse_nudge_id(request.body)
    nudges.check_own(services, request.actor, nudge_id, request.now)
    form = nudge_views.render_snooze_form(nudge_id, request.today)
    return responses.open_modal(form, request.trigger_id)


def open_stop_form(services: Services, request: SlackRequest) -> Response:
    """Open the form that asks why nudges should stop."""
    nudge_id = nudge_views.parse_nudge_id(request.body)
    nudges.check_own(services, request.actor, nudge_id, request.now)
    return responses.open_modal(views.render_stop_form(nudge_id), request.trigger_id)


def stop_nudges(services: Services, request: SlackRequest) -> Response:
    """Stop the PM's nudges, for the reason that was submitted."""
    nudge_id, why = views.parse_stop_nudge_id(request.view), views.parse_barrier(request.view)
    message_ref = operations.stop(services, request.actor, nudge_id, why, request.now)
    if message_ref is None:
        return reply(services, request, visit_views.left_message())
    return responses.update_message(message_ref, visit_views.left_message())
