"""Home: the app's own tab and its buttons."""

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
from handlers import responses as answers
from handlers.requests import Knock, Malformed, named
from handlers.responses import Answer
from handlers.staff import settings

# What a form opened from Home carries where others carry a response URL.
WHERE = "home"


def opened(services: Services, knock: Knock) -> Answer:
    """Somebody looks at the app; its Messages tab raises the same event."""
    if knock.body["event"].get("tab") != "home":
        return answers.nothing()
    return show(services, knock)


def show(services: Services, knock: Knock) -> Answer:
    """The actor's Home as it is now."""
    facts = home.facts(services, knock.actor, knock.now)
    view = views.home(facts) if facts else views.welcome(admin=Role.ADMIN in knock.actor.roles)
    return answers.nothing().showing(answers.publishing(view, knock.actor.user_id))


def turned_away(knock: Knock, refusal: Refusal) -> Answer:
    """One polite line for somebody whom the bot does not serve."""
    if knock.body["event"].get("tab") != "home":
        return answers.nothing()
    view = views.turned_away(refusal)
    return answers.nothing().showing(answers.publishing(view, knock.actor.user_id))


def where_you_have_been(services: Services, knock: Knock) -> Answer:
    """*Where you have been*: the PM's coverage, drawn."""
    view = coverage_views.picture(coverage.facts(services, knock.actor, knock.now))
    return answers.nothing().showing(answers.opening(view, knock.trigger_id))


def earlier(services: Services, knock: Knock) -> Answer:
    """*Earlier ones*: all that the actor has heard."""
    view = views.earlier(home.heard(services, knock.actor), knock.today)
    return answers.nothing().showing(answers.opening(view, knock.trigger_id))


def plan(_services: Services, knock: Knock) -> Answer:
    """*Plan a visit*."""
    form = plan_views.form(None, knock.today, where=WHERE)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def join(services: Services, knock: Knock) -> Answer:
    """*Join*, or *Settings* of somebody who has joined."""
    form = settings.form(services, knock, WHERE)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def quiet(services: Services, knock: Knock) -> Answer:
    """Slack says when somebody wants no notifications."""
    event, user_id = knock.body["event"], named(knock.kind, knock.body)[1]
    said = event.get("dnd_status")
    if not isinstance(said, Mapping) or not user_id:
        raise Malformed
    away.heard(services, knock.actor.workspace_id, user_id, said, knock.now)
    return answers.nothing()


def changed(services: Services, knock: Knock) -> Answer:
    """Slack describes a user anew: a guest, a zone, a vacation, an account that was closed."""
    staff.keep(services, knock.actor.workspace_id, knock.body["event"]["user"], knock.now)
    return answers.nothing()
