"""The one question: its buttons, and the form that ends the nudges."""

from bot.domain.working_time import local_date
from bot.operations.nudges import question as operations
from bot.operations.nudges import scheduling as nudges
from bot.services import Services
from bot.views.nudges import message as nudge_views
from bot.views.nudges import question as views
from bot.views.staff import settings_form as visit_views
from handlers import responses as answers
from handlers.nudges.buttons import unless_settled
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer


@unless_settled
def keep_going(services: Services, knock: Knock) -> Answer:
    """*Keep going*: the nudge itself, with customers to see."""
    nudge_id = nudge_views.nudge_id(knock.body)
    message = operations.keep_going(services, knock.actor, nudge_id, knock.now)
    return answers.nothing().showing(answers.replacing(knock.place, message))


@unless_settled
def less_often(services: Services, knock: Knock) -> Answer:
    """*Every month instead*, or whatever comes next."""
    nudge_id = nudge_views.nudge_id(knock.body)
    days = views.read_less_often(knock.body)
    widened = operations.less_often(services, knock.actor, nudge_id, days, knock.now)
    today = local_date(knock.now, widened.zone)
    told = views.less_often(widened.interval_days, widened.next_nudge_at, widened.zone, today)
    return answers.nothing().showing(answers.replacing(knock.place, told))


def later(services: Services, knock: Knock) -> Answer:
    """*Later*: the form for a date."""
    nudge_id = nudge_views.nudge_id(knock.body)
    nudges.look(services, knock.actor, nudge_id, knock.now)
    form = nudge_views.snooze_form(nudge_id, knock.today)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def stop(services: Services, knock: Knock) -> Answer:
    """*Stop*: the form that asks why."""
    nudge_id = nudge_views.nudge_id(knock.body)
    nudges.look(services, knock.actor, nudge_id, knock.now)
    return answers.nothing().showing(answers.opening(views.stop_form(nudge_id), knock.trigger_id))


def stopped(services: Services, knock: Knock) -> Answer:
    """The form that ends the nudges was submitted."""
    nudge_id, why = views.stop_nudge_id(knock.view), views.read_stop(knock.view)
    place = operations.stop(services, knock.actor, nudge_id, why, knock.now)
    if place is None:
        return reply(services, knock, visit_views.left())
    return answers.nothing().showing(answers.replacing(place, visit_views.left()))
