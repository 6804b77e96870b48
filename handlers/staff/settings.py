"""The form to join or to change settings, and the handler of its search for countries."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.operations.calendars import feeds as calendars
from bot.operations.notes import offers as notes
from bot.operations.nudges import default_intervals
from bot.operations.staff import pms
from bot.services import Services
from bot.views import calendars as calendar_views
from bot.views import notes as note_views
from bot.views.nudges import default_intervals as default_interval_views
from bot.views.staff import country_field
from bot.views.staff import settings_form as views
from handlers import responses
from handlers.requests import SlackRequest
from handlers.responses import Response


def form(services: Services, request: SlackRequest, where: str) -> View:
    """Build the form to join, or a PM's settings; `where` is the response URL or `FROM_HOME`."""
    current = pms.get_choices(services, request.actor)
    shown = current or pms.default_choices(request.actor)
    country = pms.country_name(shown)
    zone, joined = request.actor.zone, current is not None
    usual = default_intervals.get_defaults(services, request.actor)
    rest = (
        [*_calendar_fields(services, request), *_note_fields(services, request)] if joined else []
    )
    more = [*default_interval_views.default_fields(usual), *rest] if joined else []
    return views.render_join_form(
        shown,
        zone,
        country,
        joined=joined,
        reply_to=where,
        default_days=usual.default_days,
        more_fields=more,
    )


def _calendar_fields(services: Services, request: SlackRequest) -> Sequence[Block]:
    if not calendars.is_available(services):
        return ()
    return calendar_views.calendar_fields(
        calendars.get_connected_feed(services, request.actor), request.now
    )


def _note_fields(services: Services, request: SlackRequest) -> Sequence[Block]:
    return () if notes.is_enabled(services, request.actor) else note_views.resume_fields()


def find_country(_services: Services, request: SlackRequest) -> Response:
    """Find countries, and parts of them, whose name contains what was typed."""
    typed = str(request.body.get("value") or "")
    return responses.ack_options(country_field.options(pms.search_countries(typed), typed))
