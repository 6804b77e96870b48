"""Promises: what is owed to a customer, and when whoever keeps it is reminded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.working_time import ONE_DAY, Hours, slot, working_day, working_day_before

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Owed:
    """A promise as kept: owed by `owner_id`, told of by `author_id`, until the local date `on`.

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


def remind_at(on: date, now: datetime, hours: Hours) -> datetime:
    """When a promise is reminded of (`product.md` D5), aware UTC.

    On its date at the owner's hour; on the last working day before it where that is none, and at
    the next slot where that has passed.
    """
    day = working_day_before(on + ONE_DAY, hours)
    if slot(day, hours) > now:
        return slot(day, hours)
    return slot(_next(now, day, hours), hours)


def later(on: date, today: date, hours: Hours) -> date:
    """The date of a promise that needs another week."""
    return working_day(max(on, today) + A_WEEK, hours)


def _next(now: datetime, day: date, hours: Hours) -> date:
    while slot(day, hours) <= now:
        day = working_day(day + ONE_DAY, hours)
    return day
