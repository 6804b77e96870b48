"""Wall-clock arithmetic: a person's local dates and times to instants and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset(range(5))
ONE_DAY = timedelta(days=1)
CONTACT_WINDOW = timedelta(hours=8)
MAX_UNIX_SECONDS = 2**32


@dataclass(frozen=True)
class WorkingHours:
    """When a person may be contacted: zone (IANA name), local time, weekdays (Monday 0).

    `days_off` are local dates on which they may not, such as the holidays of their country. Raises
    ValueError without a single weekday.
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


def to_instant(on: date, at: time, zone: str) -> datetime:
    """Return the UTC instant of a planned local date and wall time.

    One instant for every planned date: in an autumn overlap the first of the two (`fold=0`), in a
    spring gap the instant that the clocks' old offset gives.
    """
    return _cached_instant(on, at, zone)


def parse_unix_seconds(seconds: object) -> datetime | None:
    """Parse Unix seconds into a UTC instant; None for 0 or what is no such number."""
    if not isinstance(seconds, int) or not 0 < seconds < MAX_UNIX_SECONDS:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def local_date(at: datetime, zone: str) -> date:
    """Return the calendar date that a clock in the zone shows at an aware instant."""
    # In UTC, where different instants are never equal: in an autumn overlap they would be.
    return _cached_local_date(at.astimezone(UTC), zone)


# Many people share a zone and an hour, and a tick asks for the same instants again and again.
@lru_cache(2**14)
def _cached_instant(on: date, at: time, zone: str) -> datetime:
    local = datetime.combine(on, at.replace(fold=0), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


# By instant: few are asked for more than once, and then right after each other.
@lru_cache(2**10)
def _cached_local_date(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def contact_start(on: date, hours: WorkingHours) -> datetime:
    """Return the UTC instant from which a person may be contacted on a planned local date."""
    return to_instant(on, hours.at, hours.zone)


def is_working_day(on: date, hours: WorkingHours) -> bool:
    """Return whether the person works on a date."""
    return on.weekday() in hours.working_days and on not in hours.days_off


def working_day_from(on: date, hours: WorkingHours) -> date:
    """Return the first working day at or after a date."""
    return _first_working_day(on, ONE_DAY, hours)


def working_day_before(on: date, hours: WorkingHours) -> date:
    """Return the last working day before a date."""
    return _first_working_day(on - ONE_DAY, -ONE_DAY, hours)


def _first_working_day(on: date, step: timedelta, hours: WorkingHours) -> date:
    # Every week has one of their weekdays, so one week more than there are days off is enough.
    days = (on + step * count for count in range(7 * (len(hours.days_off) + 1)))
    return next(day for day in days if is_working_day(day, hours))


def add_working_days(on: date, count: int, hours: WorkingHours) -> date:
    """Return the date so many working days after a date (count at least 1)."""
    day = on
    for _ in range(count):
        day = working_day_from(day + ONE_DAY, hours)
    return day


def next_contact_time(now: datetime, hours: WorkingHours) -> datetime:
    """Return `now` if it is contact time: on a working day, from their hour on for eight hours.

    Otherwise their next contact time (UTC).
    """
    today = local_date(now, hours.zone)
    opens = contact_start(today, hours)
    if is_working_day(today, hours) and opens <= now < opens + CONTACT_WINDOW:
        return now
    return contact_start(next_contact_date(now, hours), hours)


def late_delivery_time(
    on: date, tried_at: datetime, now: datetime, hours: WorkingHours
) -> datetime:
    """Return when to send what was meant for `on` and has not left yet (`product.md` A4).

    `now` on that local day, and otherwise a later day's contact time (UTC). `tried_at` is when the
    next attempt was due: on that day from the contact time on, a retry is not put off once more.
    """
    today = local_date(now, hours.zone)
    if delivery_date(on, now, hours) == on:
        return now
    is_retry = local_date(tried_at, hours.zone) == today and contact_start(today, hours) <= now
    return (
        now
        if is_retry and is_working_day(today, hours)
        else contact_start(next_contact_date(now, hours), hours)
    )


def next_contact_date(now: datetime, hours: WorkingHours) -> date:
    """Return the planned date of the next contact time, strictly after `now`."""
    # Yesterday first: a late hour that falls into a gap before midnight comes after midnight.
    day = working_day_from(local_date(now, hours.zone) - ONE_DAY, hours)
    while contact_start(day, hours) <= now:
        day = working_day_from(day + ONE_DAY, hours)
    return day


def delivery_date(on: date, now: datetime, hours: WorkingHours) -> date:
    """Return the planned date on which something planned for `on` goes out (`product.md` A4).

    That date as long as its local day is not over, and otherwise the next working day whose contact
    time lies ahead of `now`.
    """
    last_day = max(on, local_date(contact_start(on, hours), hours.zone))
    return on if local_date(now, hours.zone) <= last_day else next_contact_date(now, hours)


def shift_by_absences(day: date, absences: Iterable[Absence]) -> date:
    """Move a date on by the days of absence since, each counted once (`product.md` A3).

    Pass only absences that have begun: one that still lies ahead has not stopped a clock.
    """
    covered_until, away = day, timedelta()
    for absence in sorted(absences, key=lambda each: each.since):
        start = max(absence.since, covered_until)
        if absence.until > start:
            away += absence.until - start
            covered_until = absence.until
    return day + away
