"""Rates: how many calls of a method a workspace has room for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
# Slack asks for a minute at most, and we wait a quarter of an hour for a scope that is missing.
LONGEST_HOLD = timedelta(minutes=30)


@dataclass(frozen=True)
class Rate:
    """A method's calls of late; both instants aware UTC.

    `free_at` is when the calls made so far would be through, one at a time at an even pace;
    `held_until` is what Slack answered to one too many (`Retry-After`).
    """

    free_at: datetime
    held_until: datetime | None = None


def room(rate: Rate, a_minute: int, now: datetime) -> int:
    """How many calls may be made at once now.

    A tenth of a minute's calls may come together and the rest at an even pace, so that no minute
    ever sees more than `a_minute`.
    """
    if rate.held_until and now < rate.held_until <= now + LONGEST_HOLD:
        return 0
    together, pace = _together(a_minute), _pace(a_minute)
    # Calls are never further ahead than that: what is, was written by a clock since set back.
    ahead = min(max(timedelta(), rate.free_at - now), together * pace)
    return together - -(-ahead // pace)


def spent(rate: Rate, a_minute: int, calls: int, now: datetime) -> Rate:
    """The rate after so many calls now."""
    together, pace = _together(a_minute), _pace(a_minute)
    begun = min(max(rate.free_at, now), now + together * pace)
    return replace(rate, free_at=begun + calls * pace)


def _together(a_minute: int) -> int:
    return max(1, a_minute // 10)


def _pace(a_minute: int) -> timedelta:
    return MINUTE / max(1, a_minute - _together(a_minute))
