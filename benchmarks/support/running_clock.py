"""A clock that runs as the machine's does, from a working hour, the same in every process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class RunningClock:
    """Shows `start` (aware UTC) at the moment it is made: nothing may be sent on a Sunday."""

    start: datetime = MONDAY_NOON
    began: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        return self.start + timedelta(seconds=monotonic() - self.began)
