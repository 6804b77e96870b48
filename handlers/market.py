"""Markets: what an admin says of the workspace's market."""

from bot.operations.suggestions import market as markets
from bot.services import Services
from bot.views.suggestions import market_form as views
from handlers import home
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def open_form(services: Services, knock: Knock) -> Answer:
    """*Your market*, on Home."""
    form = views.form(markets.facts(services, knock.actor), home.WHERE)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def save(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    markets.save(services, knock.actor, views.read(knock.view))
    return home.show(services, knock)
