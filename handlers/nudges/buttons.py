"""Nudges: their buttons; each updates the message in place."""

from collections.abc import Callable
from functools import wraps

from bot.domain.nudges.rules import Snooze, SnoozeRefused
from bot.errors import NudgeSettled
from bot.operations.debriefs.saved_drafts import Beginning
from bot.operations.nudges import scheduling as nudges
from bot.operations.visits import claiming as taking
from bot.services import Services
from bot.views.nudges import message as views
from bot.views.suggestions import dismiss_menu as passes
from bot.views.visits import plan_form as plan_views
from handlers import responses as answers
from handlers.debriefs import form as debriefs
from handlers.requests import Knock
from handlers.responses import Answer

Handler = Callable[[Services, Knock], Answer]


def plan(services: Services, knock: Knock) -> Answer:
    """*Plan a visit*: the form, with the customer whose button it was.

    When another PM was first, the nudge says so and names somebody else.
    """
    nudge_id, customer_id = views.nudge_id(knock.body), views.read_plan(knock.body)
    taken = taking.take(services, knock.actor, nudge_id, customer_id, knock.now)
    if isinstance(taken, taking.Instead):
        message = views.taken(taken.nudge, taken.customer, taken.holder, another=taken.another)
        return answers.nothing().showing(answers.replacing(knock.place, message))
    form = plan_views.form(taken, knock.today, nudge_id, where=knock.response_url)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def been(services: Services, knock: Knock) -> Answer:
    """*I have been*: the debrief."""
    nudge_id = views.nudge_id(knock.body)
    nudges.look(services, knock.actor, nudge_id, knock.now)
    start = Beginning(nudge_id=nudge_id, where=knock.response_url)
    return debriefs.begin(services, knock, start)


def unless_settled(handler: Handler) -> Handler:
    """A nudge that no longer asks for anything says so instead."""

    @wraps(handler)
    def press(services: Services, knock: Knock) -> Answer:
        try:
            return handler(services, knock)
        except NudgeSettled:
            message = views.withdrawn(views.Withdrawal.VISITED)
            return answers.nothing().showing(answers.replacing(knock.place, message))

    return press


@unless_settled
def someone_else(services: Services, knock: Knock) -> Answer:
    """*Someone else*: other customers."""
    shown = nudges.someone_else(services, knock.actor, views.nudge_id(knock.body), knock.now)
    return answers.nothing().showing(answers.replacing(knock.place, views.message(shown)))


@unless_settled
def not_this_one(services: Services, knock: Knock) -> Answer:
    """*Not this one*: the reason is kept, and somebody else is named."""
    nudge_id, (customer_id, why) = views.nudge_id(knock.body), passes.read(knock.body)
    passed = nudges.pass_over(services, knock.actor, nudge_id, customer_id, why, knock.now)
    message = views.passed(passed.nudge, passed.customer, passed.until, for_all=passed.for_all)
    return answers.nothing().showing(answers.replacing(knock.place, message))


@unless_settled
def snooze(services: Services, knock: Knock) -> Answer:
    """*Snooze*: off until the time shown, or a form for the date."""
    nudge_id, choice = views.nudge_id(knock.body), views.read_snooze(knock.body)
    if choice is Snooze.DATE:
        nudges.look(services, knock.actor, nudge_id, knock.now)
        form = views.snooze_form(nudge_id, knock.today)
        return answers.nothing().showing(answers.opening(form, knock.trigger_id))
    snoozed = nudges.snooze(services, knock.actor, nudge_id, choice, knock.now)
    return _snoozed(snoozed)


def snooze_until(services: Services, knock: Knock) -> Answer:
    """The form for a date was submitted."""
    nudge_id, on = views.snooze_nudge_id(knock.view), views.read_snooze_date(knock.view)
    try:
        snoozed = nudges.snooze(services, knock.actor, nudge_id, Snooze.DATE, knock.now, on)
    except SnoozeRefused as error:
        return answers.errors(views.snooze_errors(error))
    return _snoozed(snoozed)


@unless_settled
def barrier(services: Services, knock: Knock) -> Answer:
    """*What is in the way?*: advice against it."""
    nudge_id, chosen = views.nudge_id(knock.body), views.read_barrier(knock.body)
    shown = nudges.blocked(services, knock.actor, nudge_id, chosen, knock.now)
    return answers.nothing().showing(answers.replacing(knock.place, views.blocked(shown, chosen)))


def _snoozed(snoozed: nudges.Snoozed) -> Answer:
    message = views.snoozed(snoozed.nudge.shown, snoozed.back_at, snoozed.zone)
    return answers.nothing().showing(answers.replacing(snoozed.nudge.place, message))
