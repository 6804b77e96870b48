"""A year of nudges: never more than a PM asked for, whatever the clocks and the bot do."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.nudges.rules import (
    DEFAULT_HOUR,
    INTERVALS,
    NudgeSettings,
    NudgeStep,
    PlannedNudge,
    Snooze,
    Strength,
    decide,
    first_nudge,
    next_nudge,
    reschedule,
    snooze,
)
from bot.domain.working_time import WorkingHours, contact_start, is_working_day, local_date
from tests.times import T0, T

MOST_IN_A_CYCLE = {Strength.LIGHT: 1, Strength.STANDARD: 2, Strength.ACTIVE: 3}
YEAR = 365
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Africa/Cairo",
    "America/Nuuk",
    "Pacific/Apia",
)
CHANGES_OF_CLOCKS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("Asia/Kolkata", date(2026, 3, 29)),
    ("Asia/Kolkata", date(2026, 10, 25)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("America/Nuuk", date(2026, 3, 28)),
    ("America/Nuuk", date(2026, 3, 29)),
    ("America/Nuuk", date(2026, 10, 25)),
    ("Pacific/Apia", date(2026, 4, 5)),
    ("Pacific/Apia", date(2026, 9, 27)),
]
RHYTHMS = st.builds(
    NudgeSettings,
    st.sampled_from(INTERVALS),
    st.sampled_from(Strength),
    st.builds(
        WorkingHours,
        st.sampled_from(ZONES),
        st.sampled_from([time(0), time(2, 30), DEFAULT_HOUR, time(17), time(23, 30)]),
        st.frozensets(st.integers(0, 6), min_size=1),
        st.frozensets(st.dates(T0.date(), T(days=YEAR).date()), max_size=20),
    ),
)
# Hours between two looks of the bot: it usually looks often, and is sometimes down for days.
LOOKS = st.lists(st.one_of(st.integers(1, 5), st.integers(6, 200)), min_size=5, max_size=120)


@dataclass
class Year:
    """One PM with their stored plan, as the bot looks at it from time to time."""

    rhythm: NudgeSettings
    anchor: date
    planned: PlannedNudge
    sent: list[tuple[date, PlannedNudge]] = field(default_factory=list)

    def look(self, now: datetime) -> None:
        decided = decide(self.anchor, self.rhythm, self.planned, now)
        self.planned = decided.next_nudge
        if decided.send:
            self.sent.append((self.anchor, decided.next_nudge))
            self.planned = next_nudge(self.anchor, self.rhythm, decided.next_nudge)

    def visit(self, on: date) -> None:
        self.anchor = on
        last = self.sent[-1][1] if self.sent else None
        self.planned = next_nudge(on, self.rhythm, last) if last else first_nudge(on, self.rhythm)


def year_of(rhythm: NudgeSettings) -> Year:
    return Year(rhythm, T0.date(), first_nudge(T0.date(), rhythm))


def every(hours: int, days: int = YEAR) -> Iterator[datetime]:
    return (T(hours=count) for count in range(0, days * 24, hours))


def eve(on: date) -> datetime:
    """Return noon in UTC on the day before a date."""
    return datetime.combine(on - timedelta(days=1), time(12), tzinfo=UTC)


def simulate_year(
    rhythm: NudgeSettings, looks: Iterable[datetime], visits: Iterable[int] = ()
) -> Year:
    """Simulate a year in which the bot looks at these instants and the PM visits on these days."""
    ahead = sorted(visits, reverse=True)
    year = year_of(rhythm)
    for now in looks:
        while ahead and T(days=ahead[-1]) <= now:
            year.visit(max(year.anchor, T(days=ahead.pop()).date()))
        year.look(now)
    return year


def assert_bounded(year: Year) -> None:
    rhythm, nudges = year.rhythm, [nudge for _, nudge in year.sent]
    assert all(one.on < other.on for one, other in pairwise(nudges))
    assert all(is_working_day(nudge.on, rhythm.hours) for nudge in nudges)
    cycles = Counter((anchor, nudge.cycle) for anchor, nudge in year.sent)
    assert max(cycles.values(), default=0) <= MOST_IN_A_CYCLE[rhythm.strength]
    steps = Counter((anchor, nudge.cycle, nudge.step) for anchor, nudge in year.sent)
    assert max(steps.values(), default=0) <= 1
    for anchor, nudge in year.sent:
        share = 4 / 5 if nudge.step is NudgeStep.EARLY else 1
        assert (nudge.on - anchor).days >= int(rhythm.interval_days * share)


@pytest.mark.parametrize("strength", Strength)
@pytest.mark.parametrize("interval", INTERVALS)
def test_a_year_without_a_visit_brings_what_the_strength_allows_and_no_more(
    strength: Strength, interval: int
) -> None:
    rhythm = NudgeSettings(interval, strength, WorkingHours("Europe/Berlin", DEFAULT_HOUR))
    year = simulate_year(rhythm, every(5))
    assert_bounded(year)
    steps = Counter(nudge.step for _, nudge in year.sent)
    assert steps[NudgeStep.DUE] == (YEAR - 1) // interval
    assert bool(steps[NudgeStep.FOLLOW_UP]) == (strength is not Strength.LIGHT)
    assert bool(steps[NudgeStep.EARLY]) == (strength is Strength.ACTIVE and interval > 7)


@settings(deadline=None, max_examples=40)
@given(rhythm=RHYTHMS, looks=LOOKS, visits=st.lists(st.integers(0, YEAR), max_size=12))
def test_no_downtime_visit_holiday_or_change_of_clocks_breaks_the_bounds(
    rhythm: NudgeSettings, looks: list[int], visits: list[int]
) -> None:
    moments = (T(hours=sum(looks[: count + 1])) for count in range(len(looks)))
    assert_bounded(simulate_year(rhythm, moments, visits))


def test_who_visits_every_week_and_is_due_every_two_hears_nothing() -> None:
    rhythm = NudgeSettings(14, Strength.STANDARD, WorkingHours("Europe/Berlin", DEFAULT_HOUR))
    assert simulate_year(rhythm, every(5), range(0, YEAR, 7)).sent == []


@settings(deadline=None, max_examples=25)
@given(rhythm=RHYTHMS, down_on=st.integers(0, 120))
def test_after_three_days_of_downtime_the_first_look_leaves_nothing_to_catch_up(
    rhythm: NudgeSettings, down_on: int
) -> None:
    year = simulate_year(rhythm, every(6, down_on + 1))
    for hours in range(24):
        now, before = T(days=down_on + 3, hours=hours), len(year.sent)
        year.look(now)
        assert year.planned.at > now
        assert len(year.sent) <= before + 1
    assert_bounded(year)


@pytest.mark.parametrize("strength", Strength)
@pytest.mark.parametrize("interval", INTERVALS)
def test_three_days_of_downtime_send_one_catch_up_at_most(
    strength: Strength, interval: int
) -> None:
    rhythm = NudgeSettings(interval, strength, WorkingHours("Europe/Berlin", DEFAULT_HOUR))
    for down_on in range(60, 88, 3):
        year = simulate_year(rhythm, every(12, down_on + 1))
        before = len(year.sent)
        for hours in range(24):
            year.look(T(days=down_on + 3, hours=hours))
        assert len(year.sent) - before <= 1, down_on


def test_many_missed_nudges_come_as_one() -> None:
    rhythm = NudgeSettings(7, Strength.ACTIVE, WorkingHours("Europe/Berlin", DEFAULT_HOUR))
    year = simulate_year(rhythm, (T(days=100, hours=count) for count in range(24)))
    assert len(year.sent) == 1


def test_looking_twice_at_once_decides_the_same() -> None:
    rhythm = NudgeSettings(7, Strength.LIGHT, WorkingHours("Europe/Berlin", DEFAULT_HOUR))
    planned = first_nudge(T0.date(), rhythm)
    assert decide(T0.date(), rhythm, planned, planned.at) == decide(
        T0.date(), rhythm, planned, planned.at
    )


@settings(deadline=None, max_examples=25)
@given(rhythm=RHYTHMS, days=st.integers(0, YEAR))
def test_putting_a_nudge_off_to_its_own_day_changes_nothing(
    rhythm: NudgeSettings, days: int
) -> None:
    since = T(days=days).date()
    planned = first_nudge(since, rhythm)
    following = next_nudge(since, rhythm, planned)
    assert reschedule(since, rhythm, following, following.on).on == following.on
    assert planned.on < following.on


@pytest.mark.parametrize(("zone", "on"), CHANGES_OF_CLOCKS)
@pytest.mark.parametrize("at", [DEFAULT_HOUR, time(17)])
def test_a_snooze_over_a_change_of_clocks_ends_at_the_same_hour_of_the_wall(
    zone: str, on: date, at: time
) -> None:
    rhythm = NudgeSettings(30, Strength.STANDARD, WorkingHours(zone, at, frozenset(range(7))))
    since = on - timedelta(days=31)
    sent = first_nudge(since, rhythm)
    for choice, days in ((Snooze.TOMORROW, 1), (Snooze.THREE_DAYS, 3)):
        back = snooze(since, rhythm, sent, choice, sent.at + timedelta(minutes=1))
        wall = back.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert wall == datetime.combine(sent.on + timedelta(days=days), at)


@pytest.mark.parametrize(("zone", "on"), CHANGES_OF_CLOCKS)
@pytest.mark.parametrize("at", [time(0), time(0, 30), time(2, 30), time(23, 30)])
def test_a_snooze_into_a_gap_or_an_overlap_comes_back_once(zone: str, on: date, at: time) -> None:
    rhythm = NudgeSettings(30, Strength.STANDARD, WorkingHours(zone, at, frozenset(range(7))))
    since = on - timedelta(days=31)
    snoozed_to = snooze(since, rhythm, first_nudge(since, rhythm), Snooze.TOMORROW, eve(on))
    year = Year(rhythm, since, snoozed_to)
    assert eve(on) < snoozed_to.at == contact_start(snoozed_to.on, rhythm.hours)
    for minutes in range(0, 3 * 60, 15):
        year.look(snoozed_to.at + timedelta(minutes=minutes))
    assert [nudge for _, nudge in year.sent] == [snoozed_to]


@settings(deadline=None, max_examples=40)
@given(
    rhythm=RHYTHMS,
    choice=st.sampled_from([each for each in Snooze if each is not Snooze.DATE]),
    hours=st.integers(0, 400),
)
def test_a_snooze_is_always_back_on_a_later_date_and_a_day_of_work(
    rhythm: NudgeSettings, choice: Snooze, hours: int
) -> None:
    since = T0.date()
    sent = first_nudge(since, rhythm)
    now = sent.at + timedelta(hours=hours)
    planned = snooze(since, rhythm, sent, choice, now)
    assert planned.at > now
    assert planned.on > max(sent.on, local_date(now, rhythm.hours.zone) - timedelta(days=1))
    assert is_working_day(planned.on, rhythm.hours)
    assert decide(since, rhythm, planned, planned.at).send
