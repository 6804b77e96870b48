"""Plans: more of the form, and what can be done with a planned visit."""

from bot.operations.visits import invitations
from bot.operations.visits import plans as operations
from bot.services import Services
from bot.views.customers.fields import read_customer
from bot.views.visits import calendar_file as invitation_views
from bot.views.visits import caps
from bot.views.visits import plan_form as forms
from bot.views.visits import visit_messages as views
from handlers import home
from handlers import responses as answers
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer


def add_more(services: Services, knock: Knock) -> Answer:
    """*Add more*: the same form with all its fields."""
    customer_id, _ = read_customer(knock.view)
    owner = operations.sales_owner(services, knock.actor, customer_id)
    form = forms.unfolded(knock.view, owner)
    return answers.nothing().showing(answers.redrawing(form, knock.view["id"]))


def open_change(services: Services, knock: Knock) -> Answer:
    """*Change*: the form as it was filled in."""
    planned = operations.planned(services, knock.actor, views.visit_id(knock.body))
    form = forms.PlanForm(
        (planned.visit.customer_id, planned.customer),
        knock.today,
        planned.choices,
        planned.visit.on,
        more=True,
        where=home.WHERE if "view" in knock.body else knock.response_url,
        visit_id=planned.visit.id,
        version=planned.version,
        hypothesis=planned.hypothesis,
    )
    return answers.nothing().showing(answers.opening(forms.draw(form), knock.trigger_id))


def change(services: Services, knock: Knock) -> Answer:
    """The form to change a planned visit was submitted."""
    choices, form = forms.read(knock.view), forms.read_form(knock.view)
    assert form.visit_id is not None
    if choices.on < knock.today:
        return answers.errors(forms.errors_past())
    changed = operations.change(
        services, knock.actor, form.visit_id, form.version, choices, knock.now
    )
    if isinstance(changed, caps.OverCap):
        return over(knock, changed)
    if isinstance(changed, operations.Meanwhile):
        stands = changed.stands
        when = views.when(stands.visit.on, stands.choices.at, knock.today)
        return answers.redrawn(forms.meanwhile_form(knock.view, stands.version, when))
    if changed is None:
        return answers.nothing()
    told = views.changed(
        changed.customer,
        changed.visit.on,
        knock.today,
        at=changed.choices.at,
        visit_id=changed.visit.id,
    )
    return reply(services, knock, told)


def over(knock: Knock, over: caps.OverCap) -> Answer:
    """The form asks why a visit is to go over a cap, or says again that it has to be told."""
    if forms.asks_why(knock.view):
        return answers.errors(forms.errors_over(knock.view, over))
    return answers.redrawn(forms.over_form(knock.view, over))


def call_off(services: Services, knock: Knock) -> Answer:
    """*Call off*: what comes now; Home says so itself."""
    off = operations.call_off(services, knock.actor, views.visit_id(knock.body), knock.now)
    ahead = off.prospect
    zone = ahead.pm.rhythm.hours.zone
    told = views.called_off(
        off.customer, off.on, ahead.due_on, ahead.next_nudge_at, zone, knock.today
    )
    if "view" in knock.body:
        return home.show(services, knock)
    url, user_id = knock.response_url, knock.actor.user_id
    return answers.nothing().showing(answers.telling(url, user_id, told))


def add_to_calendar(services: Services, knock: Knock) -> Answer:
    """*Add to calendar*: a file in the conversation with the bot."""
    visit_id, user_id = views.visit_id(knock.body), knock.actor.user_id
    known = invitations.invitation(services, knock.actor, visit_id, knock.now)
    file = answers.File(
        invitation_views.FILE, invitation_views.calendar(known), invitation_views.WITH_IT
    )
    otherwise = answers.telling(knock.response_url, user_id, invitation_views.refused())
    return answers.nothing().showing(answers.handing(user_id, file, otherwise))
