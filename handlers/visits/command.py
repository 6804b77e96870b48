"""Handlers for `/visit` and its subcommands, and for the forms to join and to plan a visit."""

from collections.abc import Callable, Mapping
from functools import partial

from bot.domain.nudges.away import InvalidPause, parse_pause
from bot.domain.staff.access import Role
from bot.domain.staff.pms import SettingsChange
from bot.domain.visits.caps import OverCap
from bot.domain.working_time import local_date
from bot.errors import ChannelRefused, FeedRefused, NotJoined
from bot.operations.nudges import away, why
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import pms
from bot.operations.staff import settings as settings_operations
from bot.operations.staff.pms import PmSchedule
from bot.operations.visits import booking as operations
from bot.services import Services
from bot.views import calendars as calendar_views
from bot.views import notes as note_views
from bot.views.block_kit import Message
from bot.views.nudges import away as away_views
from bot.views.nudges import default_intervals as default_interval_views
from bot.views.nudges import message as nudge_views
from bot.views.nudges import why as why_views
from bot.views.staff import refusals
from bot.views.staff import settings_form as views
from bot.views.visits import plan_form, visit_messages
from handlers import responses
from handlers.replies import reply
from handlers.requests import SlackRequest
from handlers.responses import Response
from handlers.staff import settings
from handlers.visits.plans import over_cap_response


def run_command(services: Services, request: SlackRequest) -> Response:
    """Run the subcommand typed after `/visit`."""
    subcommand = request.text.split()[0].lower() if request.text else "help"
    handler = SUBCOMMANDS.get(subcommand)
    if handler is None:
        return responses.ack_ephemeral(refusals.unknown_command_text("/visit"))
    if subcommand not in OPEN_SUBCOMMANDS and Role.PM not in request.actor.roles:
        return responses.ack_ephemeral(views.not_joined_message())
    return handler(services, request)


def usage(_services: Services, _request: SlackRequest) -> Response:
    """Show what `/visit` can do."""
    return responses.ack_ephemeral(views.usage())


def open_join(services: Services, request: SlackRequest) -> Response:
    """Open the form to join, or the settings of a PM."""
    form = settings.form(services, request, request.response_url)
    return responses.open_modal(form, request.trigger_id)


def join(services: Services, request: SlackRequest) -> Response:
    """Save the submitted form: join, or change the settings."""
    wanted = SettingsChange(
        views.parse_join(request.view),
        calendar_views.parse_change(request.view),
        default_interval_views.parse_change(request.view),
        note_views.parse_resume(request.view),
    )
    if views.is_settings(request.view) and Role.PM not in request.actor.roles:
        raise NotJoined
    try:
        joined = settings_operations.save(services, request.actor, wanted, request.now)
    except ChannelRefused as error:
        return responses.ack_errors(views.channel_errors(error.fault))
    except FeedRefused as error:
        return responses.ack_errors(calendar_views.address_errors(error.fault))
    if not joined.changed:
        return responses.acknowledge()
    render = views.joined_message if joined.new else views.saved_message
    return reply(services, request, _render_schedule(render, joined.schedule, request))


def leave(services: Services, request: SlackRequest) -> Response:
    """Stop the PM's nudges."""
    pms.leave(services, request.actor)
    return responses.ack_ephemeral(views.left_message())


def show_next(services: Services, request: SlackRequest) -> Response:
    """Show when the next visit and nudge are due."""
    schedule = pms.get_schedule(services, request.actor, request.now)
    names = operations.customer_names(services, request.actor, schedule.booked[:1])
    booked = (names[0], schedule.booked[0].on) if names else None
    zone = schedule.pm.settings.hours.zone
    today = local_date(request.now, zone)
    because = away_views.absence_text(
        schedule.away, schedule.pm.paused_until, schedule.holiday, today
    )
    return responses.ack_ephemeral(
        views.next_visit_message(
            schedule.due_on, schedule.next_nudge_at, zone, today, booked, because
        )
    )


def explain(services: Services, request: SlackRequest) -> Response:
    """Explain why the PM did or did not get a nudge."""
    return responses.ack_ephemeral(
        why_views.render_why(why.get_facts(services, request.actor, request.now))
    )


def pause(services: Services, request: SlackRequest) -> Response:
    """Pause nudges until the date typed after `/visit pause`."""
    words = request.text.split(maxsplit=1)[1:]
    try:
        paused = away.pause(services, request.actor, " ".join(words), request.now)
    except InvalidPause as error:
        return responses.ack_ephemeral(away_views.refused_message(error))
    return responses.ack_ephemeral(
        _render_schedule(partial(away_views.paused_message, paused.until), paused.schedule, request)
    )


def snooze(services: Services, request: SlackRequest) -> Response:
    """Snooze the latest nudge until the date typed after `/visit snooze`, or tomorrow."""
    words = " ".join(request.text.split()[1:]) or "tomorrow"
    try:
        on = parse_pause(words, request.today)
        snoozed = nudges.snooze_latest(services, request.actor, on, request.now)
    except InvalidPause as error:
        return responses.ack_ephemeral(away_views.refused_message(error, "/visit snooze"))
    if snoozed is None:
        return responses.ack_ephemeral(nudge_views.nothing_to_snooze())
    confirmation = nudge_views.snoozed_text(snoozed.back_at, snoozed.zone, request.today)
    message = nudge_views.snoozed_message(snoozed.nudge.facts, snoozed.back_at, snoozed.zone)
    return responses.ack_ephemeral(confirmation).with_followups(
        responses.update_message(snoozed.nudge.message_ref, message)
    )


def resume(services: Services, request: SlackRequest) -> Response:
    """End the PM's pause."""
    schedule = away.resume(services, request.actor, request.now)
    back_on = schedule.pm.paused_until
    because = away_views.absence_text(schedule.away, back_on, None, request.today)
    return responses.ack_ephemeral(
        _render_schedule(partial(away_views.resumed_message, because), schedule, request)
    )


def open_plan(_services: Services, request: SlackRequest) -> Response:
    """Open the plan form."""
    form = plan_form.render_blank(None, request.today, reply_to=request.response_url)
    return responses.open_modal(form, request.trigger_id)


def plan(services: Services, request: SlackRequest) -> Response:
    """Book the visit that was submitted."""
    choices = plan_form.parse_plan(request.view)
    if choices.on < request.today:
        return responses.ack_errors(plan_form.past_date_errors())
    planned = operations.book(services, request.actor, choices, request.form_key, request.now)
    if planned is None:
        return responses.acknowledge()
    if isinstance(planned, OverCap):
        return over_cap_response(request, planned)
    visit = planned.visit
    message = visit_messages.planned_message(
        planned.customer,
        visit.on,
        request.today,
        at=visit.start_time(request.actor.zone),
        visit_id=visit.id,
    )
    if planned.nudge is None:
        return reply(services, request, message)
    return responses.update_message(planned.nudge.message_ref, message)


def _render_schedule(
    render: Callable[..., Message], schedule: PmSchedule, request: SlackRequest
) -> Message:
    zone = schedule.pm.settings.hours.zone
    return render(schedule.due_on, schedule.next_nudge_at, zone, local_date(request.now, zone))


SUBCOMMANDS: Mapping[str, Callable[[Services, SlackRequest], Response]] = {
    "help": usage,
    "join": open_join,
    "settings": open_join,
    "plan": open_plan,
    "next": show_next,
    "why": explain,
    "snooze": snooze,
    "pause": pause,
    "resume": resume,
    "leave": leave,
}
OPEN_SUBCOMMANDS = frozenset({"help", "join"})
