"""When a PM is nudged, by which step, and what holds a nudge."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.nudges.rules import (
    DEFAULT_HOUR,
    DEFAULT_INTERVAL,
    Planned,
    Reason,
    Rhythm,
    Snooze,
    SnoozeInPast,
    SnoozeTooFar,
    SnoozeWithoutDate,
    Step,
    Strength,
    Verdict,
    after,
    anchor,
    due_on,
    first,
    moved,
    question_due,
    snoozed,
    verdict,
)
from bot.domain.working_time import Absence, Hours, instant, stood_still
from tests.times import T0

BERLIN = Hours("Europe/Berlin", DEFAULT_HOUR)
STANDARD = Rhythm(DEFAULT_INTERVAL, Strength.STANDARD, BERLIN)
LIGHT = replace(STANDARD, strength=Strength.LIGHT)
ACTIVE = replace(STANDARD, strength=Strength.ACTIVE)
MONDAY = T0.date()


def day(count: int) -> date:
    """The date so many days after a Monday."""
    return MONDAY + timedelta(days=count)


def at(count: int, hour: int = 9, minute: int = 30) -> datetime:
    """That day's wall time in Berlin."""
    return instant(day(count), time(hour, minute), BERLIN.zone)


def step_and_day(planned: Planned) -> tuple[Step, int]:
    return planned.step, (planned.on - MONDAY).days


def judged(count: int, now: datetime, **holds: date) -> Verdict:
    """The verdict on the first nudge of a PM whose anchor lies so many days before it."""
    since = day(count - DEFAULT_INTERVAL)
    return verdict(since, STANDARD, first(since, STANDARD), now, **holds)


def test_the_clock_runs_from_the_last_visit() -> None:
    assert anchor(day(-100), day(-3), 14) == day(-3)


def test_a_visit_up_to_one_interval_before_joining_counts() -> None:
    assert anchor(MONDAY, day(-14), 14) == day(-14)


@pytest.mark.parametrize("last_visit_on", [None, day(-15), day(-400)])
def test_nobody_starts_overdue(last_visit_on: date | None) -> None:
    assert anchor(MONDAY, last_visit_on, 14) == MONDAY


def test_a_pm_is_due_one_interval_after_the_anchor_at_their_hour() -> None:
    assert first(MONDAY, STANDARD) == Planned(Step.DUE, day(14), at(14), 1)


def test_who_would_be_due_on_a_saturday_is_due_on_monday() -> None:
    assert due_on(day(5), STANDARD) == day(21)


def test_who_would_be_due_on_a_holiday_is_due_the_day_after() -> None:
    holiday = replace(STANDARD, hours=replace(BERLIN, days_off=frozenset({day(14)})))
    assert due_on(MONDAY, holiday) == day(15)


@pytest.mark.parametrize(("interval", "early"), [(7, 7), (14, 11), (30, 24), (90, 72)])
def test_an_active_pm_hears_at_four_fifths_of_the_interval(interval: int, early: int) -> None:
    planned = first(MONDAY, replace(ACTIVE, interval_days=interval))
    # Day 5 of the week's interval is a Saturday, and the Monday after it is the day due.
    step = Step.DUE if interval == 7 else Step.EARLY
    assert step_and_day(planned) == (step, early)


def test_the_early_nudge_is_followed_by_the_due_one() -> None:
    assert step_and_day(after(MONDAY, ACTIVE, first(MONDAY, ACTIVE))) == (Step.DUE, 14)


def test_one_follow_up_comes_three_working_days_after_the_nudge() -> None:
    follow_up = after(MONDAY, STANDARD, first(MONDAY, STANDARD))
    assert step_and_day(follow_up) == (Step.FOLLOW_UP, 17)
    assert step_and_day(after(MONDAY, STANDARD, follow_up)) == (Step.DUE, 28)


def test_the_follow_up_counts_from_the_day_on_which_the_nudge_was_sent() -> None:
    late = moved(MONDAY, STANDARD, first(MONDAY, STANDARD), day(18))
    assert step_and_day(after(MONDAY, STANDARD, late)) == (Step.FOLLOW_UP, 23)


def test_a_follow_up_that_would_reach_the_next_cycle_is_left_out() -> None:
    weekly = replace(STANDARD, interval_days=7)
    late = moved(MONDAY, weekly, first(MONDAY, weekly), day(9))
    assert step_and_day(after(MONDAY, weekly, late)) == (Step.DUE, 14)


