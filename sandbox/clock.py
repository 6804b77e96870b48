"""The clock that the sandbox needs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True)
class NextDue:
    """An aware instant and what is due then, in words such as "your nudge"; "" if unknown."""

    at: datetime
    what: str = ""


class ClockControl(Protocol):
    """A clock that a person can move; all datetimes are aware."""

    def now(self) -> datetime: ...

    def move(self, to: datetime) -> None:
        """Move the clock to `to`, and return when all that is due until then has run."""

    def next_due(self, user_id: str) -> NextDue | None:
        """Return what is due next for a user, else for anyone; None if nothing is due."""


def utc_now() -> datetime:
    return datetime.now(UTC)
