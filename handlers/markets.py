"""Markets: what an admin says of the workspace's market."""

from bot.operations import markets
from bot.services import Services
from bot.views import markets as views
from handlers import answers, home
from handlers.answers import Answer
from handlers.knocks import Knock


def open_form(services: Services, knock: Knock) -> Answer:
    """*Your market*, on Home."""
    form = views.form(markets.facts(services, knock.actor), home.WHERE)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def save(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    markets.save(services, knock.actor, views.read(knock.view))
    return home.show(services, knock)
