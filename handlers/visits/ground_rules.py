"""Ground rules: the form to prepare a visit, and the sales owner's two buttons."""

from bot.domain.visits.ground_rules import Reply
from bot.errors import CannotBeAsked
from bot.operations.visits import ground_rules as operations
from bot.services import Services
from bot.views import form_fields as fields
from bot.views.visits import ground_rules as views
from handlers import home
from handlers import responses as answers
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer


def prepare(services: Services, knock: Knock) -> Answer:
    """*Prepare*: the form."""
    known = operations.facts(services, knock.actor, views.visit_id(knock.body))
    where = home.WHERE if "view" in knock.body else knock.response_url
    return answers.nothing().showing(answers.opening(views.form(known, where), knock.trigger_id))


def keep(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    known = operations.keep(services, knock.actor, *views.read(knock.view))
    return reply(services, knock, views.kept(known))


def ask(services: Services, knock: Knock) -> Answer:
    """*Ask* the sales owner: what stands in the form is kept, and they are asked about it."""
    visit_id, agenda, done = views.read(knock.view)
    known = operations.keep(services, knock.actor, visit_id, agenda, done)
    note = ""
    try:
        asked = views.read_asked(knock.body)
        known = operations.ask(services, knock.actor, visit_id, asked, knock.now)
    except CannotBeAsked as error:
        note = str(error)
    form = views.form(known, fields.where(knock.view), note)
    return answers.nothing().showing(answers.redrawing(form, knock.view["id"]))


def fine(services: Services, knock: Knock) -> Answer:
    """*Fine with me*."""
    return _answer(services, knock, Reply.FINE)


def talk(services: Services, knock: Knock) -> Answer:
    """*Let us talk*."""
    return _answer(services, knock, Reply.TALK)


def _answer(services: Services, knock: Knock, said: Reply) -> Answer:
    visit_id = views.visit_id(knock.body)
    told = operations.answer(services, knock.actor, visit_id, said, knock.now)
    message = views.answered(told.pm, told.customer, told.reply)
    return answers.nothing().showing(answers.replacing(knock.place, message))
