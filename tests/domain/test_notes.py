"""When a note that asks for nothing is offered, and to whom it goes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.notes import (
    A_MONTH,
    NoteCandidate,
    choose_recipient,
    find_due_offer,
    find_first_offer,
    find_next_offer,
    find_offer,
    find_offer_after,
    find_valentines_day,
    first_name,
)
from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import WorkingHours, contact_start, is_working_day

HOURS = WorkingHours("UTC", time(9, 30))
ANY_HOURS = st.builds(
    WorkingHours,
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"]),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
)
ANY_DAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
ANY_TIME = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def at(month: int, day: int, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def known(customer_id: int, seen_on: date, written_on: date | None = None) -> NoteCandidate:
    return NoteCandidate(customer_id, seen_on, VisitKind.PHONE, written_on)


@pytest.mark.parametrize(
    ("month", "day"), [(2, 13), (3, 13), (4, 13), (5, 13), (6, 12), (9, 11), (12, 11)]
)
def test_the_offer_comes_on_the_13th_or_on_the_working_day_before(month: int, day: int) -> None:
    made = find_offer(date(2026, month, 28), HOURS)
    assert (made.on, made.at) == (date(2026, month, day), at(month, day))
    assert made.month == f"2026-{month:02}"


def test_a_holiday_on_the_13th_puts_it_a_day_ahead() -> None:
    hours = WorkingHours("UTC", time(9, 30), days_off=frozenset({date(2026, 2, 13)}))
    assert find_offer(date(2026, 2, 1), hours).on == date(2026, 2, 12)


def test_where_nobody_works_up_to_the_13th_it_comes_after_it() -> None:
    off = frozenset(date(2026, 2, day) for day in range(1, 15))
    assert find_offer(date(2026, 2, 1), WorkingHours("UTC", time(9, 30), days_off=off)).on == date(
        2026, 2, 16
    )


@given(on=ANY_DAY, hours=ANY_HOURS)
def test_each_month_has_one_offer_on_a_working_day(on: date, hours: WorkingHours) -> None:
    made = find_offer(on, hours)
    assert (made.on.year, made.on.month) == (on.year, on.month)
    assert is_working_day(made.on, hours)
    assert made.at == contact_start(made.on, hours)
    after = find_offer_after(made, hours)
    assert (after.on.replace(day=1) - made.on.replace(day=1)).days in range(28, 32)


@given(joined_at=ANY_TIME, hours=ANY_HOURS)
def test_nobody_is_offered_one_in_their_first_month(
    joined_at: datetime, hours: WorkingHours
) -> None:
    made = find_first_offer(joined_at, hours)
    assert joined_at + A_MONTH < made.at <= joined_at + A_MONTH + timedelta(days=50)


def test_what_is_due_is_offered_and_the_next_is_planned() -> None:
    planned = date(2026, 3, 13)
    assert find_due_offer(planned, at(3, 13), HOURS) == (
        find_offer(planned, HOURS),
        find_offer(date(2026, 4, 1), HOURS),
    )
    assert find_due_offer(planned, at(3, 13, 9, 29), HOURS) == (None, find_offer(planned, HOURS))


def test_after_downtime_it_is_offered_later_in_the_month() -> None:
    due, after = find_due_offer(date(2026, 3, 13), at(3, 30), HOURS)
    assert due == find_offer(date(2026, 3, 1), HOURS)
    assert after.on == date(2026, 4, 13)


def test_after_months_of_downtime_one_is_offered_and_not_three() -> None:
    assert find_due_offer(date(2026, 1, 13), at(4, 2), HOURS) == (
        None,
        find_offer(date(2026, 4, 1), HOURS),
    )
    due, after = find_due_offer(date(2026, 1, 13), at(4, 20), HOURS)
    assert due == find_offer(date(2026, 4, 1), HOURS)
    assert after.on == date(2026, 5, 13)


@given(now=ANY_TIME, hours=ANY_HOURS)
def test_the_next_offer_lies_ahead(now: datetime, hours: WorkingHours) -> None:
    assert find_next_offer(now, hours).at > now


def test_it_goes_to_whoever_heard_from_the_pm_longest_ago() -> None:
    long_ago, lately = known(1, date(2025, 6, 1)), known(2, date(2026, 1, 1))
    assert choose_recipient([lately, long_ago]) == long_ago
    assert choose_recipient([lately, long_ago], {1}) == lately
    assert choose_recipient([lately, long_ago], {1, 2}) is None
    assert choose_recipient([]) is None


def test_a_note_is_a_word_too() -> None:
    written_to = known(1, date(2025, 6, 1), date(2025, 12, 1))
    other = known(2, date(2025, 9, 1))
    assert choose_recipient([written_to, other]) == other


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 2, 13), date(2026, 2, 14)),
        (date(2026, 2, 2), date(2026, 2, 14)),
        (date(2026, 2, 14), None),
        (date(2026, 3, 13), None),
    ],
)
def test_valentines_is_named_in_february_alone(today: date, day: date | None) -> None:
    assert find_valentines_day(today) == day


@pytest.mark.parametrize(
    ("name", "called"),
    [("Mara Lind", "Mara"), ("Mara", "Mara"), ("Dr. Lind", "Dr. Lind"), ("", ""), (" ", "")],
)
def test_people_are_called_by_their_first_name(name: str, called: str) -> None:
    assert first_name(name) == called
