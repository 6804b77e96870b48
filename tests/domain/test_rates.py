"""Rates: no minute sees too many calls, a pause frees them, and Slack's wait is exact."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.domain.outbox.rates import MAX_RETRY_AFTER, MINUTE, RateUsage, count_available_calls, spend
from tests.times import T

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)

a_minute = st.one_of(
    st.integers(1, 400),
    st.sampled_from([1, 2, 9, 10, 11, 20, *DeliveryPolicy().calls_per_minute().values()]),
)
gaps = st.timedeltas(timedelta(), timedelta(seconds=20))
moments = st.timedeltas(timedelta(days=-300), timedelta(days=300)).map(lambda each: T() + each)
# The pause before each request, and the number of calls wanted at most.
asks = st.lists(st.tuples(gaps, st.integers(1, 500)), min_size=1, max_size=60)


def let_through(
    rate: RateUsage, limit: int, asked: Sequence[tuple[datetime, int]]
) -> list[datetime]:
    """Return when each call was made that was let through."""
    made: list[datetime] = []
    for at, wanted in asked:
        count = min(wanted, count_available_calls(rate, limit, at))
        rate = spend(rate, limit, count, at)
        made += [at] * count
    return made


def times(asked: Sequence[tuple[timedelta, int]]) -> list[tuple[datetime, int]]:
    """Return the instants of the requests, one after the other."""
    found, at = [], T()
    for gap, wanted in asked:
        at += gap
        found.append((at, wanted))
    return found


def together(limit: int) -> int:
    """Return how many calls are allowed at once after a pause."""
    return count_available_calls(RateUsage(T()), limit, T())


@settings(deadline=None)
@given(limit=a_minute, asked=asks)
def test_no_minute_sees_more_calls_than_it_may(
    limit: int, asked: list[tuple[timedelta, int]]
) -> None:
    made = let_through(RateUsage(T()), limit, times(asked))
    # One call too many comes a minute after the first.
    assert all(later - first >= MINUTE for first, later in zip(made, made[limit:], strict=False))


@settings(deadline=None)
@given(limit=a_minute)
def test_whoever_always_asks_gets_nearly_all_that_a_minute_holds(limit: int) -> None:
    seconds = [(T() + each * SECOND, limit) for each in range(60 * 4)]
    # A call that would be free in half a second has to wait a whole one.
    assert len(let_through(RateUsage(T()), limit, seconds)) >= 0.8 * 4 * (limit - together(limit))


@given(limit=a_minute)
def test_a_tenth_of_a_minutes_calls_may_come_together(limit: int) -> None:
    assert together(limit) == max(1, limit // 10)


@settings(deadline=None)
@given(limit=a_minute, asked=asks)
def test_a_minutes_rest_makes_free(limit: int, asked: list[tuple[timedelta, int]]) -> None:
    rate = RateUsage(T())
    for at, wanted in times(asked):
        rate = spend(rate, limit, min(wanted, count_available_calls(rate, limit, at)), at)
    assert count_available_calls(rate, limit, times(asked)[-1][0] + MINUTE) == together(limit)


@given(limit=a_minute, taken=st.integers(0, 40))
def test_what_is_taken_is_no_longer_there(limit: int, taken: int) -> None:
    count = min(taken, together(limit))
    rate = spend(RateUsage(T()), limit, count, T())
    assert count_available_calls(rate, limit, T()) == together(limit) - count


@given(limit=a_minute, wait=st.integers(1, int(MAX_RETRY_AFTER.total_seconds())))
def test_slacks_wait_is_kept_to_the_second(limit: int, wait: int) -> None:
    until = T() + wait * SECOND
    rate = RateUsage(T(), held_until=until)
    for before in (T(), until - SECOND, until - MICROSECOND):
        assert count_available_calls(rate, limit, before) == 0
    assert count_available_calls(rate, limit, until) == together(limit)


@given(limit=a_minute, wait=st.integers(1, 60), calls=st.integers(0, 40))
def test_a_wait_is_not_forgotten_when_calls_are_counted(limit: int, wait: int, calls: int) -> None:
    rate = spend(RateUsage(T(), held_until=T() + wait * SECOND), limit, calls, T())
    assert count_available_calls(rate, limit, T() + wait * SECOND - MICROSECOND) == 0


@given(limit=a_minute, free_at=moments, now=moments, held=st.one_of(st.none(), moments), calls=...)
def test_there_is_never_less_than_no_room_nor_more_than_comes_together(
    limit: int, free_at: datetime, now: datetime, held: datetime | None, calls: bool
) -> None:
    rate = RateUsage(free_at, held)
    found = count_available_calls(spend(rate, limit, 1, now) if calls else rate, limit, now)
    assert 0 <= found <= together(limit)


@given(limit=a_minute, back=st.timedeltas(timedelta(), timedelta(days=3)))
def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_long(
    limit: int, back: timedelta
) -> None:
    rate = RateUsage(T())
    now = T() - back
    rate = spend(rate, limit, min(1, count_available_calls(rate, limit, now)), now)
    assert count_available_calls(rate, limit, now + MINUTE) >= 1


@given(limit=a_minute, back=st.timedeltas(MAX_RETRY_AFTER, timedelta(days=3)))
def test_a_wait_that_a_clock_wrote_before_it_was_set_back_is_none(
    limit: int, back: timedelta
) -> None:
    rate = RateUsage(T() - back, held_until=T() + SECOND)
    assert count_available_calls(rate, limit, T() - back) == together(limit)
