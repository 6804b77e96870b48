"""Promises to customers, and when their owners are reminded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.working_time import (
    ONE_DAY,
    WorkingHours,
    contact_start,
    working_day_before,
    working_day_from,
)

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class OwedPromise:
    """A promise that `owner_id` owes a customer by the local date `on`; `author_id` recorded it.

    `kept_on` is the owner's local date on which it was kept, None while it is owed.
    """

    id: int
    what: str
    owner_id: str
    author_id: str
    customer_id: int
    customer: str
    on: date
    kept_on: date | None = None


def find_reminder_time(on: date, now: datetime, hours: WorkingHours) -> datetime:
    """Return when to remind a promise's owner (`product.md` D5), aware UTC.

    On its date at the owner's hour; on the last working day before it if that is no working day,
    and at the owner's hour on a later one if that has passed.
    """
    day = working_day_before(on + ONE_DAY, hours)
    if contact_start(day, hours) > now:
        return contact_start(day, hours)
    return contact_start(_next_open_day(now, day, hours), hours)


def postpone_by_week(on: date, today: date, hours: WorkingHours) -> date:
    """Return the date of a promise that needs another week."""
    return working_day_from(max(on, today) + A_WEEK, hours)


def _next_open_day(now: datetime, day: date, hours: WorkingHours) -> date:
    while contact_start(day, hours) <= now:
        day = working_day_from(day + ONE_DAY, hours)
    return day
