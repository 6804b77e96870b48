"""Handlers for Home, its buttons, and events about users."""

from collections.abc import Mapping

from bot.domain.staff.access import Refusal, Role
from bot.operations.home import overview as home
from bot.operations.nudges import away
from bot.operations.staff import directory as staff
from bot.operations.suggestions import coverage
from bot.services import Services
from bot.views import home as views
from bot.views.suggestions import coverage as coverage_views
from bot.views.visits import plan_form as plan_views
from handlers import responses
from handlers.requests import Malformed, SlackRequest, route_key
from handlers.responses import Response
from handlers.staff import settings

# Stored in a form opened from Home, in place of a response URL.
FROM_HOME = "home"


def app_home_opened(services: Services, request: SlackRequest) -> Response:
    """Publish Home when its tab is opened; the Messages tab raises the same event."""
    if request.body["event"].get("tab") != "home":
        return responses.acknowledge()
    return show(services, request)


def show(services: Services, request: SlackRequest) -> Response:
    """Publish the actor's Home as it is now."""
    facts = home.get_facts(services, request.actor, request.now)
    view = (
        views.render_home(facts)
        if facts
        else views.render_welcome(admin=Role.ADMIN in request.actor.roles)
    )
    return responses.publish_home(view, request.actor.user_id)


def show_refusal(request: SlackRequest, refusal: Refusal) -> Response:
    """Publish one polite line as the Home of a user without access."""
    if request.body["event"].get("tab") != "home":
        return responses.acknowledge()
    view = views.render_refusal(refusal)
    return responses.publish_home(view, request.actor.user_id)


def show_coverage(services: Services, request: SlackRequest) -> Response:
    """Open a modal with the PM's coverage as a chart."""
    view = coverage_views.render_coverage(coverage.get_facts(services, request.actor, request.now))
    return responses.open_modal(view, request.trigger_id)


def show_earlier(services: Services, request: SlackRequest) -> Response:
    """Open a modal with the actor's earlier debriefs."""
    view = views.render_earlier(home.list_debriefs(services, request.actor), request.today)
    return responses.open_modal(view, request.trigger_id)


def open_plan(_services: Services, request: SlackRequest) -> Response:
    """Open the plan form from Home."""
    form = plan_views.render_blank(None, request.today, reply_to=FROM_HOME)
    return responses.open_modal(form, request.trigger_id)


def open_settings(services: Services, request: SlackRequest) -> Response:
    """Open the form to join, or the settings of a PM."""
    form = settings.form(services, request, FROM_HOME)
    return responses.open_modal(form, request.trigger_id)


def dnd_updated_user(services: Services, request: SlackRequest) -> Response:
    """Save when a user wants no notifications, as Slack reports it."""
    event, user_id = request.body["event"], route_key(request.kind, request.body)[1]
    status = event.get("dnd_status")
    if not isinstance(status, Mapping) or not user_id:
        raise Malformed
    away.save_dnd_status(services, request.actor.workspace_id, user_id, status, request.now)
    return responses.acknowledge()


def user_change(services: Services, request: SlackRequest) -> Response:
    """Save a user as Slack describes them: guest, zone, vacation status, deactivation."""
    staff.save(services, request.actor.workspace_id, request.body["event"]["user"], request.now)
    return responses.acknowledge()
