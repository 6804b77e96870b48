"""Time for tests: a fixed moment and offsets from it."""

from datetime import UTC, datetime, time, timedelta

from bot.domain.working_time import to_instant

# Monday noon in UTC, when the date and the weekday are the same in nearly every zone.
T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def T(*, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:  # noqa: N802
    """Return the UTC instant that is so far after `T0`, or before it when negative."""
    return T0 + timedelta(days=days, hours=hours, minutes=minutes)


def in_berlin(days: int, hour: int = 9, minute: int = 30) -> datetime:
    """Return the UTC instant of a wall time in Berlin, so many days after `T0`."""
    return to_instant(T(days=days).date(), time(hour, minute), "Europe/Berlin")
