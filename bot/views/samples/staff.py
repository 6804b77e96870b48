"""Samples of joining, settings, `/visit` and refusals."""

from datetime import date, time

from bot import errors
from bot.domain.nudges.away import AbsenceCause
from bot.domain.nudges.rules import Strength
from bot.domain.staff.access import Refusal
from bot.domain.staff.pms import IntervalDefaults, JoinChoices
from bot.views import home
from bot.views.nudges import away, message
from bot.views.nudges import default_intervals as default_interval_views
from bot.views.samples.sample import (
    CHANNEL_NAME_LENGTH,
    MILL,
    NEXT_DUE,
    NEXT_NUDGE,
    TODAY,
    Sample,
    SampleData,
    Samples,
)
from bot.views.staff import country_field, refusals, settings_form

# They differ from the defaults in everything.
OTHER_CHOICES = JoinChoices(
    90, time(7, 5), frozenset({1, 6}), Strength.ACTIVE, "C0123456789", "DE", "BY"
)


def joining(data: SampleData) -> Samples:
    """Yield what a PM meets on joining."""
    due, zone = data.day(NEXT_DUE), data.zone
    choices, country = JoinChoices(), data.name("Germany")
    yield Sample("Home, before anything", home.render_welcome())
    yield Sample("`/visit join`", settings_form.render_join_form(choices, zone, country))
    yield Sample("Joined", settings_form.joined_message(due, NEXT_NUDGE, zone, TODAY))
    team = data.text("stories", CHANNEL_NAME_LENGTH)
    shown = IntervalDefaults(30, data.id(1), team, None, 30)
    yield Sample(
        "`/visit settings`, of an admin",
        settings_form.render_join_form(
            data.either(choices, OTHER_CHOICES),
            zone,
            country,
            joined=True,
            default_days=30,
            more_fields=default_interval_views.default_fields(shown),
        ),
    )
    next_nudge = data.either(NEXT_NUDGE, None)
    yield Sample(
        "`/visit settings` saved", settings_form.saved_message(due, next_nudge, zone, TODAY)
    )
    yield Sample("`/visit leave`", settings_form.left_message())


def commands(data: SampleData) -> Samples:
    """Yield the answers to `/visit`."""
    due, zone, at = data.day(NEXT_DUE), data.zone, NEXT_NUDGE
    booked = (data.name(MILL), due)
    yield Sample("`/visit help`", settings_form.usage())
    yield Sample("Whoever has not joined", settings_form.not_joined_message())
    yield Sample("`/visit next`", settings_form.next_visit_message(due, at, zone, TODAY, booked))
    absences = {
        f"away: {cause}": away.absence_text(cause, due, None, TODAY) for cause in AbsenceCause
    }
    holiday = away.absence_text(None, None, data.day(date(2026, 4, 6)), TODAY)
    seen = data.either(None, booked)
    for name, absence in {**absences, "with a holiday in between": holiday}.items():
        told = settings_form.next_visit_message(due, at, zone, TODAY, seen, absence)
        yield Sample(f"`/visit next`, {name}", told)
    yield Sample("`/visit snooze`", message.snoozed_text(at, zone, TODAY))
    yield Sample("`/visit snooze`, and there is nothing to snooze", message.nothing_to_snooze())
    yield Sample("`/visit pause`", away.paused_message(due, due, at, zone, TODAY))
    absence = data.either("", holiday)
    yield Sample("`/visit resume`", away.resumed_message(absence, due, at, zone, TODAY))
    for refusal in away.REFUSALS:
        yield Sample(
            f"`/visit pause`, refused: {refusal.__name__}", away.refused_message(refusal())
        )


def unlisted(data: SampleData) -> Samples:
    """Yield the responses to a search for a country."""
    countries = data.many(
        [("DE", "BY", "Germany, Bayern")], lambda _: ("DE", "BY", data.name("Germany"))
    )
    yield Sample("Countries", country_field.options(countries, data.name("germany")))


def mishaps(data: SampleData) -> Samples:
    """Yield refusals, and what is said when something goes wrong."""
    for refusal in Refusal:
        yield Sample(f"Turned away: {refusal}", refusals.refusal_text(refusal))
    yield Sample("Words that are not known", refusals.unknown_command_text("/visit"))
    yield Sample("Somebody new", refusals.identifying_text())
    late = refusals.late_form_message(data.text('{"command":"/debrief"}', 2000))
    yield Sample("The form came too late", late)
    yield Sample("The form came too late, after a long text", refusals.late_form_message(""))
    yield Sample("Slack is away", refusals.slack_unavailable_text())
    yield Sample("Something broke", refusals.failure_text("1a2b3c4d"))
    typed = data.text(f"{MILL} They print every order and type it in again.", 3000)
    yield Sample(
        "Something broke at a long command", refusals.command_failed_message("1a2b3c4d", typed)
    )
    for error in (errors.NoSuchCustomer, errors.NoSuchNudge, errors.NotYours, errors.NotJoined):
        yield Sample(error.__name__, str(error()))