def test_a_nudge_that_came_very_late_stands_for_the_next_cycle_too() -> None:
    late = moved(MONDAY, STANDARD, first(MONDAY, STANDARD), day(24))
    assert step_and_day(after(MONDAY, STANDARD, late)) == (Step.DUE, 42)


def test_so_does_the_follow_up_of_one_that_came_very_late() -> None:
    late = moved(MONDAY, STANDARD, first(MONDAY, STANDARD), day(22))
    follow_up = after(MONDAY, STANDARD, late)
    assert step_and_day(follow_up) == (Step.FOLLOW_UP, 25)
    assert step_and_day(after(MONDAY, STANDARD, follow_up)) == (Step.DUE, 42)


def test_a_light_nudge_has_no_follow_up() -> None:
    assert step_and_day(after(MONDAY, LIGHT, first(MONDAY, LIGHT))) == (Step.DUE, 28)


def test_cycles_that_passed_meanwhile_are_skipped() -> None:
    late = moved(MONDAY, STANDARD, first(MONDAY, STANDARD), day(60))
    assert (late.step, late.cycle) == (Step.DUE, 4)
    assert step_and_day(after(MONDAY, LIGHT, late)) == (Step.DUE, 70)


def test_a_nudge_of_before_the_last_visit_has_no_follow_up() -> None:
    sent = first(MONDAY, STANDARD)
    assert step_and_day(after(day(10), STANDARD, sent)) == (Step.DUE, 24)
    assert step_and_day(after(day(16), STANDARD, sent)) == (Step.DUE, 30)


def test_a_longer_interval_counts_at_once() -> None:
    sent = first(MONDAY, STANDARD)
    assert step_and_day(after(MONDAY, replace(STANDARD, interval_days=90), sent)) == (Step.DUE, 91)


def test_an_early_nudge_put_off_to_the_day_due_is_the_due_one() -> None:
    early = first(MONDAY, ACTIVE)
    assert moved(MONDAY, ACTIVE, early, day(14)) == first(MONDAY, STANDARD)
    assert moved(MONDAY, ACTIVE, early, day(12)).step is Step.EARLY


def test_a_nudge_waits_for_the_hour() -> None:
    held = judged(0, at(0, 9, 29))
    assert (held.send, held.reason, held.until) == (False, Reason.NOT_YET, at(0))


@pytest.mark.parametrize("hour", [10, 16, 23])
def test_a_nudge_goes_out_until_its_local_day_is_over(hour: int) -> None:
    sent = judged(0, at(0, hour))
    assert (sent.send, sent.reason, sent.until) == (True, Reason.DUE_NOW, None)
    assert sent.planned.on == MONDAY


def test_a_nudge_whose_day_is_over_waits_for_the_next_working_day() -> None:
    held = judged(4, at(5, 0, 10))
    assert (held.reason, held.until) == (Reason.TOO_LATE_TODAY, at(7))


def test_a_bot_that_is_back_before_the_hour_sends_at_the_hour_of_that_day() -> None:
    assert judged(0, at(1, 8)).until == at(1)
    assert judged(0, at(1, 10)).until == at(2)


def test_a_holiday_that_was_declared_late_holds_a_nudge() -> None:
    planned = first(day(-14), STANDARD)
    rhythm = replace(STANDARD, hours=replace(BERLIN, days_off=frozenset({MONDAY})))
    held = verdict(day(-14), rhythm, planned, at(0))
    assert (held.reason, held.until) == (Reason.DAY_OFF, at(1))
    assert verdict(day(-14), rhythm, planned, at(2, 10)).until == at(3)


def test_a_pm_who_moves_to_another_zone_is_nudged_at_the_hour_there() -> None:
    planned = first(day(-14), STANDARD)
    rhythm = replace(STANDARD, hours=replace(BERLIN, zone="America/New_York"))
    held = verdict(day(-14), rhythm, planned, at(0))
    assert held.until == instant(MONDAY, DEFAULT_HOUR, "America/New_York")


def test_a_booked_visit_silences_until_the_working_day_after_it() -> None:
    held = judged(0, at(0), booked_until=day(4))
    assert (held.reason, held.until) == (Reason.VISIT_BOOKED, at(7))
    assert judged(0, at(0), booked_until=MONDAY).until == at(1)


def test_a_visit_that_is_over_before_the_nudge_holds_nothing() -> None:
    assert judged(4, at(0), booked_until=day(3)).reason is Reason.NOT_YET
    assert judged(4, at(4), booked_until=day(3)).send


def test_a_pause_holds_until_the_first_day_back() -> None:
    held = judged(0, at(0), paused_until=day(3))
    assert (held.reason, held.until) == (Reason.PAUSED, at(3))
    assert verdict(day(-14), STANDARD, held.planned, at(3), paused_until=day(3)).send


