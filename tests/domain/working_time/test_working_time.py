"""Local dates and hours against the clocks of every zone that changes them."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.working_time import (
    ONE_DAY,
    Absence,
    WorkingHours,
    add_working_days,
    contact_start,
    delivery_date,
    is_working_day,
    local_date,
    next_contact_date,
    shift_by_absences,
    to_instant,
    working_day_before,
    working_day_from,
)
from tests.domain.working_time.clock_changes import ClockChange, every_change
from tests.times import T0, T

DATES = st.dates(date(2020, 1, 2), date(2035, 12, 30))
EVERY_DAY = frozenset(range(7))
SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})
BERLIN = WorkingHours("Europe/Berlin", time(9, 30))


@cache
def changing_zones() -> dict[str, list[ClockChange]]:
    """Return every zone whose clocks change from 2020 to 2035, with its changes."""
    found = groupby(every_change(), key=lambda each: each.zone)
    return {zone: list(moves) for zone, moves in found}


def lateness(on: date, at: time, zone: str) -> timedelta:
    """Return how far the wall clock is past the time asked for, at a nominal date's instant."""
    shown = to_instant(on, at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return shown - datetime.combine(on, at)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), on=DATES, at=st.times())
def test_any_hour_on_any_date_is_kept_or_comes_late_by_no_more_than_the_gap(
    data: st.DataObject, on: date, at: time
) -> None:
    zone = data.draw(st.sampled_from(sorted(changing_zones())))
    gaps = {each.gap for each in changing_zones()[zone]}
    assert lateness(on, at, zone) in {timedelta(), *gaps}
    assert to_instant(on, at, zone) < to_instant(on + ONE_DAY, at, zone)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), on=DATES, at=st.times())
def test_stepping_from_slot_to_slot_visits_every_nominal_date_once(
    data: st.DataObject, on: date, at: time
) -> None:
    zone = data.draw(st.sampled_from(sorted(changing_zones())))
    change = data.draw(st.sampled_from(changing_zones()[zone]))
    for day in (on, local_date(change.at, zone)):
        hours = WorkingHours(zone, at, EVERY_DAY)
        start = day - timedelta(days=2)
        seen = [start]
        while len(seen) < 5:
            seen.append(next_contact_date(contact_start(seen[-1], hours), hours))
        assert seen == [start + timedelta(days=ahead) for ahead in range(5)]


def test_an_hour_that_happens_twice_counts_the_first_time() -> None:
    assert to_instant(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_an_hour_asked_for_with_a_fold_is_still_the_first_one() -> None:
    at = time(2, 30)
    assert to_instant(date(2026, 10, 25), at.replace(fold=1), "Europe/Berlin") == to_instant(
        date(2026, 10, 25), at, "Europe/Berlin"
    )


def test_midnight_in_cairo_comes_an_hour_late_when_it_is_skipped() -> None:
    assert lateness(date(2026, 4, 24), time(0, 0), "Africa/Cairo") == timedelta(hours=1)


def test_a_late_hour_in_nuuk_that_is_skipped_comes_after_midnight_and_is_not_lost() -> None:
    hours = WorkingHours("America/Nuuk", time(23, 30), EVERY_DAY)
    saturday = date(2026, 3, 28)
    just_after_midnight = contact_start(saturday, hours) - timedelta(minutes=20)
    assert local_date(just_after_midnight, hours.zone) == saturday + ONE_DAY
    assert next_contact_date(just_after_midnight, hours) == saturday
    assert delivery_date(saturday, contact_start(saturday, hours), hours) == saturday


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        to_instant(date(2026, 3, 2), time(9, 30), "Mars/Olympus")


@pytest.mark.parametrize("working_days", [frozenset(), frozenset({7}), frozenset({0, -1})])
def test_somebody_without_proper_weekdays_is_refused(working_days: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        WorkingHours("Europe/Berlin", time(9, 30), working_days)


def test_a_working_day_is_its_own_first_working_day() -> None:
    assert working_day_from(T0.date(), BERLIN) == T0.date()


def test_a_saturday_gives_way_to_monday() -> None:
    assert working_day_from(T(days=5).date(), BERLIN) == T(days=7).date()


def test_a_working_week_may_begin_on_sunday() -> None:
    hours = WorkingHours("Asia/Riyadh", time(9, 30), SUNDAY_TO_THURSDAY)
    assert working_day_from(T(days=4).date(), hours) == T(days=6).date()


def test_a_holiday_is_not_a_working_day() -> None:
    hours = WorkingHours(
        "Europe/Berlin", time(9, 30), days_off=frozenset({T0.date(), T(days=1).date()})
    )
    assert not is_working_day(T0.date(), hours)
    assert working_day_from(T0.date(), hours) == T(days=2).date()
    assert working_day_before(T(days=2).date(), hours) == T(days=-3).date()


@given(
    days_off=st.frozensets(st.dates(date(2026, 3, 2), date(2026, 3, 31))), weekday=st.integers(0, 6)
)
@settings(deadline=None, max_examples=50)
def test_however_many_days_are_off_a_working_day_follows(
    days_off: frozenset[date], weekday: int
) -> None:
    hours = WorkingHours("Europe/Berlin", time(9, 30), frozenset({weekday}), days_off)
    found = working_day_from(T0.date(), hours)
    assert is_working_day(found, hours)
    assert not any(is_working_day(T(days=n).date(), hours) for n in range((found - T0.date()).days))


def test_three_working_days_after_a_thursday_is_the_next_tuesday() -> None:
    assert add_working_days(T(days=3).date(), 3, BERLIN) == T(days=8).date()


def test_the_working_day_before_a_monday_is_the_friday() -> None:
    assert working_day_before(T0.date(), BERLIN) == T(days=-3).date()


def test_something_planned_keeps_its_date_until_the_local_day_is_over() -> None:
    assert delivery_date(T0.date(), T(hours=10.9), BERLIN) == T0.date()
    assert delivery_date(T0.date(), T(hours=11), BERLIN) == T(days=1).date()


def test_something_missed_over_a_weekend_waits_for_monday() -> None:
    assert delivery_date(T(days=4).date(), T(days=5), BERLIN) == T(days=7).date()


def test_something_missed_waits_a_day_when_the_hour_has_passed() -> None:
    assert delivery_date(T(days=-3).date(), T0, BERLIN) == T(days=1).date()


def test_a_clock_without_absences_runs_on() -> None:
    assert shift_by_absences(T0.date(), []) == T0.date()


def test_days_away_move_a_date_on() -> None:
    away = Absence(T(days=3).date(), T(days=10).date())
    assert shift_by_absences(T0.date(), [away]) == T(days=7).date()


def test_days_away_in_two_ways_at_once_count_once() -> None:
    pause = Absence(T(days=3).date(), T(days=10).date())
    vacation = Absence(T(days=5).date(), T(days=12).date())
    within = Absence(T(days=6).date(), T(days=7).date())
    assert shift_by_absences(T0.date(), [vacation, within, pause]) == T(days=9).date()


def test_days_away_before_a_date_do_not_move_it() -> None:
    over = Absence(T(days=-10).date(), T(days=-3).date())
    across = Absence(T(days=-2).date(), T(days=2).date())
    assert shift_by_absences(T0.date(), [over]) == T0.date()
    assert shift_by_absences(T0.date(), [across]) == T(days=2).date()
