"""All changes of clocks that all zones make from 2020 to 2035."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FROM = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = datetime(2036, 1, 1, tzinfo=UTC)
STRIDE = timedelta(days=20)  # shorter than the time between any two changes of one zone
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class ClockChange:
    """A change of a zone's clocks from one offset to another, at an instant (UTC)."""

    zone: str
    at: datetime
    before: timedelta
    after: timedelta

    @property
    def shift(self) -> timedelta:
        """Return the size of the change; negative where an hour happens twice."""
        return self.after - self.before

    @property
    def gap(self) -> timedelta:
        """Return how much of the day is skipped."""
        return max(self.shift, timedelta())

    def wall_times(self) -> frozenset[datetime]:
        """Return wall times at, in and a second beside the gap or overlap, and at midnight."""
        ends = {(self.at + offset).replace(tzinfo=None) for offset in (self.before, self.after)}
        within = min(ends) + abs(self.shift) / 2
        midnights = {datetime.combine(end.date(), time()) for end in ends}
        edges = ends | midnights | {within}
        return frozenset(
            edge + beside for edge in edges for beside in (-SECOND, 0 * SECOND, SECOND)
        )


def offset(at: datetime, zone: ZoneInfo) -> timedelta:
    """Return how far the zone's clocks are ahead of UTC at an instant."""
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(name: str) -> Iterator[ClockChange]:
    """Yield the changes of one zone, in order; each is found by halving the stride around it."""
    zone, low = ZoneInfo(name), FROM
    before = offset(low, zone)
    while low < UNTIL:
        high = low + STRIDE
        after = offset(high, zone)
        if after != before:
            yield ClockChange(name, _find_change(zone, low, high, before), before, after)
        low, before = high, after


def _find_change(zone: ZoneInfo, low: datetime, high: datetime, before: timedelta) -> datetime:
    while high - low > SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if offset(middle, zone) == before else (low, middle)
    return high.replace(microsecond=0)


@cache
def every_change() -> tuple[ClockChange, ...]:
    """Return every zone's changes."""
    return tuple(each for zone in sorted(available_timezones()) for each in changes(zone))


@cache
def every_kind_of_change() -> tuple[ClockChange, ...]:
    """Return one zone's for each instant and pair of offsets: those of other zones are the same."""
    return tuple({(each.at, each.before, each.after): each for each in every_change()}.values())


def nearby_dates(wall: datetime) -> list[date]:
    """Return the nominal date of a wall time, and the dates next to it."""
    return [wall.date() + timedelta(days=ahead) for ahead in (-1, 0, 1)]
