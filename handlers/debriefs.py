"""Debriefs: `/debrief`, its form and what it folds away."""

from bot.domain.debriefs import Draft, sentences
from bot.errors import DraftRefused
from bot.operations import customers, debriefs
from bot.services import Services
from bot.views import debriefs as views
from bot.views import nudges as nudge_views
from bot.views.fields import NEW_LENGTH
from handlers import answers
from handlers.answers import Answer
from handlers.knocks import Knock
from handlers.replies import reply


def open_form(services: Services, knock: Knock) -> Answer:
    """`/debrief`: the form, with the customer that was named."""
    if knock.text.lower() == "help":
        return answers.say(views.usage())
    customer = customers.guess(services, knock.actor, knock.text)
    digest_on = debriefs.digest_on(services, knock.actor)
    form = views.DebriefForm(
        customer,
        knock.today,
        knock.today,
        where=knock.response_url,
        # Words too many for a name are the story itself.
        typed=Draft(None, knock.today, knock.text if len(knock.text) > NEW_LENGTH else ""),
        digest_on=digest_on,
    )
    return answers.nothing().showing(answers.opening(views.form(form), knock.trigger_id))


def add_more(_services: Services, knock: Knock) -> Answer:
    """*Add more*: the same form with all its fields."""
    return answers.nothing().showing(
        answers.redrawing(views.unfolded(knock.view), knock.view["id"])
    )


def record(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    draft = views.read(knock.view)
    try:
        kept = debriefs.record(
            services,
            knock.actor,
            draft,
            knock.form_key,
            knock.now,
            views.read_form(knock.view).visit_id,
        )
    except DraftRefused as error:
        return answers.errors(views.errors(error.faults, knock.view))
    if kept is None:
        return answers.nothing()
    told = views.recorded(
        kept.customer,
        kept.next_due,
        kept.sharing,
        kept.digest_at,
        knock.actor.zone,
        knock.today,
        sentences(draft.story),
    )
    if kept.nudge is None or kept.next_due is None:
        return reply(services, knock, told)
    message = nudge_views.been(kept.nudge.shown, kept.customer, kept.on, kept.next_due)
    from_it = kept.nudge.shown.id == views.nudge_id(knock.view)
    answer = answers.nothing() if from_it else reply(services, knock, told)
    return answer.showing(answers.replacing(kept.nudge.place, message))
