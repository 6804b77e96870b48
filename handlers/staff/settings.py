"""Settings: the form to join or to change them, and its search."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.operations import notes
from bot.operations.calendars import feeds as calendars
from bot.operations.nudges import default_intervals as defaults
from bot.operations.staff import pms
from bot.services import Services
from bot.views import calendars as feeds
from bot.views import notes as note_views
from bot.views.nudges import default_intervals as default_views
from bot.views.staff import country_field as countries
from bot.views.staff import settings_form as views
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def form(services: Services, knock: Knock, where: str) -> View:
    """The form to join, or the settings of somebody who has; `where` is what to answer to."""
    current = pms.choices(services, knock.actor)
    shown = current or pms.proposed(knock.actor)
    country = pms.country_name(shown)
    zone, joined = knock.actor.zone, current is not None
    usual = defaults.shown(services, knock.actor)
    rest = [*_calendar(services, knock), *_notes(services, knock)] if joined else []
    more = [*default_views.default_fields(usual), *rest] if joined else []
    return views.join_form(
        shown, zone, country, joined=joined, where=where, usual_days=usual.usual_days, more=more
    )


def _calendar(services: Services, knock: Knock) -> Sequence[Block]:
    if not calendars.offered(services):
        return ()
    return feeds.calendar_fields(calendars.shown(services, knock.actor), knock.now)


def _notes(services: Services, knock: Knock) -> Sequence[Block]:
    return () if notes.wanted(services, knock.actor) else note_views.again_fields()


def find_country(_services: Services, knock: Knock) -> Answer:
    """Countries and parts of them whose name holds what was typed."""
    typed = str(knock.body.get("value") or "")
    return answers.options(countries.options(pms.places(typed), typed))
