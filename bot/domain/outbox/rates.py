"""Rate limits: how many calls of a method a workspace has room for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
# Slack asks for a minute at most, and we wait a quarter of an hour for a missing scope.
MAX_RETRY_AFTER = timedelta(minutes=30)
# How far apart the clocks of a workspace's processes may be.
MAX_CLOCK_SKEW = timedelta(seconds=20)


@dataclass(frozen=True)
class RateUsage:
    """A method's recent calls; both instants aware UTC.

    `free_at` is when the calls made so far would be through, one at a time at an even pace;
    `held_until` is what Slack answered to one too many (`Retry-After`).
    """

    free_at: datetime
    held_until: datetime | None = None


def count_available_calls(rate: RateUsage, per_minute: int, now: datetime) -> int:
    """Return how many calls may be made at once now.

    A tenth of a minute's calls may come together and the rest at an even pace: no minute ever has
    more than `per_minute`.
    """
    if rate.held_until and now < rate.held_until <= now + MAX_RETRY_AFTER:
        return 0
    return _burst_size(per_minute) - -(-_ahead(rate, per_minute, now) // _pace(per_minute))


def spend(rate: RateUsage, per_minute: int, calls: int, now: datetime) -> RateUsage:
    """Return the usage after so many calls now."""
    start = now + _ahead(rate, per_minute, now)
    return replace(rate, free_at=start + calls * _pace(per_minute))


def _ahead(rate: RateUsage, per_minute: int, now: datetime) -> timedelta:
    """Return how long the calls made so far take to be through, at most a burst's time."""
    ahead, furthest = rate.free_at - now, _burst_size(per_minute) * _pace(per_minute)
    # No call is counted further ahead than that: the clock has been set back since.
    if ahead > furthest + MAX_CLOCK_SKEW:
        return timedelta()
    return min(max(timedelta(), ahead), furthest)


def _burst_size(per_minute: int) -> int:
    return max(1, per_minute // 10)


def _pace(per_minute: int) -> timedelta:
    return MINUTE / max(1, per_minute - _burst_size(per_minute))
