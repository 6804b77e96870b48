"""Hypotheses: the list on Home, stating one, looking at one, settling it, and the search."""

from bot.errors import StatedAlready
from bot.operations import hypotheses as operations
from bot.services import Services
from bot.views.hypotheses import fields as select_views
from bot.views.hypotheses import modals as views
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def show(services: Services, knock: Knock) -> Answer:
    """*Hypotheses*, on Home."""
    page = operations.page(services, knock.actor, knock.now)
    return answers.nothing().showing(answers.opening(views.page(page), knock.trigger_id))


def open_form(_services: Services, knock: Knock) -> Answer:
    """*State one*: a form on top of the list."""
    return answers.nothing().showing(answers.pushing(views.form(), knock.trigger_id))


def state(services: Services, knock: Knock) -> Answer:
    """The form was submitted: the list below it is drawn anew."""
    belief, measure = views.read(knock.view)
    try:
        operations.state(services, knock.actor, belief, measure, knock.now)
    except StatedAlready as error:
        return answers.errors(views.errors(str(error)))
    return _listed(services, knock)


def look(services: Services, knock: Knock) -> Answer:
    """*Look*: one of them, with the visits behind it, on top of the list."""
    id = views.hypothesis_id(knock.body)
    view = views.look(operations.look(services, knock.actor, id, knock.now))
    return answers.nothing().showing(answers.pushing(view, knock.trigger_id))


def change(services: Services, knock: Knock) -> Answer:
    """How one would know was said, or it was settled."""
    operations.change(services, knock.actor, views.read_wish(knock.view), knock.now)
    return _listed(services, knock)


def find(services: Services, knock: Knock) -> Answer:
    """Open hypotheses that hold what was typed."""
    typed = str(knock.body.get("value") or "")
    found = operations.find(services, knock.actor, typed)
    return answers.options(select_views.options(found, typed))


def _listed(services: Services, knock: Knock) -> Answer:
    below = knock.view.get("previous_view_id")
    if not below:
        return answers.nothing()
    view = views.page(operations.page(services, knock.actor, knock.now))
    return answers.nothing().showing(answers.redrawing_below(view, below))
