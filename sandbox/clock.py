"""What the sandbox needs of a clock."""

from datetime import UTC, datetime
from typing import Protocol


class ClockControl(Protocol):
    """A clock that a person can move; all datetimes are aware."""

    def now(self) -> datetime: ...

    def move(self, to: datetime) -> None:
        """Go to `to` and return when all that becomes due on the way has run."""

    def next_due(self) -> datetime | None: ...


def utc_now() -> datetime:
    return datetime.now(UTC)
