"""Settings: the form to join or to change them, and its search."""

from slack_sdk.models.views import View

from bot.operations import pms
from bot.services import Services
from bot.views import countries
from bot.views import visits as views
from handlers import answers
from handlers.answers import Answer
from handlers.knocks import Knock


def form(services: Services, knock: Knock, where: str) -> View:
    """The form to join, or the settings of somebody who has; `where` is what to answer to."""
    current = pms.choices(services, knock.actor)
    shown = current or pms.proposed(knock.actor)
    country = pms.country_name(shown)
    zone, joined = knock.actor.zone, current is not None
    return views.join_form(shown, zone, country, joined=joined, where=where)


def find_country(_services: Services, knock: Knock) -> Answer:
    """Countries and parts of them whose name holds what was typed."""
    typed = str(knock.body.get("value") or "")
    return answers.options(countries.options(pms.places(typed), typed))
