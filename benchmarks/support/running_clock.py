"""A clock that runs like the machine's, from a working hour, the same in every process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class RunningClock:
    """A clock that shows `start` (aware UTC) when created: nothing may be sent on a Sunday."""

    start: datetime = MONDAY_NOON
    began: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        """Return the current instant, aware UTC."""
        return self.start + timedelta(seconds=monotonic() - self.began)
