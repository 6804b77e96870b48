"""Every zone, every change of its clocks from 2020 to 2035, and every hour that this can upset."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.nudges.rules import (
    NudgeSettings,
    NudgeStep,
    PlannedNudge,
    Strength,
    decide,
    next_nudge,
)
from bot.domain.working_time import WorkingHours, contact_start, to_instant
from tests.domain.working_time.clock_changes import (
    SECOND,
    ClockChange,
    every_change,
    every_kind_of_change,
    nearby_dates,
)

EVERY_DAY = frozenset(range(7))
DAY = timedelta(days=1)


def lateness(on: date, at: time, zone: str) -> timedelta:
    """Return how far the wall clock is past the time asked for, at a nominal date's instant."""
    shown = to_instant(on, at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return shown - datetime.combine(on, at)


def test_no_zone_is_left_out() -> None:
    zones = {each.zone for each in every_change()}
    assert len(zones) > 200
    assert {"Europe/Berlin", "Africa/Cairo", "America/Nuuk", "Australia/Lord_Howe"} <= zones
    years = {each.at.year for each in every_change()}
    assert years == set(range(2020, 2036))


def test_around_every_change_each_nominal_date_has_one_instant_in_order() -> None:
    for change in every_change():
        for wall in change.wall_times():
            instants = [to_instant(day, wall.time(), change.zone) for day in nearby_dates(wall)]
            assert instants == sorted(set(instants)), (change, wall)


def test_around_every_change_an_hour_is_kept_or_comes_late_by_the_gap_alone() -> None:
    for change in every_change():
        for wall in change.wall_times():
            for day in nearby_dates(wall):
                late = lateness(day, wall.time(), change.zone)
                assert late in (timedelta(), change.gap), (change, wall, day)


def looks(change: ClockChange, days: list[date], hours: WorkingHours) -> list[datetime]:
    """Return when the bot looks: at and a second beside each slot, at the change, at midnights."""
    slots = [contact_start(day, hours) for day in days]
    midnights = [to_instant(day, time(), change.zone) for day in days]
    found = {at + beside for at in (*slots, change.at) for beside in (-SECOND, 0 * SECOND, SECOND)}
    return sorted(at for at in found | set(midnights) if at <= slots[-1])


def sent(
    rhythm: NudgeSettings, days: list[date], at: list[datetime]
) -> list[tuple[date, datetime]]:
    """Return the nominal dates of a PM's nudges, each with the instant at which it was sent."""
    anchor = days[0] - DAY
    planned = PlannedNudge(NudgeStep.DUE, days[0], contact_start(days[0], rhythm.hours), 1)
    out = []
    for now in at:
        decided = decide(anchor, rhythm, planned, now)
        planned = decided.next_nudge
        if decided.send:
            out.append((planned.on, now))
            planned = next_nudge(anchor, rhythm, planned)
    return out


def test_over_every_change_a_pm_gets_one_nudge_a_nominal_date_at_its_instant() -> None:
    for change in every_kind_of_change():
        for wall in change.wall_times():
            hours = WorkingHours(change.zone, wall.time(), EVERY_DAY)
            days = nearby_dates(wall)
            # Every day, so no date near the change is left out.
            daily = NudgeSettings(1, Strength.LIGHT, hours)
            out = sent(daily, days, looks(change, days, hours))
            assert out == [(day, contact_start(day, hours)) for day in days], (change, wall)


def test_the_changes_are_found_to_the_second() -> None:
    berlin = [each.at for each in every_change() if each.zone == "Europe/Berlin"]
    assert datetime(2026, 3, 29, 1, tzinfo=UTC) in berlin
    assert datetime(2035, 10, 28, 1, tzinfo=UTC) in berlin
    assert len(berlin) == 32