def test_the_longer_of_two_holds_counts() -> None:
    assert judged(0, at(0), paused_until=day(8), booked_until=day(3)).until == at(8)
    assert judged(0, at(0), paused_until=day(4), booked_until=day(3)).reason is Reason.PAUSED
    assert judged(0, at(0), paused_until=day(3), booked_until=day(8)).reason is Reason.VISIT_BOOKED


def test_a_follow_up_held_into_the_next_cycle_is_its_due_nudge() -> None:
    follow_up = after(day(-14), STANDARD, first(day(-14), STANDARD))
    held = verdict(day(-14), STANDARD, follow_up, at(3), paused_until=day(15))
    assert (held.planned.step, held.planned.cycle, held.until) == (Step.DUE, 2, at(15))


def test_a_pm_comes_back_as_far_into_the_cycle_as_they_left() -> None:
    away = [Absence(day(15), day(57))]
    since, sent = stood_still(MONDAY, away), first(MONDAY, STANDARD)
    sent = replace(sent, on=stood_still(sent.on, away))
    assert step_and_day(first(since, STANDARD)) == (Step.DUE, 56)
    assert step_and_day(after(since, STANDARD, sent)) == (Step.FOLLOW_UP, 59)


@pytest.mark.parametrize(
    ("choice", "back"), [(Snooze.TOMORROW, 2), (Snooze.THREE_DAYS, 4), (Snooze.NEXT_WEEK, 7)]
)
def test_a_snoozed_nudge_is_back_at_the_hour_of_the_day_chosen(choice: Snooze, back: int) -> None:
    planned = snoozed(day(-13), STANDARD, first(day(-13), STANDARD), choice, at(1, 11))
    assert planned == Planned(Step.DUE, day(back), at(back), 1)


def test_a_snooze_into_the_weekend_ends_on_monday() -> None:
    sent = first(day(-10), STANDARD)
    assert snoozed(day(-10), STANDARD, sent, Snooze.TOMORROW, at(4, 11)).on == day(7)


def test_next_week_is_the_first_working_day_of_the_pm_in_it() -> None:
    rhythm = replace(STANDARD, hours=replace(BERLIN, working_days=frozenset({2, 3})))
    sent = first(day(-12), rhythm)
    assert snoozed(day(-12), rhythm, sent, Snooze.NEXT_WEEK, at(2, 11)).on == day(9)


def test_a_nudge_may_be_put_off_to_later_today_but_never_to_its_own_date() -> None:
    sent = first(day(-14), STANDARD)
    assert snoozed(day(-14), STANDARD, sent, Snooze.DATE, at(1, 8), day(1)).on == day(1)
    assert snoozed(day(-14), STANDARD, sent, Snooze.DATE, at(1, 11), day(1)).on == day(2)
    later = replace(STANDARD, hours=replace(BERLIN, at=time(18)))
    assert snoozed(day(-14), later, sent, Snooze.DATE, at(0, 11), MONDAY).on == day(1)


def test_a_snooze_past_the_next_due_day_brings_the_due_nudge() -> None:
    follow_up = after(day(-14), STANDARD, first(day(-14), STANDARD))
    planned = snoozed(day(-14), STANDARD, follow_up, Snooze.DATE, at(3, 11), day(20))
    assert (planned.step, planned.cycle, planned.on) == (Step.DUE, 2, day(21))


@pytest.mark.parametrize(
    ("on", "error"), [(None, SnoozeWithoutDate), (day(-1), SnoozeInPast), (day(367), SnoozeTooFar)]
)
def test_a_snooze_to_no_date_the_past_or_more_than_a_year_ahead_is_refused(
    on: date | None, error: type[ValueError]
) -> None:
    with pytest.raises(error):
        snoozed(day(-14), STANDARD, first(day(-14), STANDARD), Snooze.DATE, at(0), on)


def test_a_snooze_of_a_year_is_taken() -> None:
    sent = first(day(-14), STANDARD)
    assert snoozed(day(-14), STANDARD, sent, Snooze.DATE, at(0), date(2027, 3, 2)).cycle > 1


def test_the_question_replaces_the_nudge_after_three_unanswered_cycles() -> None:
    due = first(MONDAY, STANDARD)
    assert question_due(due, 3, asked=False)
    assert not question_due(due, 2, asked=False)
    assert not question_due(due, 5, asked=True)
    assert not question_due(after(MONDAY, STANDARD, due), 3, asked=False)
