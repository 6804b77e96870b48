"""When a PM is nudged, at which step, and what holds a nudge back."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.nudges.rules import (
    DEFAULT_HOUR,
    DEFAULT_INTERVAL,
    NudgeDecision,
    NudgeReason,
    NudgeSettings,
    NudgeStep,
    PlannedNudge,
    Snooze,
    SnoozeInPast,
    SnoozeTooFar,
    SnoozeWithoutDate,
    Strength,
    cycle_start,
    decide,
    due_on,
    first_nudge,
    is_question_due,
    next_nudge,
    reschedule,
    snooze,
)
from bot.domain.working_time import Absence, WorkingHours, shift_by_absences, to_instant
from tests.times import T0

BERLIN = WorkingHours("Europe/Berlin", DEFAULT_HOUR)
STANDARD = NudgeSettings(DEFAULT_INTERVAL, Strength.STANDARD, BERLIN)
LIGHT = replace(STANDARD, strength=Strength.LIGHT)
ACTIVE = replace(STANDARD, strength=Strength.ACTIVE)
MONDAY = T0.date()


def day(count: int) -> date:
    """Return the date so many days after a Monday."""
    return MONDAY + timedelta(days=count)


def at(count: int, hour: int = 9, minute: int = 30) -> datetime:
    """Return that day's wall time in Berlin as an instant."""
    return to_instant(day(count), time(hour, minute), BERLIN.zone)


def step_and_day(planned: PlannedNudge) -> tuple[NudgeStep, int]:
    return planned.step, (planned.on - MONDAY).days


def decide_first(count: int, now: datetime, **holds: date) -> NudgeDecision:
    """Decide on the first nudge of a PM whose cycle began one interval before that day."""
    since = day(count - DEFAULT_INTERVAL)
    return decide(since, STANDARD, first_nudge(since, STANDARD), now, **holds)


def test_the_clock_runs_from_the_last_visit() -> None:
    assert cycle_start(day(-100), day(-3), 14) == day(-3)


def test_a_visit_up_to_one_interval_before_joining_counts() -> None:
    assert cycle_start(MONDAY, day(-14), 14) == day(-14)


@pytest.mark.parametrize("last_visit_on", [None, day(-15), day(-400)])
def test_nobody_starts_overdue(last_visit_on: date | None) -> None:
    assert cycle_start(MONDAY, last_visit_on, 14) == MONDAY


def test_a_pm_is_due_one_interval_after_the_anchor_at_their_hour() -> None:
    assert first_nudge(MONDAY, STANDARD) == PlannedNudge(NudgeStep.DUE, day(14), at(14), 1)


def test_who_would_be_due_on_a_saturday_is_due_on_monday() -> None:
    assert due_on(day(5), STANDARD) == day(21)


def test_who_would_be_due_on_a_holiday_is_due_the_day_after() -> None:
    holiday = replace(STANDARD, hours=replace(BERLIN, days_off=frozenset({day(14)})))
    assert due_on(MONDAY, holiday) == day(15)


@pytest.mark.parametrize(("interval", "early"), [(7, 7), (14, 11), (30, 24), (90, 72)])
def test_an_active_pm_hears_at_four_fifths_of_the_interval(interval: int, early: int) -> None:
    planned = first_nudge(MONDAY, replace(ACTIVE, interval_days=interval))
    # Day 5 of the week's interval is a Saturday, and the Monday after it is the due day.
    step = NudgeStep.DUE if interval == 7 else NudgeStep.EARLY
    assert step_and_day(planned) == (step, early)


def test_the_early_nudge_is_followed_by_the_due_one() -> None:
    assert step_and_day(next_nudge(MONDAY, ACTIVE, first_nudge(MONDAY, ACTIVE))) == (
        NudgeStep.DUE,
        14,
    )


def test_one_follow_up_comes_three_working_days_after_the_nudge() -> None:
    follow_up = next_nudge(MONDAY, STANDARD, first_nudge(MONDAY, STANDARD))
    assert step_and_day(follow_up) == (NudgeStep.FOLLOW_UP, 17)
    assert step_and_day(next_nudge(MONDAY, STANDARD, follow_up)) == (NudgeStep.DUE, 28)


def test_the_follow_up_counts_from_the_day_on_which_the_nudge_was_sent() -> None:
    late = reschedule(MONDAY, STANDARD, first_nudge(MONDAY, STANDARD), day(18))
    assert step_and_day(next_nudge(MONDAY, STANDARD, late)) == (NudgeStep.FOLLOW_UP, 23)


def test_a_follow_up_that_would_reach_the_next_cycle_is_left_out() -> None:
    weekly = replace(STANDARD, interval_days=7)
    late = reschedule(MONDAY, weekly, first_nudge(MONDAY, weekly), day(9))
    assert step_and_day(next_nudge(MONDAY, weekly, late)) == (NudgeStep.DUE, 14)


