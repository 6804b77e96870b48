"""Workarounds: the list, the form to change one, and *I have told them*."""

from bot.errors import BothFixed
from bot.operations.workarounds import changes as operations
from bot.operations.workarounds import fix_notices as fixes
from bot.services import Services
from bot.views.workarounds import fix_notice as fix_views
from bot.views.workarounds import form as forms
from bot.views.workarounds import overview as views
from handlers import responses as answers
from handlers.requests import Knock
from handlers.responses import Answer


def show(services: Services, knock: Knock) -> Answer:
    """*Workarounds*, on Home."""
    page = operations.page(services, knock.actor, "", knock.now)
    return answers.nothing().showing(answers.opening(views.page(page), knock.trigger_id))


def search(services: Services, knock: Knock) -> Answer:
    """*Search*: the list of those that hold the words."""
    words = views.read_words(knock.view)
    return answers.redrawn(views.page(operations.page(services, knock.actor, words, knock.now)))


def open_form(services: Services, knock: Knock) -> Answer:
    """*Change*: a form on top of the list."""
    known = operations.form(services, knock.actor, views.workaround_id(knock.body))
    form = forms.form(known, views.words(knock.view))
    return answers.nothing().showing(answers.pushing(form, knock.trigger_id))


def keep(services: Services, knock: Knock) -> Answer:
    """The form was submitted: the list below it is drawn anew."""
    wish = forms.read(knock.view)
    try:
        meanwhile = operations.change(services, knock.actor, wish, knock.now)
    except BothFixed as error:
        return answers.errors(forms.errors_same(str(error)))
    if meanwhile:
        return answers.redrawn(forms.meanwhile(meanwhile, knock.view))
    below = knock.view.get("previous_view_id")
    page = operations.page(services, knock.actor, views.words(knock.view), knock.now)
    shown = [answers.redrawing_below(views.page(page), below)] if below else []
    return answers.nothing().showing(*shown)


def find_same(services: Services, knock: Knock) -> Answer:
    """Those that a workaround may be the same as."""
    typed, workaround_id = str(knock.body.get("value") or ""), forms.of_form(knock.view)
    return answers.options(
        forms.options(*operations.others(services, knock.actor, workaround_id, typed))
    )


def told(services: Services, knock: Knock) -> Answer:
    """*I have told them*."""
    ask_id, place = fix_views.ask_id(knock.body), knock.place
    message = fixes.told(services, knock.actor, ask_id, place.ts, knock.now)
    return answers.nothing().showing(answers.replacing(place, message))
