"""Holidays by country and region, and the names to choose them by."""

from datetime import date, time
from time import perf_counter
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.working_time import MONDAY_TO_FRIDAY, is_working_day, working_day_from
from bot.platform import countries
from bot.platform.working_hours import get_days_off, get_working_hours

WEEK = tuple(range(5))


@pytest.mark.parametrize(
    ("country", "part", "on"),
    [
        ("DE", None, date(2026, 4, 3)),
        ("DE", "BY", date(2026, 6, 4)),
        ("US", None, date(2026, 11, 26)),
        ("GB", "SCT", date(2026, 1, 2)),
        ("IN", None, date(2026, 1, 26)),
        ("JP", None, date(2026, 2, 11)),
    ],
)
def test_a_public_holiday_is_a_day_off_where_it_is_kept(
    country: str, part: str | None, on: date
) -> None:
    assert on in get_days_off(country, part, 2026)


def test_a_regions_holiday_is_no_day_off_elsewhere_in_the_country() -> None:
    assert date(2026, 6, 4) not in get_days_off("DE", "BE", 2026)


def test_holidays_are_known_from_the_year_before_to_two_years_after() -> None:
    years = {day.year for day in get_days_off("DE", None, 2026)}
    assert years == {2025, 2026, 2027, 2028}


@pytest.mark.parametrize(("country", "part"), [(None, None), ("ZZ", None), ("DE", "ZZ")])
def test_who_keeps_no_holidays_that_are_known_has_no_days_off(
    country: str | None, part: str | None
) -> None:
    assert get_days_off(country, part, 2026) == frozenset()


def test_every_place_that_is_offered_leaves_working_days_in_every_week_of_the_year() -> None:
    for place in countries.search("", 10_000):
        hours = get_working_hours("UTC", time(9), WEEK, place.code, place.part, 2026)
        off = [day for day in hours.days_off if day.weekday() in MONDAY_TO_FRIDAY]
        assert len(off) < 45 * 4, place
        assert all((working_day_from(day, hours) - day).days <= 15 for day in off), place


def test_hours_of_many_people_are_made_once() -> None:
    known = get_working_hours("Europe/Berlin", time(9, 30), WEEK, "DE", "BY", 2026)
    start = perf_counter()
    for _ in range(10_000):
        assert (
            get_working_hours("Europe/Berlin", time(9, 30), tuple(range(5)), "DE", "BY", 2026)
            is known
        )
    assert perf_counter() - start < 1
    assert not is_working_day(date(2026, 6, 4), known)


def test_a_zone_proposes_the_country_that_it_lies_in() -> None:
    found = {
        zone: countries.find_by_zone(zone) for zone in ("Europe/Berlin", "America/Chicago", "UTC")
    }
    assert {zone: place and place.name for zone, place in found.items()} == {
        "Europe/Berlin": "Germany",
        "America/Chicago": "United States",
        "UTC": None,
    }


def test_nearly_every_zone_of_a_place_proposes_a_country() -> None:
    zones = [zone for zone in available_timezones() if ZoneInfo(zone) and "/" in zone]
    places = [zone for zone in zones if not zone.startswith(("Etc/", "US/", "posix", "right"))]
    assert sum(countries.find_by_zone(zone) is not None for zone in places) > 400


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("germ", "Germany"),
        ("wurtt", "Germany, Baden-Württemberg"),
        ("  United K", "United Kingdom"),
        ("scotl", "United Kingdom, Scotland"),
        ("ivory", "Ivory Coast"),
        ("hong k", "Hong Kong"),
    ],
)
def test_a_place_is_found_by_any_part_of_its_name(typed: str, first: str) -> None:
    assert countries.search(typed, 100)[0].name == first


def test_a_search_finds_countries_before_their_parts_and_no_more_than_asked_for() -> None:
    found = countries.search("united", 4)
    assert [each.part for each in found] == [None] * 4
    assert countries.search("no such place", 4) == []


def test_every_place_offered_is_known_by_its_codes() -> None:
    for place in countries.search("", 10_000):
        assert countries.find_by_code(place.code, place.part) == place