def test_a_nudge_that_came_very_late_stands_for_the_next_cycle_too() -> None:
    late = reschedule(MONDAY, STANDARD, first_nudge(MONDAY, STANDARD), day(24))
    assert step_and_day(next_nudge(MONDAY, STANDARD, late)) == (NudgeStep.DUE, 42)


def test_so_does_the_follow_up_of_one_that_came_very_late() -> None:
    late = reschedule(MONDAY, STANDARD, first_nudge(MONDAY, STANDARD), day(22))
    follow_up = next_nudge(MONDAY, STANDARD, late)
    assert step_and_day(follow_up) == (NudgeStep.FOLLOW_UP, 25)
    assert step_and_day(next_nudge(MONDAY, STANDARD, follow_up)) == (NudgeStep.DUE, 42)


def test_a_light_nudge_has_no_follow_up() -> None:
    assert step_and_day(next_nudge(MONDAY, LIGHT, first_nudge(MONDAY, LIGHT))) == (
        NudgeStep.DUE,
        28,
    )


def test_cycles_that_passed_meanwhile_are_skipped() -> None:
    late = reschedule(MONDAY, STANDARD, first_nudge(MONDAY, STANDARD), day(60))
    assert (late.step, late.cycle) == (NudgeStep.DUE, 4)
    assert step_and_day(next_nudge(MONDAY, LIGHT, late)) == (NudgeStep.DUE, 70)


def test_a_nudge_of_before_the_last_visit_has_no_follow_up() -> None:
    sent = first_nudge(MONDAY, STANDARD)
    assert step_and_day(next_nudge(day(10), STANDARD, sent)) == (NudgeStep.DUE, 24)
    assert step_and_day(next_nudge(day(16), STANDARD, sent)) == (NudgeStep.DUE, 30)


def test_a_longer_interval_counts_at_once() -> None:
    sent = first_nudge(MONDAY, STANDARD)
    assert step_and_day(next_nudge(MONDAY, replace(STANDARD, interval_days=90), sent)) == (
        NudgeStep.DUE,
        91,
    )


def test_an_early_nudge_put_off_to_the_day_due_is_the_due_one() -> None:
    early = first_nudge(MONDAY, ACTIVE)
    assert reschedule(MONDAY, ACTIVE, early, day(14)) == first_nudge(MONDAY, STANDARD)
    assert reschedule(MONDAY, ACTIVE, early, day(12)).step is NudgeStep.EARLY


def test_a_nudge_waits_for_the_hour() -> None:
    held = decide_first(0, at(0, 9, 29))
    assert (held.send, held.reason, held.check_again_at) == (False, NudgeReason.NOT_YET, at(0))


@pytest.mark.parametrize("hour", [10, 16, 23])
def test_a_nudge_goes_out_until_its_local_day_is_over(hour: int) -> None:
    sent = decide_first(0, at(0, hour))
    assert (sent.send, sent.reason, sent.check_again_at) == (True, NudgeReason.DUE_NOW, None)
    assert sent.next_nudge.on == MONDAY


def test_a_nudge_whose_day_is_over_waits_for_the_next_working_day() -> None:
    held = decide_first(4, at(5, 0, 10))
    assert (held.reason, held.check_again_at) == (NudgeReason.TOO_LATE_TODAY, at(7))


def test_a_bot_that_is_back_before_the_hour_sends_at_the_hour_of_that_day() -> None:
    assert decide_first(0, at(1, 8)).check_again_at == at(1)
    assert decide_first(0, at(1, 10)).check_again_at == at(2)


def test_a_holiday_that_was_declared_late_holds_a_nudge() -> None:
    planned = first_nudge(day(-14), STANDARD)
    rhythm = replace(STANDARD, hours=replace(BERLIN, days_off=frozenset({MONDAY})))
    held = decide(day(-14), rhythm, planned, at(0))
    assert (held.reason, held.check_again_at) == (NudgeReason.DAY_OFF, at(1))
    assert decide(day(-14), rhythm, planned, at(2, 10)).check_again_at == at(3)


def test_a_pm_who_moves_to_another_zone_is_nudged_at_the_hour_there() -> None:
    planned = first_nudge(day(-14), STANDARD)
    rhythm = replace(STANDARD, hours=replace(BERLIN, zone="America/New_York"))
    held = decide(day(-14), rhythm, planned, at(0))
    assert held.check_again_at == to_instant(MONDAY, DEFAULT_HOUR, "America/New_York")


def test_a_booked_visit_silences_until_the_working_day_after_it() -> None:
    held = decide_first(0, at(0), booked_until=day(4))
    assert (held.reason, held.check_again_at) == (NudgeReason.VISIT_BOOKED, at(7))
    assert decide_first(0, at(0), booked_until=MONDAY).check_again_at == at(1)


def test_a_visit_that_is_over_before_the_nudge_holds_nothing() -> None:
    assert decide_first(4, at(0), booked_until=day(3)).reason is NudgeReason.NOT_YET
    assert decide_first(4, at(4), booked_until=day(3)).send


