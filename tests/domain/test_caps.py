"""Caps: how much one customer may be seen by all PMs together."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.caps import A_QUARTER, APART, QUARTER, Cap, Over, free_on, over

ON = date(2026, 5, 4)
DAYS = st.integers(-120, 120).map(lambda count: ON + timedelta(days=count))


def on(days: int) -> date:
    """So many days after the visit in question, or before it."""
    return ON + timedelta(days=days)


def test_a_customer_whom_nobody_sees_may_be_seen() -> None:
    assert over(ON, []) is None


def test_three_weeks_apart_is_enough_either_way() -> None:
    assert over(ON, [on(-21)]) is None
    assert over(ON, [on(21)]) is None
    assert over(ON, [on(-20)]) == Over(Cap.TOO_SOON, on(-20))
    assert over(ON, [on(20)]) == Over(Cap.TOO_SOON, on(20))


def test_a_second_one_on_the_same_day_is_too_soon() -> None:
    assert over(ON, [ON]) == Over(Cap.TOO_SOON, ON)


def test_the_third_in_a_quarter_is_one_too_many() -> None:
    assert over(ON, [on(-90), on(-45)]) == Over(Cap.TOO_MANY, on(-45))
    assert over(ON, [on(-91), on(-45)]) is None
    assert over(ON, [on(-45), on(45)]) == Over(Cap.TOO_MANY, on(-45))
    assert over(ON, [on(-46), on(45)]) is None


def test_the_visit_that_is_named_is_the_nearest() -> None:
    assert over(ON, [on(-20), on(5), on(60)]) == Over(Cap.TOO_SOON, on(5))


@given(st.lists(DAYS, max_size=8))
def test_whoever_keeps_to_the_caps_stays_within_them(others: list[date]) -> None:
    kept: list[date] = []
    for each in others:
        if over(each, kept) is None:
            kept.append(each)
    days = sorted(kept)
    assert all(later - earlier >= APART for earlier, later in pairwise(days))
    assert all(last - first >= QUARTER for first, last in zip(days, days[A_QUARTER:], strict=False))


def test_a_customer_is_free_again_when_the_caps_allow_it() -> None:
    assert free_on(ON, []) == ON
    assert free_on(ON, [on(-1)]) == on(20)
    assert free_on(ON, [on(-60), on(-30)]) == on(31)
    assert free_on(ON, [on(5)]) == on(26)


@given(st.lists(DAYS, max_size=8))
def test_there_is_always_a_day_on_which_they_are_free(others: list[date]) -> None:
    assert over(free_on(ON, others), others) is None
