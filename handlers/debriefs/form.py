"""Debriefs: `/debrief`, its form and what it folds away."""

from datetime import date

from bot.domain.debriefs.rules import sentences
from bot.domain.text import as_read
from bot.errors import DraftRefused, WrittenElsewhere
from bot.operations.debriefs import recording as debriefs
from bot.operations.debriefs import saved_drafts as unfinished
from bot.operations.debriefs.recording import Recorded
from bot.operations.debriefs.saved_drafts import Beginning
from bot.operations.nudges.sent import Shown
from bot.services import Services
from bot.views import form_fields as fields
from bot.views.debriefs import confirmations as kept_views
from bot.views.debriefs import form as views
from bot.views.debriefs import form_labels as labels
from bot.views.debriefs import repeated_fields as parts
from bot.views.debriefs import theme_field as theme_views
from bot.views.nudges import message as nudge_views
from handlers import home
from handlers import responses as answers
from handlers.debriefs.saved_drafts import words
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer, Show


def open_form(services: Services, knock: Knock) -> Answer:
    """`/debrief`: the form, with whoever and whatever was named."""
    if knock.text.lower() == "help":
        return answers.say(kept_views.usage())
    return begin(services, knock, Beginning(knock.text, where=knock.response_url))


def from_message(services: Services, knock: Knock) -> Answer:
    """*Debrief this*, at a message: it becomes the quote."""
    quote = as_read(str(knock.body["message"].get("text") or ""))
    return begin(services, knock, Beginning(quote=quote, where=knock.response_url, afresh=True))


def from_home(services: Services, knock: Knock) -> Answer:
    """*Debrief a visit*, on Home."""
    return begin(services, knock, Beginning(where=home.WHERE))


def change(services: Services, knock: Knock) -> Answer:
    """*Change it*: a debrief that is kept, with all its words."""
    where = home.WHERE if "view" in knock.body else knock.response_url
    start = Beginning(debrief_id=kept_views.debrief_id(knock.body), where=where)
    if "view" in knock.body and knock.view["type"] == "modal":
        form = views.form(unfinished.begin(services, knock.actor, start, knock.now))
        return answers.nothing().showing(answers.pushing(form, knock.trigger_id))
    return begin(services, knock, start)


def take_back(services: Services, knock: Knock) -> Answer:
    """*Take the debrief back*."""
    return _taken_back(services, knock, took_place=True)


def never_held(services: Services, knock: Knock) -> Answer:
    """*It never took place*."""
    return _taken_back(services, knock, took_place=False)


def _taken_back(services: Services, knock: Knock, *, took_place: bool) -> Answer:
    id = views.sheet(knock.view).debrief_id
    assert id is not None
    gone = debriefs.take_back(services, knock.actor, id, knock.now, took_place=took_place)
    view = kept_views.taken_back(
        gone.customer, gone.next_due, knock.today, took_place=gone.took_place
    )
    answer = answers.nothing().showing(answers.redrawing(view, knock.view["id"]))
    at_home = fields.where(knock.view) == home.WHERE
    return answer.showing(*home.show(services, knock).then) if at_home else answer


def begin(services: Services, knock: Knock, start: Beginning) -> Answer:
    """The form of a debrief that begins somewhere."""
    form = views.form(unfinished.begin(services, knock.actor, start, knock.now))
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def add_more(services: Services, knock: Knock) -> Answer:
    """*Add more*: the same form with all its fields."""
    unfinished.keep(services, knock.actor, words(knock))
    return answers.nothing().showing(
        answers.redrawing(views.unfolded(knock.view), knock.view["id"])
    )


def choose_kind(services: Services, knock: Knock) -> Answer:
    """How they met was chosen: after a win or a loss the form asks what decided it."""
    unfinished.keep(services, knock.actor, words(knock))
    grown = views.grown(knock.view)
    shows = [answers.redrawing(grown, knock.view["id"])] if grown else []
    return answers.nothing().showing(*shows)


def add_part(services: Services, knock: Knock) -> Answer:
    """A part is added to the form: one more workaround, a pain, a promise."""
    unfinished.keep(services, knock.actor, words(knock))
    view = views.with_more(knock.view, knock.body["actions"][0]["action_id"])
    return answers.nothing().showing(answers.redrawing(view, knock.view["id"]))


def find_theme(services: Services, knock: Knock) -> Answer:
    """Themes of pains that hold what was typed."""
    typed = str(knock.body.get("value") or "")
    return answers.options(
        theme_views.options(debriefs.themes(services, knock.actor, typed), typed)
    )


def record(services: Services, knock: Knock) -> Answer:
    """The form was submitted."""
    sheet, draft = views.sheet(knock.view), views.read(knock.view)
    try:
        kept = debriefs.record(services, knock.actor, draft, sheet, knock.now)
    except DraftRefused as error:
        return answers.errors(labels.errors(error.faults, knock.view, parts.placed))
    except WrittenElsewhere as error:
        drawn = views.meanwhile(knock.view, error.kept)
        told = answers.errors(labels.elsewhere())
        return told.showing(answers.redrawing(drawn, knock.view["id"]))
    closed = answers.closing_all() if knock.view.get("previous_view_id") else answers.nothing()
    if kept is None:
        return closed
    return closed.showing(*_told(services, knock, kept, sentences(draft.story)).then)


def _told(services: Services, knock: Knock, kept: Recorded, length: int) -> Answer:
    if kept.again:
        return reply(services, knock, kept_views.again(kept.customer))
    news = kept_views.Kept(
        kept.customer,
        kept.next_due,
        kept.sharing,
        kept.digest_at,
        kept.debrief_id,
        kept.changed,
        kept.told,
        length,
    )
    told = kept_views.recorded(news, knock.actor.zone, knock.today)
    others = [_been(each.nudge, kept, each.due_on) for each in kept.others if each.nudge]
    if kept.nudge is None or kept.next_due is None:
        return reply(services, knock, told).showing(*others)
    from_it = kept.nudge.shown.id == views.nudge_id(knock.view)
    answer = answers.nothing() if from_it else reply(services, knock, told)
    return answer.showing(_been(kept.nudge, kept, kept.next_due), *others)


def _been(nudge: Shown, kept: Recorded, next_due: date) -> Show:
    message = nudge_views.been(nudge.shown, kept.customer, kept.on, next_due)
    return answers.replacing(nudge.place, message)
