"""When the debrief of a booked visit is asked for, and how long nudges wait for it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.visits.prompts import (
    MAX_PROMPT_PERIOD,
    PROMPT_DELAY,
    awaits_debrief,
    find_silence_end,
    first_prompt,
    last_prompt_date,
    next_prompt_date,
)
from bot.domain.working_time import ONE_DAY, WorkingHours, contact_start, is_working_day

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)
HOURS = WorkingHours("UTC", time(9, 30))
ANY_HOURS = st.builds(
    WorkingHours,
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
)
ANY_DAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def test_the_first_prompt_comes_an_hour_after_the_end() -> None:
    assert first_prompt(MONDAY, at(MONDAY, 14, 45), HOURS) == (MONDAY, at(MONDAY, 15, 45))


@pytest.mark.parametrize("hour", [17, 23])
def test_after_hours_it_comes_at_the_next_ones(hour: int) -> None:
    tuesday = MONDAY + ONE_DAY
    assert first_prompt(MONDAY, at(MONDAY, hour), HOURS) == (tuesday, at(tuesday, 9, 30))


def test_a_visit_without_a_time_is_asked_about_on_the_next_working_day() -> None:
    monday = FRIDAY + 3 * ONE_DAY
    assert first_prompt(FRIDAY, None, HOURS) == (monday, at(monday, 9, 30))


def test_then_once_a_working_day_for_three_working_days() -> None:
    days, day = [], FRIDAY
    while day := next_prompt_date(FRIDAY, day, HOURS):
        days.append(day)
    assert days == [FRIDAY + count * ONE_DAY for count in (3, 4, 5)]
    assert last_prompt_date(FRIDAY, HOURS) == days[-1]


def test_nudges_wait_as_long_as_prompts_may_come() -> None:
    thursday = MONDAY + 3 * ONE_DAY
    assert find_silence_end([MONDAY], MONDAY, HOURS) == thursday
    assert find_silence_end([MONDAY], thursday, HOURS) == thursday
    assert find_silence_end([MONDAY], FRIDAY, HOURS) is None
    assert find_silence_end([MONDAY, FRIDAY], FRIDAY, HOURS) == date(2026, 3, 11)


def test_a_visit_waits_from_the_day_after_it() -> None:
    waiting = [awaits_debrief(MONDAY, MONDAY + count * ONE_DAY, HOURS) for count in range(5)]
    assert waiting == [False, True, True, True, False]


@given(ANY_DAY, st.none() | st.timedeltas(timedelta(), timedelta(hours=30)), ANY_HOURS)
def test_prompts_come_on_working_days_one_a_day_and_end(
    on: date, lasts: timedelta | None, hours: WorkingHours
) -> None:
    ends_at = None if lasts is None else contact_start(on, hours) + lasts
    day, instant = first_prompt(on, ends_at, hours)
    assert ends_at is None or instant >= ends_at + PROMPT_DELAY
    asked = [day]
    while (after := next_prompt_date(on, asked[-1], hours)) and len(asked) < 9:
        asked.append(after)
    assert asked == sorted(set(asked))
    assert len(asked) <= 4
    assert all(is_working_day(each, hours) for each in asked[1:])
    assert last_prompt_date(on, hours) - on <= MAX_PROMPT_PERIOD
