"""Visits: `/visit`, joining, settings and planning."""

from collections.abc import Callable, Mapping
from functools import partial

from bot.domain.nudges.away import PauseRefused, paused_until
from bot.domain.staff.access import Role
from bot.domain.working_time import local_date
from bot.errors import ChannelRefused, FeedRefused, NotJoined
from bot.operations.nudges import away, why
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import pms
from bot.operations.staff import settings as settings_operations
from bot.operations.staff.pms import Prospect
from bot.operations.visits import booking as operations
from bot.services import Services
from bot.views import calendars as feeds
from bot.views import notes as note_views
from bot.views.block_kit import Message
from bot.views.nudges import away as away_views
from bot.views.nudges import default_intervals as default_views
from bot.views.nudges import message as nudge_views
from bot.views.nudges import why as why_views
from bot.views.staff import refusals as access
from bot.views.staff import settings_form as views
from bot.views.visits import caps
from bot.views.visits import plan_form as plans
from bot.views.visits import visit_messages as planned_views
from handlers import responses as answers
from handlers.replies import reply
from handlers.requests import Knock
from handlers.responses import Answer
from handlers.staff import settings
from handlers.visits.plans import over


def visit(services: Services, knock: Knock) -> Answer:
    """`/visit` and the word behind it."""
    word = knock.text.split()[0].lower() if knock.text else "help"
    handler = WORDS.get(word)
    if handler is None:
        return answers.say(access.unknown_command("/visit"))
    if word not in OPEN_WORDS and Role.PM not in knock.actor.roles:
        return answers.say(views.not_joined())
    return handler(services, knock)


def usage(_services: Services, _knock: Knock) -> Answer:
    """What `/visit` can do."""
    return answers.say(views.usage())


def open_join(services: Services, knock: Knock) -> Answer:
    """The form to join, or the settings of somebody who has."""
    form = settings.form(services, knock, knock.response_url)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def join(services: Services, knock: Knock) -> Answer:
    """The form to join was submitted."""
    wanted = settings_operations.Wanted(
        views.read_join(knock.view),
        feeds.read(knock.view),
        default_views.read(knock.view),
        note_views.read_again(knock.view),
    )
    if views.is_settings(knock.view) and Role.PM not in knock.actor.roles:
        raise NotJoined
    try:
        joined = settings_operations.save(services, knock.actor, wanted, knock.now)
    except ChannelRefused as error:
        return answers.errors(views.channel_errors(error.fault))
    except FeedRefused as error:
        return answers.errors(feeds.errors(error.fault))
    if not joined.changed:
        return answers.nothing()
    word = views.joined if joined.new else views.saved
    return reply(services, knock, _ahead(word, joined.prospect, knock))


def leave(services: Services, knock: Knock) -> Answer:
    """No more nudges."""
    pms.leave(services, knock.actor)
    return answers.say(views.left())


def next_visit(services: Services, knock: Knock) -> Answer:
    """When the next visit and nudge are due."""
    prospect = pms.ahead(services, knock.actor, knock.now)
    names = operations.names(services, knock.actor, prospect.booked[:1])
    booked = (names[0], prospect.booked[0].on) if names else None
    zone = prospect.pm.rhythm.hours.zone
    today = local_date(knock.now, zone)
    because = away_views.because(prospect.away, prospect.pm.paused_until, prospect.holiday, today)
    return answers.say(
        views.next_visit(prospect.due_on, prospect.next_nudge_at, zone, today, booked, because)
    )


def explain(services: Services, knock: Knock) -> Answer:
    """`/visit why`."""
    return answers.say(why_views.why(why.facts(services, knock.actor, knock.now)))


def pause(services: Services, knock: Knock) -> Answer:
    """`/visit pause` and until when."""
    words = knock.text.split(maxsplit=1)[1:]
    try:
        paused = away.pause(services, knock.actor, " ".join(words), knock.now)
    except PauseRefused as error:
        return answers.say(away_views.refused(error))
    assert paused.until is not None
    return answers.say(_ahead(partial(away_views.paused, paused.until), paused.prospect, knock))


def snooze(services: Services, knock: Knock) -> Answer:
    """`/visit snooze` and until when: tomorrow, unless it is said."""
    words = " ".join(knock.text.split()[1:]) or "tomorrow"
    try:
        on = paused_until(words, knock.today)
        snoozed = nudges.snooze_latest(services, knock.actor, on, knock.now)
    except PauseRefused as error:
        return answers.say(away_views.refused(error, "/visit snooze"))
    if snoozed is None:
        return answers.say(nudge_views.nothing_to_snooze())
    told = nudge_views.back(snoozed.back_at, snoozed.zone, knock.today)
    message = nudge_views.snoozed(snoozed.nudge.shown, snoozed.back_at, snoozed.zone)
    return answers.say(told).showing(answers.replacing(snoozed.nudge.place, message))


def resume(services: Services, knock: Knock) -> Answer:
    """`/visit resume`."""
    prospect = away.resume(services, knock.actor, knock.now).prospect
    back_on = prospect.pm.paused_until
    because = away_views.because(prospect.away, back_on, None, knock.today)
    return answers.say(_ahead(partial(away_views.resumed, because), prospect, knock))


def open_plan(_services: Services, knock: Knock) -> Answer:
    """The form to plan a visit."""
    form = plans.form(None, knock.today, where=knock.response_url)
    return answers.nothing().showing(answers.opening(form, knock.trigger_id))


def plan(services: Services, knock: Knock) -> Answer:
    """The form to plan a visit was submitted."""
    choices = plans.read(knock.view)
    if choices.on < knock.today:
        return answers.errors(plans.errors_past())
    planned = operations.plan(services, knock.actor, choices, knock.form_key, knock.now)
    if planned is None:
        return answers.nothing()
    if isinstance(planned, caps.OverCap):
        return over(knock, planned)
    visit = planned.visit
    told = planned_views.planned(
        planned.customer,
        visit.on,
        knock.today,
        at=visit.at(knock.actor.zone),
        visit_id=visit.id,
    )
    if planned.nudge is None:
        return reply(services, knock, told)
    return answers.nothing().showing(answers.replacing(planned.nudge.place, told))


def _ahead(word: Callable[..., Message], prospect: Prospect, knock: Knock) -> Message:
    zone = prospect.pm.rhythm.hours.zone
    return word(prospect.due_on, prospect.next_nudge_at, zone, local_date(knock.now, zone))


WORDS: Mapping[str, Callable[[Services, Knock], Answer]] = {
    "help": usage,
    "join": open_join,
    "settings": open_join,
    "plan": open_plan,
    "next": next_visit,
    "why": explain,
    "snooze": snooze,
    "pause": pause,
    "resume": resume,
    "leave": leave,
}
OPEN_WORDS = frozenset({"help", "join"})
