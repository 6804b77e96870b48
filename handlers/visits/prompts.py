"""Prompts: their two buttons, in a message or on Home."""

from bot.operations.debriefs.saved_drafts import Beginning
from bot.operations.visits import plans
from bot.services import Services
from bot.views.visits import prompt as views
from bot.views.visits import visit_messages as planned_views
from handlers import home
from handlers import responses as answers
from handlers.debriefs import form as debriefs
from handlers.requests import Knock
from handlers.responses import Answer


def write(services: Services, knock: Knock) -> Answer:
    """*Write it down*: the debrief of that very visit."""
    planned = plans.planned(services, knock.actor, views.visit_id(knock.body))
    visit = planned.visit
    start = Beginning(
        customer=(visit.customer_id, planned.customer),
        on=min(visit.on, knock.today),
        kind=visit.kind,
        visit_id=visit.id,
        where=home.WHERE if "view" in knock.body else knock.response_url,
    )
    return debriefs.begin(services, knock, start)


def not_held(services: Services, knock: Knock) -> Answer:
    """*It did not happen*: the visit is called off, and what comes now stands in its place."""
    visit_id, on_home = views.visit_id(knock.body), "view" in knock.body
    told_at = "" if on_home else knock.place.ts
    off = plans.call_off(services, knock.actor, visit_id, knock.now, told_at)
    if on_home:
        return home.show(services, knock)
    ahead = off.prospect
    zone = ahead.pm.rhythm.hours.zone
    told = planned_views.called_off(
        off.customer, off.on, ahead.due_on, ahead.next_nudge_at, zone, knock.today
    )
    return answers.nothing().showing(answers.replacing(knock.place, told))
