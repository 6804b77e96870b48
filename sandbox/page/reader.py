"""Reader: the zone, the moment and the names with which a text is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Reader:
    """The person that texts are rendered for, at one moment.

    `now` is aware; `users` and `channels` map ids to shown names (without @ or #);
    `base` is the path of this reader's places ("/as/U0000001").
    """

    id: str
    zone: ZoneInfo
    now: datetime
    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    def local(self, at: datetime) -> datetime:
        """Return `at` in the reader's zone."""
        return at.astimezone(self.zone)

    def local_seconds(self, seconds: float) -> datetime:
        """Return a Unix time in seconds as a datetime in the reader's zone."""
        return datetime.fromtimestamp(seconds, UTC).astimezone(self.zone)
