"""Prompts: when the debrief of a booked visit is asked for, and how long nudges wait for it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.domain.working_time import (
    ONE_DAY,
    Hours,
    local_date,
    open_hour,
    slot,
    working_day,
    working_days_after,
)

AFTER = timedelta(hours=1)
WORKING_DAYS = 3
# As long as three working days can take, for somebody who works one day a week.
LONGEST = timedelta(days=35)


def first(on: date, ends_at: datetime | None, hours: Hours) -> tuple[date, datetime]:
    """The nominal date and the UTC instant of a visit's first prompt (`product.md` D1).

    One hour after its end, if the PM may be spoken to then, and otherwise at their next hour.
    Nobody knows when a visit without a time is over: the PM's hour on the next working day.
    """
    if ends_at is None:
        day = working_day(on + ONE_DAY, hours)
        return day, slot(day, hours)
    at = open_hour(ends_at + AFTER, hours)
    return local_date(at, hours.zone), at


def following(on: date, last: date, hours: Hours) -> date | None:
    """The nominal date of the prompt after one that came on a date; None once it is silence."""
    day = working_day(last + ONE_DAY, hours)
    return day if day <= last_day(on, hours) else None


def last_day(on: date, hours: Hours) -> date:
    """The local date up to which a visit waits for its debrief: the third working day after it."""
    return working_days_after(on, WORKING_DAYS, hours)


def waits(on: date, today: date, hours: Hours) -> bool:
    """Whether a booked visit is over and its debrief may still be asked for."""
    return on < today <= last_day(on, hours)


def silent_until(booked: Iterable[date], today: date, hours: Hours) -> date | None:
    """The local date up to which booked visits silence nudges (`product.md` A1).

    Until the first of them is over and its debrief has been asked for; `booked` are dates in their
    order. None while none does.
    """
    ends = (last_day(on, hours) for on in booked)
    return next((end for end in ends if end >= today), None)
