"""Who reads the page: the zone, the moment and the names that a text is shown with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Reader:
    """One person's eyes on the workspace at one moment.

    `now` is aware; `users` and `channels` give the shown name by id (without @ or #);
    `base` is the path under which this reader's places lie ("/as/U0000001").
    """

    id: str
    zone: ZoneInfo
    now: datetime
    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    def local(self, at: datetime) -> datetime:
        """`at` in the reader's zone."""
        return at.astimezone(self.zone)

    def local_seconds(self, seconds: float) -> datetime:
        """A Unix time in seconds, in the reader's zone."""
        return datetime.fromtimestamp(seconds, UTC).astimezone(self.zone)
