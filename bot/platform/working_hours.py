"""Working hours with the holidays of a country: built once for all who share them."""

from datetime import date, time
from functools import lru_cache

import holidays

from bot.domain.working_time import WorkingHours

YEARS_BEHIND, YEARS_AHEAD = 1, 2


@lru_cache(maxsize=4096)
def get_working_hours(
    zone: str,
    at: time,
    working_days: tuple[int, ...],
    country: str | None,
    country_part: str | None,
    year: int,
) -> WorkingHours:
    """Return when a person may be contacted, with the holidays around a year (`get_days_off`).

    `year` is that of the date in question, such as the next nudge's: as that moves on, so do the
    holidays that are known.
    """
    holidays_around = get_days_off(country, country_part, year)
    return WorkingHours(zone, at, frozenset(working_days), holidays_around)


@lru_cache(maxsize=1024)
def get_days_off(country: str | None, country_part: str | None, year: int) -> frozenset[date]:
    """Return a country's public holidays (ISO code) from the year before to two years after.

    Empty if the country, or that part of it, is no longer known.
    """
    if country is None:
        return frozenset()
    years = range(year - YEARS_BEHIND, year + YEARS_AHEAD + 1)
    try:
        return frozenset(holidays.country_holidays(country, subdiv=country_part, years=years))
    except NotImplementedError:
        return frozenset()
