"""Nudge messages: their text, the values of their buttons, and what replaces them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.facts import NudgeFacts
from bot.domain.nudges.rules import NudgeStep, Snooze, SnoozeInPast, SnoozeTooFar, SnoozeWithoutDate
from bot.domain.suggestions.rules import Suggestion, SuggestionReason
from bot.views.block_kit import FormError, Message
from bot.views.nudges import message as nudges
from bot.views.samples.payloads import submitted
from tests.views.payloads import pressed, shown_text

TODAY = date(2026, 11, 24)
NUDGE = NudgeFacts(
    id=123,
    step=NudgeStep.DUE,
    due_on=TODAY,
    today=TODAY,
    last_visit=("Lumen Works", date(2026, 11, 10)),
    suggestions=(
        Suggestion(7, "Otter & Sons", SuggestionReason.PROSPECT),
        Suggestion(8, "Fern Labs", SuggestionReason.DEAL_WON, date(2026, 11, 16)),
        Suggestion(9, "Kestrel", SuggestionReason.LONG_AGO, date(2026, 8, 25)),
        Suggestion(10, "Heron", SuggestionReason.REVENUE),
    ),
)


def words(message: Message) -> str:
    return shown_text(message.as_arguments())


def test_a_nudge_says_what_is_due_and_whom_the_pm_saw_last() -> None:
    assert nudges.render_message(NUDGE).text.startswith(
        "A customer visit is due today. You last saw Lumen Works, on Tuesday 10 November. "
        "Three ideas: Otter &amp; Sons: a prospect whom nobody has visited yet. Fern Labs:"
    )


def test_a_nudge_names_at_most_three_customers_each_with_its_reason() -> None:
    told = words(nudges.render_message(NUDGE))
    assert "*Otter &amp; Sons* A prospect whom nobody has visited yet" in told
    assert "Kestrel" in told
    assert "Heron" not in told


def test_a_first_visit_is_called_so() -> None:
    assert "Your first customer visit is due." in words(
        nudges.render_message(replace(NUDGE, last_visit=None))
    )


def test_a_nudge_that_comes_late_names_the_day_without_blame() -> None:
    late = replace(NUDGE, due_on=date(2026, 11, 20))
    assert "has been due since Friday 20 November." in words(nudges.render_message(late))


def test_an_early_nudge_says_when_the_visit_is_due() -> None:
    early = replace(NUDGE, step=NudgeStep.EARLY, due_on=date(2026, 11, 27))
    assert "is due on Friday 27 November. Booked early" in words(nudges.render_message(early))


def test_a_follow_up_is_shorter_and_does_not_repeat_the_date() -> None:
    follow_up = nudges.render_message(replace(NUDGE, step=NudgeStep.FOLLOW_UP))
    assert "due" not in words(follow_up).partition("Three ideas")[0]
    assert len(follow_up.text) < len(nudges.render_message(NUDGE).text)


def test_without_suggestions_a_nudge_says_how_to_add_a_customer() -> None:
    message = nudges.render_message(replace(NUDGE, suggestions=()))
    assert "type any name, and the customer is added" in words(message)
    assert "Someone else" not in words(message)
    plan = pressed(message.as_arguments(), nudges.PLAN, nudges.NO_CUSTOMER)
    assert nudges.parse_planned_customer(plan) is None


@pytest.mark.parametrize(("nth", "customer"), [(0, 7), (1, 8), (2, 9)])
def test_planning_from_a_row_carries_its_customer_and_the_nudge(nth: int, customer: int) -> None:
    body = pressed(nudges.render_message(NUDGE).as_arguments(), nudges.PLAN, str(customer), nth)
    assert (nudges.parse_nudge_id(body), nudges.parse_planned_customer(body)) == (123, customer)


@pytest.mark.parametrize("choice", list(Snooze))
def test_each_way_to_snooze_comes_back_as_its_code(choice: Snooze) -> None:
    body = pressed(nudges.render_message(NUDGE).as_arguments(), nudges.SNOOZE, choice)
    assert (nudges.parse_nudge_id(body), nudges.parse_snooze(body)) == (123, choice)


@pytest.mark.parametrize("barrier", list(Barrier))
def test_each_barrier_comes_back_as_its_code(barrier: Barrier) -> None:
    body = pressed(nudges.render_message(NUDGE).as_arguments(), nudges.BARRIER, barrier)
    assert (nudges.parse_nudge_id(body), nudges.parse_barrier(body)) == (123, barrier)


@pytest.mark.parametrize("barrier", list(Barrier))
def test_advice_keeps_the_buttons_that_matter(barrier: Barrier) -> None:
    advice = nudges.barrier_message(NUDGE, barrier).as_arguments()
    for action_id, value in ((nudges.PLAN, nudges.NO_CUSTOMER), (nudges.HAD_VISIT, "been")):
        assert nudges.parse_nudge_id(pressed(advice, action_id, value)) == 123
    assert nudges.parse_snooze(pressed(advice, nudges.SNOOZE, Snooze.TOMORROW)) is Snooze.TOMORROW


def test_somebody_without_time_is_offered_a_phone_call_and_a_longer_interval() -> None:
    advice = words(nudges.barrier_message(NUDGE, Barrier.NO_TIME))
    assert "phone interview of fifteen minutes" in advice
    assert "/visit settings" in advice


def test_somebody_without_access_is_offered_every_way_around_it() -> None:
    advice = words(nudges.barrier_message(NUDGE, Barrier.NO_ACCESS))
    for way in ("Phone", "Proxy", "Hypothesis", "Survey", "Friends and family"):
        assert f"{way}:" in advice


def test_a_snoozed_nudge_shows_the_exact_time_it_is_back_and_a_way_to_change_ones_mind() -> None:
    back = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    message = nudges.snoozed_message(NUDGE, back, "Europe/Berlin")
    assert message.text == (
        "Snoozed. I will ask again on Wednesday 25 November at 09:30, Berlin time."
    )
    assert nudges.parse_nudge_id(pressed(message.as_arguments(), nudges.HAD_VISIT, "been")) == 123


def test_a_debrief_takes_the_nudges_place_with_the_next_date() -> None:
    message = nudges.visited_message(NUDGE, "Fern Labs", TODAY, date(2027, 1, 5))
    assert message.text == (
        "You saw Fern Labs on Tuesday 24 November. "
        "Your next visit is due on Tuesday 5 January 2027."
    )


def test_a_date_to_snooze_until_comes_back_with_its_nudge() -> None:
    view = submitted(nudges.render_snooze_form(123, TODAY), on="2026-12-03")
    assert (nudges.parse_snooze_nudge_id(view), nudges.parse_snooze_date(view)) == (
        123,
        date(2026, 12, 3),
    )


def test_one_press_snoozes_for_a_week() -> None:
    view = submitted(nudges.render_snooze_form(123, TODAY))
    assert nudges.parse_snooze_date(view) == TODAY + timedelta(days=7)


def test_a_snooze_without_a_date_is_told_at_the_field() -> None:
    with pytest.raises(FormError) as fault:
        nudges.parse_snooze_date(submitted(nudges.render_snooze_form(123, TODAY), on=None))
    assert fault.value.errors == {"on": "Choose a date."}


@pytest.mark.parametrize("refused", [SnoozeInPast(), SnoozeTooFar(), SnoozeWithoutDate()])
def test_a_refused_date_is_explained_at_the_field(refused: Exception) -> None:
    assert isinstance(refused, SnoozeInPast | SnoozeTooFar | SnoozeWithoutDate)
    fields = {
        block["block_id"] for block in nudges.render_snooze_form(1, TODAY).to_dict()["blocks"]
    }
    assert nudges.snooze_errors(refused).keys() == fields
