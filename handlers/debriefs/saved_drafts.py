"""Unfinished debriefs: kept while they are typed, and gone on with."""

from datetime import UTC, datetime

from bot.domain.debriefs.rules import Unfinished
from bot.operations.debriefs import saved_drafts as unfinished
from bot.operations.debriefs.saved_drafts import Beginning
from bot.services import Services
from bot.views import form_fields as fields
from bot.views.debriefs import form as debrief_views
from bot.views.debriefs import saved_drafts as views
from handlers import home
from handlers import responses as answers
from handlers.requests import Knock, whisper_url
from handlers.responses import Answer


def typed(services: Services, knock: Knock) -> Answer:
    """Slack tells what has been typed into the form so far."""
    unfinished.keep(services, knock.actor, words(knock))
    return answers.nothing()


def words(knock: Knock) -> Unfinished:
    """What stands in the form whose field or button was used."""
    at = datetime.fromtimestamp(float(knock.body["actions"][0]["action_ts"]), UTC)
    return debrief_views.unfinished(knock.view, at, knock.now)


def closed(services: Services, knock: Knock) -> Answer:
    """The form was closed: what was typed is offered again, where it was opened."""
    left = unfinished.left(services, knock.actor, debrief_views.sheet(knock.view).key)
    if left is None:
        return answers.nothing()
    if fields.where(knock.view) == home.WHERE:
        return home.show(services, knock)
    url = whisper_url(knock.body)
    # Without an address it would be a message that nobody asked for: Home has it.
    return answers.nothing().showing(answers.telling(url, "", views.closed(left)))


def go_on(services: Services, knock: Knock) -> Answer:
    """*Go on writing*."""
    key = views.key(knock.body)
    if unfinished.left(services, knock.actor, key) is None:
        return _no_longer(services, knock)
    start = Beginning(key=key, where=_where(knock))
    form = unfinished.begin(services, knock.actor, start, knock.now)
    return answers.nothing().showing(answers.opening(debrief_views.form(form), knock.trigger_id))


def throw_away(services: Services, knock: Knock) -> Answer:
    """*Throw away*."""
    unfinished.throw_away(services, knock.actor, views.key(knock.body))
    if _where(knock) == home.WHERE:
        return home.show(services, knock)
    return answers.nothing().showing(answers.instead(knock.response_url, views.thrown_away()))


def afresh(services: Services, knock: Knock) -> Answer:
    """*Begin another one*: an empty form on top of the one that was left."""
    start = Beginning(where=fields.where(knock.view), afresh=True)
    form = unfinished.begin(services, knock.actor, start, knock.now)
    return answers.nothing().showing(answers.pushing(debrief_views.form(form), knock.trigger_id))


def _no_longer(services: Services, knock: Knock) -> Answer:
    if _where(knock) == home.WHERE:
        return home.show(services, knock)
    return answers.nothing().showing(answers.instead(knock.response_url, views.no_longer()))


def _where(knock: Knock) -> str:
    return home.WHERE if "view" in knock.body else knock.response_url
