"""Absences: which statuses mean a vacation, until when a message waits, and pauses in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.nudges.away import (
    ASSUMED_VACATION,
    InvalidPause,
    PauseInPast,
    PauseTooFar,
    PauseUnclear,
    SlackStatus,
    TimeSpan,
    find_first_free_time,
    find_vacation,
    first_day_back,
    is_vacation,
    parse_pause,
)
from tests.times import T0, T

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("emoji", "text"),
    [
        (":palm_tree:", ""),
        (":desert_island:", "Back on Monday"),
        (":beach_with_umbrella::skin-tone-2:", ""),
        (":face_with_thermometer:", "Out sick"),
        ("", "On vacation until 24 March"),
        ("", "PTO"),
        ("", "OOO, back after Easter"),
        (":calendar:", "Out of the office"),
        ("", "Parental leave"),
        ("", "Im Urlaub, zurück am 5.3."),
        ("", "Krank"),
        ("", "Nicht im Büro"),
        ("", "De vacaciones"),
        ("", "Día libre"),
        ("", "En congé jusqu'à lundi"),
        ("", "Vacances"),
    ],
)
def test_a_status_that_means_a_vacation_is_understood(emoji: str, text: str) -> None:
    assert is_vacation(SlackStatus(emoji, text))


@pytest.mark.parametrize(
    ("emoji", "text"),
    [
        ("", ""),
        (":spiral_calendar_pad:", "In a meeting"),
        (":house_with_garden:", "Working remotely"),
        (":palm_tree:", "Working from Bali"),
        (":palm_tree:", "Back from vacation"),
        (":airplane:", "Arbeite in Berlin"),
        (":bus:", "Commuting"),
        ("", "Picking the sickle up"),
        ("", "Telling Ptolemy"),
        ("", "Planning vacation cover"),
    ],
)
def test_a_status_that_means_work_is_none(emoji: str, text: str) -> None:
    assert not is_vacation(SlackStatus(emoji, text))


def test_a_vacation_lasts_as_long_as_its_status() -> None:
    status = SlackStatus(":palm_tree:", "", T(days=9))
    assert find_vacation(status, T0, None) == TimeSpan(T0, T(days=9))


def test_a_vacation_that_stands_goes_on_since_it_was_first_seen() -> None:
    status = SlackStatus(":palm_tree:", "", T(days=20))
    assert find_vacation(status, T(days=5), TimeSpan(T0, T(days=9))) == TimeSpan(T0, T(days=20))


def test_a_vacation_without_an_end_is_believed_for_four_weeks_however_often_it_is_seen() -> None:
    status = SlackStatus(":palm_tree:")
    seen = find_vacation(status, T0, None)
    assert seen == TimeSpan(T0, T0 + ASSUMED_VACATION)
    again = find_vacation(status, T(days=27), seen)
    assert again is not None
    assert not again.contains(T(days=28))


def test_a_status_of_another_kind_ends_a_vacation() -> None:
    assert (
        find_vacation(SlackStatus(":bus:", "Commuting"), T(days=5), TimeSpan(T0, T(days=9))) is None
    )


@pytest.mark.parametrize(
    ("until", "back"),
    [
        # Slack's "today" and "this week" end a second before midnight.
        (datetime(2026, 3, 13, 22, 59, 59, tzinfo=UTC), date(2026, 3, 14)),
        (datetime(2026, 3, 13, 23, 0, tzinfo=UTC), date(2026, 3, 14)),
        (datetime(2026, 3, 13, 13, 0, tzinfo=UTC), date(2026, 3, 13)),
    ],
)
def test_somebody_is_back_on_the_day_after_the_last_that_they_are_away_to_its_end(
    until: datetime, back: date
) -> None:
    assert first_day_back(TimeSpan(T0, until), "Europe/Berlin") == back


def test_a_message_waits_for_the_end_of_all_that_keeps_it() -> None:
    vacation, quiet = TimeSpan(T0, T(days=2)), TimeSpan(T(days=1), T(days=2, hours=3))
    assert find_first_free_time([quiet, vacation], T(days=1)) == T(days=2, hours=3)
    assert find_first_free_time([vacation, quiet], T(hours=5)) == T(days=2, hours=3)


def test_a_message_waits_for_nothing_that_is_over_or_to_come() -> None:
    spans = [TimeSpan(T(days=-2), T0), TimeSpan(T(hours=1), T(hours=2))]
    assert find_first_free_time(spans, T0) is None
    assert find_first_free_time([], T0) is None


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("", date(2026, 3, 11)),
        ("3 days", date(2026, 3, 7)),
        ("a day", date(2026, 3, 5)),
        ("for 2 weeks", date(2026, 3, 18)),
        ("tomorrow", date(2026, 3, 5)),
        ("until Monday", date(2026, 3, 9)),
        ("until wed", date(2026, 3, 11)),
        ("until 2026-03-20", date(2026, 3, 20)),
        ("UNTIL 20 March", date(2026, 3, 20)),
        ("March 20th, 2026", date(2026, 3, 20)),
        ("until 1 Feb", date(2027, 2, 1)),
    ],
)
def test_the_end_of_a_pause_is_understood(words: str, until: date) -> None:
    assert parse_pause(words, WEDNESDAY) == until


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("banana", PauseUnclear),
        ("until", PauseUnclear),
        ("until 31 February", PauseUnclear),
        ("until month", PauseUnclear),
        ("2026-13-01", PauseUnclear),
        ("2026-03-04", PauseInPast),
        ("0 days", PauseInPast),
        ("9999 weeks", PauseTooFar),
        ("until 2028-03-04", PauseTooFar),
    ],
)
def test_a_pause_without_an_end_to_use_is_refused(words: str, error: type[InvalidPause]) -> None:
    with pytest.raises(error):
        parse_pause(words, WEDNESDAY)


def test_whatever_is_told_a_pause_ends_within_a_year() -> None:
    for days in range(1, 367):
        assert parse_pause(f"{days} days", WEDNESDAY) == WEDNESDAY + timedelta(days=days)
    with pytest.raises(PauseTooFar):
        parse_pause("367 days", WEDNESDAY)