def test_a_pause_holds_until_the_first_day_back() -> None:
    held = decide_first(0, at(0), paused_until=day(3))
    assert (held.reason, held.check_again_at) == (NudgeReason.PAUSED, at(3))
    assert decide(day(-14), STANDARD, held.next_nudge, at(3), paused_until=day(3)).send


def test_the_longer_of_two_holds_counts() -> None:
    assert decide_first(0, at(0), paused_until=day(8), booked_until=day(3)).check_again_at == at(8)
    assert (
        decide_first(0, at(0), paused_until=day(4), booked_until=day(3)).reason
        is NudgeReason.PAUSED
    )
    assert (
        decide_first(0, at(0), paused_until=day(3), booked_until=day(8)).reason
        is NudgeReason.VISIT_BOOKED
    )


def test_a_follow_up_held_into_the_next_cycle_is_its_due_nudge() -> None:
    follow_up = next_nudge(day(-14), STANDARD, first_nudge(day(-14), STANDARD))
    held = decide(day(-14), STANDARD, follow_up, at(3), paused_until=day(15))
    assert (held.next_nudge.step, held.next_nudge.cycle, held.check_again_at) == (
        NudgeStep.DUE,
        2,
        at(15),
    )


def test_a_pm_comes_back_as_far_into_the_cycle_as_they_left() -> None:
    away = [Absence(day(15), day(57))]
    since, sent = shift_by_absences(MONDAY, away), first_nudge(MONDAY, STANDARD)
    sent = replace(sent, on=shift_by_absences(sent.on, away))
    assert step_and_day(first_nudge(since, STANDARD)) == (NudgeStep.DUE, 56)
    assert step_and_day(next_nudge(since, STANDARD, sent)) == (NudgeStep.FOLLOW_UP, 59)


@pytest.mark.parametrize(
    ("choice", "back"), [(Snooze.TOMORROW, 2), (Snooze.THREE_DAYS, 4), (Snooze.NEXT_WEEK, 7)]
)
def test_a_snoozed_nudge_is_back_at_the_hour_of_the_day_chosen(choice: Snooze, back: int) -> None:
    planned = snooze(day(-13), STANDARD, first_nudge(day(-13), STANDARD), choice, at(1, 11))
    assert planned == PlannedNudge(NudgeStep.DUE, day(back), at(back), 1)


def test_a_snooze_into_the_weekend_ends_on_monday() -> None:
    sent = first_nudge(day(-10), STANDARD)
    assert snooze(day(-10), STANDARD, sent, Snooze.TOMORROW, at(4, 11)).on == day(7)


def test_next_week_is_the_first_working_day_of_the_pm_in_it() -> None:
    rhythm = replace(STANDARD, hours=replace(BERLIN, working_days=frozenset({2, 3})))
    sent = first_nudge(day(-12), rhythm)
    assert snooze(day(-12), rhythm, sent, Snooze.NEXT_WEEK, at(2, 11)).on == day(9)


def test_a_nudge_may_be_put_off_to_later_today_but_never_to_its_own_date() -> None:
    sent = first_nudge(day(-14), STANDARD)
    assert snooze(day(-14), STANDARD, sent, Snooze.DATE, at(1, 8), day(1)).on == day(1)
    assert snooze(day(-14), STANDARD, sent, Snooze.DATE, at(1, 11), day(1)).on == day(2)
    later = replace(STANDARD, hours=replace(BERLIN, at=time(18)))
    assert snooze(day(-14), later, sent, Snooze.DATE, at(0, 11), MONDAY).on == day(1)


def test_a_snooze_past_the_next_due_day_brings_the_due_nudge() -> None:
    follow_up = next_nudge(day(-14), STANDARD, first_nudge(day(-14), STANDARD))
    planned = snooze(day(-14), STANDARD, follow_up, Snooze.DATE, at(3, 11), day(20))
    assert (planned.step, planned.cycle, planned.on) == (NudgeStep.DUE, 2, day(21))


@pytest.mark.parametrize(
    ("on", "error"), [(None, SnoozeWithoutDate), (day(-1), SnoozeInPast), (day(367), SnoozeTooFar)]
)
def test_a_snooze_to_no_date_the_past_or_more_than_a_year_ahead_is_refused(
    on: date | None, error: type[ValueError]
) -> None:
    with pytest.raises(error):
        snooze(day(-14), STANDARD, first_nudge(day(-14), STANDARD), Snooze.DATE, at(0), on)


def test_a_snooze_of_a_year_is_taken() -> None:
    sent = first_nudge(day(-14), STANDARD)
    assert snooze(day(-14), STANDARD, sent, Snooze.DATE, at(0), date(2027, 3, 2)).cycle > 1


def test_the_question_replaces_the_nudge_after_three_unanswered_cycles() -> None:
    due = first_nudge(MONDAY, STANDARD)
    assert is_question_due(due, 3, asked=False)
    assert not is_question_due(due, 2, asked=False)
    assert not is_question_due(due, 5, asked=True)
    assert not is_question_due(next_nudge(MONDAY, STANDARD, due), 3, asked=False)
