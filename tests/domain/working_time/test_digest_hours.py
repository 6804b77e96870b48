"""When a digest goes out: its day and hour, and a digest that was missed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.stories import Digest, DigestHours, decide_digest, iso_week, next_digest
from bot.domain.working_time import MONDAY_TO_FRIDAY, to_instant
from tests.times import T0, T

FRIDAY = DigestHours(4, time(16), "Europe/Berlin")
MONDAY = DigestHours(0, time(9), "Europe/Berlin")
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Africa/Cairo",
    "America/Nuuk",
    "Pacific/Apia",
)
EVERY_HOURS = st.builds(
    DigestHours,
    st.integers(0, 6),
    st.sampled_from([time(0), time(0, 30), time(2, 30), time(9), time(16), time(23, 30)]),
    st.sampled_from(ZONES),
    st.frozensets(st.dates(T0.date(), T(days=370).date()), max_size=10),
)


def friday(hour: int, days: int = 0) -> datetime:
    """Return a wall time in Berlin on the first Friday after `T0`, or so many days later."""
    return to_instant(T(days=4 + days).date(), time(hour), FRIDAY.zone)


@pytest.mark.parametrize(
    ("on", "week"),
    [
        (date(2026, 11, 20), "2026-W47"),
        (date(2026, 1, 1), "2026-W01"),
        (date(2025, 12, 29), "2026-W01"),
        (date(2027, 1, 1), "2026-W53"),
    ],
)
def test_a_date_belongs_to_its_iso_week(on: date, week: str) -> None:
    assert iso_week(on) == week


def test_the_next_digest_is_on_its_weekday_at_its_hour() -> None:
    assert next_digest(T0, FRIDAY) == Digest("2026-W10", T(days=4).date(), friday(16))


def test_at_the_very_hour_the_next_digest_is_a_week_ahead() -> None:
    assert next_digest(friday(16), FRIDAY).on == T(days=11).date()
    assert next_digest(friday(16) - timedelta(seconds=1), FRIDAY).on == T(days=4).date()


def test_a_digest_goes_out_at_its_hour_and_not_before() -> None:
    digest = next_digest(T0, FRIDAY)
    assert not decide_digest(digest, FRIDAY, friday(15)).send
    assert decide_digest(digest, FRIDAY, friday(16)).send


def test_a_missed_digest_goes_out_later_on_the_same_day() -> None:
    assert decide_digest(next_digest(T0, FRIDAY), FRIDAY, friday(23)).send


def test_a_digest_missed_for_its_day_goes_out_on_the_next_working_day_for_its_own_week() -> None:
    held = decide_digest(next_digest(T0, FRIDAY), FRIDAY, friday(10, days=1))
    assert not held.send
    assert held.digest == Digest("2026-W10", T(days=7).date(), friday(16, days=3))
    assert decide_digest(held.digest, FRIDAY, friday(16, days=3)).send


def test_a_missed_digest_is_not_caught_up_on_a_day_off() -> None:
    hours = DigestHours(4, time(16), FRIDAY.zone, frozenset({T(days=7).date()}))
    assert decide_digest(next_digest(T0, hours), hours, T(days=5)).digest.on == T(days=8).date()


def test_after_a_catch_up_the_next_digest_is_the_one_of_the_next_week() -> None:
    assert next_digest(friday(16, days=3), FRIDAY).week == "2026-W11"


def test_after_weeks_of_downtime_only_the_latest_week_is_caught_up() -> None:
    held = decide_digest(next_digest(T0, FRIDAY), FRIDAY, friday(10, days=15))
    assert (held.digest.week, held.digest.on) == ("2026-W12", T(days=21).date())


def test_every_week_that_gets_no_digest_of_its_own_is_named_once() -> None:
    held = decide_digest(next_digest(T0, FRIDAY), FRIDAY, friday(10, days=15))
    assert held.skipped == ("2026-W10", "2026-W11")
    assert decide_digest(held.digest, FRIDAY, friday(16, days=17)).skipped == ()


def test_a_digest_that_is_caught_up_skips_no_week() -> None:
    held = decide_digest(next_digest(T0, FRIDAY), FRIDAY, friday(10, days=1))
    assert held.skipped == ()
    assert decide_digest(held.digest, FRIDAY, friday(16, days=3)).skipped == ()


def test_a_catch_up_that_is_missed_too_skips_its_week_and_those_after_it() -> None:
    held = decide_digest(next_digest(T0, FRIDAY), FRIDAY, friday(10, days=1))
    decided = decide_digest(held.digest, FRIDAY, friday(17, days=21))
    assert (decided.send, decided.digest.week) == (True, "2026-W13")
    assert decided.skipped == ("2026-W10", "2026-W11", "2026-W12")


def test_a_catch_up_that_falls_on_the_day_of_the_next_digest_is_that_digest() -> None:
    digest = next_digest(T(days=-1), MONDAY)
    held = decide_digest(digest, MONDAY, T(days=5))
    assert held.digest == next_digest(T(days=5), MONDAY)


def test_a_team_that_moves_its_weekday_never_goes_back_a_week() -> None:
    digest = next_digest(T(days=-1), MONDAY)
    assert decide_digest(digest, FRIDAY, T(days=1)).digest.week == "2026-W10"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(9), time(16, 45)])
def test_a_digest_keeps_its_hour_on_the_wall_over_every_change_of_clocks(
    zone: str, at: time
) -> None:
    for weekday in (0, 6):
        hours, now = DigestHours(weekday, at, zone), T0
        for _ in range(53):
            digest = next_digest(now, hours)
            wall = digest.at.astimezone(ZoneInfo(zone))
            assert (wall.date(), wall.time(), wall.weekday()) == (digest.on, at, weekday)
            now = digest.at


@settings(deadline=None, max_examples=30)
@given(hours=EVERY_HOURS)
def test_a_year_has_one_digest_for_every_week(hours: DigestHours) -> None:
    digests = [next_digest(T0, hours)]
    while len(digests) < 52:
        digests.append(next_digest(digests[-1].at, hours))
    assert [each.on for each in digests] == [
        digests[0].on + timedelta(weeks=count) for count in range(52)
    ]
    assert len({each.week for each in digests}) == 52


@settings(deadline=None, max_examples=50)
@given(hours=EVERY_HOURS, looks=st.lists(st.integers(1, 150), max_size=80))
def test_no_week_has_two_digests_whenever_the_bot_looks(
    hours: DigestHours, looks: list[int]
) -> None:
    digest, now, sent = next_digest(T0, hours), T0, list[Digest]()
    for waited in looks:
        now += timedelta(hours=waited)
        decided = decide_digest(digest, hours, now)
        digest = decided.digest
        if decided.send:
            sent.append(digest)
            digest = next_digest(now, hours)
    weeks = [each.week for each in sent]
    assert weeks == sorted(set(weeks))
    caught_up = [each.on for each in sent if each.on.weekday() != hours.weekday]
    assert all(on.weekday() in MONDAY_TO_FRIDAY and on not in hours.days_off for on in caught_up)


def test_a_digest_hour_that_is_skipped_comes_an_hour_later() -> None:
    hours = DigestHours(4, time(0), "Africa/Cairo")
    digest = next_digest(datetime(2026, 4, 20, tzinfo=UTC), hours)
    assert (digest.on, digest.at) == (date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC))
