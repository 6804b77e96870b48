"""Caps: how often all PMs together may visit one customer."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.visits.caps import (
    MAX_MINUTES_A_QUARTER,
    MAX_VISITS_A_QUARTER,
    MIN_VISIT_GAP,
    QUARTER,
    Cap,
    ExceededCap,
    VisitLoad,
    find_exceeded_cap,
    find_free_date,
)

ON = date(2026, 5, 4)
DAYS = st.integers(-120, 120)
BURDENS = st.builds(
    lambda days, minutes: at(days, minutes), DAYS, st.sampled_from((0, 45, 120, 240))
)


def on(days: int) -> date:
    """Return the date so many days after the visit in question, or before it."""
    return ON + timedelta(days=days)


def at(days: int, minutes: int = 45) -> VisitLoad:
    """Build a visit so many days after the one in question, or before it."""
    return VisitLoad(on(days), minutes)


def test_a_customer_whom_nobody_sees_may_be_seen() -> None:
    assert find_exceeded_cap(at(0), []) is None


def test_three_weeks_apart_is_enough_either_way() -> None:
    assert find_exceeded_cap(at(0), [at(-21)]) is None
    assert find_exceeded_cap(at(0), [at(21)]) is None
    assert find_exceeded_cap(at(0), [at(-20)]) == ExceededCap(Cap.TOO_SOON, on(-20))
    assert find_exceeded_cap(at(0), [at(20)]) == ExceededCap(Cap.TOO_SOON, on(20))


def test_a_second_one_on_the_same_day_is_too_soon() -> None:
    assert find_exceeded_cap(at(0), [at(0)]) == ExceededCap(Cap.TOO_SOON, ON)


def test_the_third_in_a_quarter_is_one_too_many() -> None:
    assert find_exceeded_cap(at(0), [at(-90), at(-45)]) == ExceededCap(Cap.TOO_MANY, on(-45))
    assert find_exceeded_cap(at(0), [at(-91), at(-45)]) is None
    assert find_exceeded_cap(at(0), [at(-45), at(45)]) == ExceededCap(Cap.TOO_MANY, on(-45))
    assert find_exceeded_cap(at(0), [at(-46), at(45)]) is None


def test_more_than_four_hours_in_a_quarter_is_too_long() -> None:
    assert find_exceeded_cap(at(0, 120), [at(-30, 120)]) is None
    assert find_exceeded_cap(at(0, 121), [at(-30, 120)]) == ExceededCap(Cap.TOO_LONG, on(-30))
    assert find_exceeded_cap(at(0, 121), [at(30, 120)]) == ExceededCap(Cap.TOO_LONG, on(30))
    assert find_exceeded_cap(at(0, 121), [at(-91, 120)]) is None


def test_a_first_visit_may_be_as_long_as_it_has_to_be() -> None:
    assert find_exceeded_cap(at(0, 480), []) is None


def test_the_visit_that_is_named_is_the_nearest() -> None:
    assert find_exceeded_cap(at(0), [at(-20), at(5), at(60)]) == ExceededCap(Cap.TOO_SOON, on(5))


@given(st.lists(BURDENS, max_size=8))
def test_whoever_keeps_to_the_caps_stays_within_them(others: list[VisitLoad]) -> None:
    kept: list[VisitLoad] = []
    for each in others:
        if find_exceeded_cap(each, kept) is None:
            kept.append(each)
    days = sorted(each.on for each in kept)
    assert all(later - earlier >= MIN_VISIT_GAP for earlier, later in pairwise(days))
    assert all(
        last - first >= QUARTER
        for first, last in zip(days, days[MAX_VISITS_A_QUARTER:], strict=False)
    )
    minutes = {each.on: each.minutes for each in kept}
    pairs = [pair for pair in pairwise(days) if pair[1] - pair[0] < QUARTER]
    assert all(minutes[first] + minutes[last] <= MAX_MINUTES_A_QUARTER for first, last in pairs)


def test_a_customer_is_free_again_when_the_caps_allow_it() -> None:
    assert find_free_date(ON, []) == ON
    assert find_free_date(ON, [at(-1)]) == on(20)
    assert find_free_date(ON, [at(-60), at(-30)]) == on(31)
    assert find_free_date(ON, [at(5)]) == on(26)
    assert find_free_date(ON, [at(-30, 240)], minutes=45) == on(61)


@given(st.lists(BURDENS, max_size=8))
def test_there_is_always_a_day_on_which_they_are_free(others: list[VisitLoad]) -> None:
    assert find_exceeded_cap(VisitLoad(find_free_date(ON, others, 45), 45), others) is None
