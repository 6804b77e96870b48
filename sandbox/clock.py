"""What the sandbox needs of a clock."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True)
class NextDue:
    """An aware instant, and in words what happens then, such as "your nudge"; "" if unknown."""

    at: datetime
    what: str = ""


class ClockControl(Protocol):
    """A clock that a person can move; all datetimes are aware."""

    def now(self) -> datetime: ...

    def move(self, to: datetime) -> None:
        """Go to `to` and return when all that becomes due on the way has run."""

    def next_due(self, user_id: str) -> NextDue | None:
        """What is next due for somebody, or for anybody when nothing is for them."""


def utc_now() -> datetime:
    return datetime.now(UTC)
