"""Wall-clock arithmetic: a person's local dates and times to instants and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset(range(5))
ONE_DAY = timedelta(days=1)
OPEN_FOR = timedelta(hours=8)
LAST_SECOND = 2**32


@dataclass(frozen=True)
class Hours:
    """When somebody may be spoken to: zone (IANA name), local time of day, weekdays (Monday 0).

    `days_off` are local dates on which they may not, such as the holidays of their country.
    Raises ValueError without a single weekday.
    """

    zone: str
    at: time
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.working_days or not self.working_days <= set(range(7)):
            raise ValueError(f"not the weekdays of anybody: {sorted(self.working_days)}")


@dataclass(frozen=True)
class Absence:
    """Time away, in local dates: from `since` up to the first day back, `until`."""

    since: date
    until: date


def instant(on: date, at: time, zone: str) -> datetime:
    """The UTC instant of a nominal local date and wall time.

    One instant for every nominal date: in an autumn overlap the first of the two (`fold=0`), in a
    spring gap the instant that the clocks' old offset gives.
    """
    return _instant(on, at, zone)


def instant_of(seconds: object) -> datetime | None:
    """The UTC instant of a number of Unix seconds; None for 0 or what is no such number."""
    if not isinstance(seconds, int) or not 0 < seconds < LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def local_date(at: datetime, zone: str) -> date:
    """The calendar date that a clock in the zone shows at an aware instant."""
    # In UTC, where no two instants are equal: in an autumn overlap they would be.
    return _local_date(at.astimezone(UTC), zone)


# Many people share a zone and an hour, and a tick asks for the same instants again and again.
@lru_cache(2**14)
def _instant(on: date, at: time, zone: str) -> datetime:
    wall = datetime.combine(on, at.replace(fold=0), tzinfo=ZoneInfo(zone))
    return wall.astimezone(UTC)


# By the instant: few are asked for more than once, and then right after each other.
@lru_cache(2**10)
def _local_date(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def slot(on: date, hours: Hours) -> datetime:
    """The UTC instant at which the person may be spoken to on a nominal local date."""
    return instant(on, hours.at, hours.zone)


def is_working_day(on: date, hours: Hours) -> bool:
    """Whether the person works on a date."""
    return on.weekday() in hours.working_days and on not in hours.days_off


def working_day(on: date, hours: Hours) -> date:
    """The first working day at or after a date."""
    return _first_working_day(on, ONE_DAY, hours)


def working_day_before(on: date, hours: Hours) -> date:
    """The last working day before a date."""
    return _first_working_day(on - ONE_DAY, -ONE_DAY, hours)


def _first_working_day(on: date, step: timedelta, hours: Hours) -> date:
    # Every week holds a weekday of theirs, so one week more than there are days off is enough.
    days = (on + step * count for count in range(7 * (len(hours.days_off) + 1)))
    return next(day for day in days if is_working_day(day, hours))


def working_days_after(on: date, count: int, hours: Hours) -> date:
    """The date that lies the given number of working days after a date (count at least 1)."""
    day = on
    for _ in range(count):
        day = working_day(day + ONE_DAY, hours)
    return day


def open_hour(now: datetime, hours: Hours) -> datetime:
    """`now`, if somebody may be spoken to: on a working day, from their hour on for eight hours.

    Otherwise their next slot (UTC).
    """
    today = local_date(now, hours.zone)
    opens = slot(today, hours)
    if is_working_day(today, hours) and opens <= now < opens + OPEN_FOR:
        return now
    return slot(next_slot(now, hours), hours)


def caught_up(on: date, tried_at: datetime, now: datetime, hours: Hours) -> datetime:
    """When something leaves that was meant for `on` and has not left yet (`product.md` A4).

    `now` on that local day, and otherwise a later day's slot (UTC). `tried_at` is when it was to
    be tried next: on that day from the slot on, trying again is not put off once more.
    """
    today = local_date(now, hours.zone)
    if slot_for(on, now, hours) == on:
        return now
    waited = local_date(tried_at, hours.zone) == today and slot(today, hours) <= now
    return now if waited and is_working_day(today, hours) else slot(next_slot(now, hours), hours)


def next_slot(now: datetime, hours: Hours) -> date:
    """The nominal date of the next time that the person may be spoken to, strictly after `now`."""
    # Yesterday first: a late hour that falls into a gap before midnight comes after midnight.
    day = working_day(local_date(now, hours.zone) - ONE_DAY, hours)
    while slot(day, hours) <= now:
        day = working_day(day + ONE_DAY, hours)
    return day


def slot_for(on: date, now: datetime, hours: Hours) -> date:
    """The nominal date on which something planned for `on` goes out (`product.md` A4).

    That date as long as its local day is not over, and otherwise the next working day whose slot
    lies ahead of `now`.
    """
    last_day = max(on, local_date(slot(on, hours), hours.zone))
    return on if local_date(now, hours.zone) <= last_day else next_slot(now, hours)


def stood_still(day: date, absences: Iterable[Absence]) -> date:
    """A date moved on by the days away since, each counted once (`product.md` A3).

    Give it only absences that have begun: one that still lies ahead has not stopped a clock.
    """
    counted_to, away = day, timedelta()
    for absence in sorted(absences, key=lambda each: each.since):
        start = max(absence.since, counted_to)
        if absence.until > start:
            away += absence.until - start
            counted_to = absence.until
    return day + away
