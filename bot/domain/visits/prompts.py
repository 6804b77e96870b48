"""Prompts: when a booked visit's debrief is asked for, and how long nudges wait for it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from bot.domain.working_time import (
    ONE_DAY,
    WorkingHours,
    add_working_days,
    contact_start,
    local_date,
    next_contact_time,
    working_day_from,
)

PROMPT_DELAY = timedelta(hours=1)
PROMPT_WORKING_DAYS = 3
# As long as three working days can take, for a PM who works one day a week.
MAX_PROMPT_PERIOD = timedelta(days=35)


def first_prompt(on: date, ends_at: datetime | None, hours: WorkingHours) -> tuple[date, datetime]:
    """Return the planned date and the UTC instant of a visit's first prompt (`product.md` D1).

    One hour after its end if that is contact time, and otherwise at the PM's next one. When a visit
    without a time is over is unknown: the PM's hour on the next working day.
    """
    if ends_at is None:
        day = working_day_from(on + ONE_DAY, hours)
        return day, contact_start(day, hours)
    at = next_contact_time(ends_at + PROMPT_DELAY, hours)
    return local_date(at, hours.zone), at


def next_prompt_date(on: date, last: date, hours: WorkingHours) -> date | None:
    """Return the planned date of the prompt after the one on `last`; None if there is none."""
    day = working_day_from(last + ONE_DAY, hours)
    return day if day <= last_prompt_date(on, hours) else None


def last_prompt_date(on: date, hours: WorkingHours) -> date:
    """Return the local date until which a visit waits for its debrief: the third working day on."""
    return add_working_days(on, PROMPT_WORKING_DAYS, hours)


def awaits_debrief(on: date, today: date, hours: WorkingHours) -> bool:
    """Return whether a booked visit is over and its debrief may still be asked for."""
    return on < today <= last_prompt_date(on, hours)


def find_silence_end(booked: Iterable[date], today: date, hours: WorkingHours) -> date | None:
    """Return the local date up to which booked visits silence nudges (`product.md` A1).

    Until the first of them is over and its debrief has been asked for; `booked` are dates in their
    order. None while none does.
    """
    ends = (last_prompt_date(on, hours) for on in booked)
    return next((end for end in ends if end >= today), None)
