"""Calendar feeds: how they fail, what they say, and which meetings in them are visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import local_date

# Yesterday's meetings still become visits: their debriefs can be asked for.
LOOK_BACK = timedelta(days=1)
LOOK_AHEAD = timedelta(days=60)


class FeedFault(StrEnum):
    """Why a feed gives no meetings; values are the stored codes."""

    NOT_AN_ADDRESS = "not_an_address"
    NOT_HTTPS = "not_https"
    HAS_PASSWORD = "has_password"
    ADDRESS_NOT_ALLOWED = "forbidden"
    UNREACHABLE = "unreachable"
    BAD_CERTIFICATE = "unproven"
    TOO_SLOW = "too_slow"
    NOT_FOUND = "lost"
    UNAUTHORIZED = "locked"
    HTTP_ERROR = "refused"
    REDIRECT_NOT_ALLOWED = "elsewhere"
    NO_CALENDAR = "no_calendar"
    TRUNCATED = "cut_short"
    TOO_LARGE = "too_large"
    TOO_MANY_MEETINGS = "too_much"
    NOT_DECRYPTABLE = "no_key"
    NO_ATTENDEES = "nameless"


# Fetching again tomorrow will give the same answer.
PERMANENT_FAULTS = frozenset(
    {
        FeedFault.NOT_AN_ADDRESS,
        FeedFault.NOT_HTTPS,
        FeedFault.HAS_PASSWORD,
        FeedFault.ADDRESS_NOT_ALLOWED,
        FeedFault.NOT_FOUND,
        FeedFault.UNAUTHORIZED,
        FeedFault.NO_CALENDAR,
    }
)
POLL_INTERVAL = timedelta(minutes=30)
MAX_POLL_INTERVAL = timedelta(hours=6)
NOTIFY_AFTER = timedelta(days=1)


class Venue(StrEnum):
    """How the people in a meeting come together, as far as it says."""

    VIDEO = "video"
    IN_PERSON = "place"
    UNKNOWN = "unsaid"


KIND_BY_VENUE: Mapping[Venue, VisitKind] = {
    Venue.VIDEO: VisitKind.VIDEO,
    Venue.IN_PERSON: VisitKind.ON_SITE,
    Venue.UNKNOWN: VisitKind.PHONE,
}


@dataclass(frozen=True)
class Meeting:
    """One meeting in a feed, or one instance of a recurring one.

    `recurrence` is the instant or date at which an instance would have been by its rule, "" for a
    meeting of its own. Both ends are aware UTC; of an all-day meeting they are local dates, and the
    second is the day after. `emails` are those of the people who take part, in lower case.
    """

    uid: str
    recurrence: str
    starts: datetime | date
    ends: datetime | date
    emails: frozenset[str]
    venue: Venue = Venue.UNKNOWN
    cancelled: bool = False
    declined: bool = False

    @property
    def key(self) -> str:
        """Return its key: 64 hexadecimal digits that reveal nothing about it."""
        return sha256(f"{self.uid}\n{self.recurrence}".encode(errors="surrogatepass")).hexdigest()

    @property
    def takes_place(self) -> bool:
        """Return whether the PM means to be there."""
        return not (self.cancelled or self.declined)

    def start_date(self, zone: str) -> date:
        """Return the date on which it begins, by a clock in a zone (IANA name)."""
        return local_date(self.starts, zone) if isinstance(self.starts, datetime) else self.starts

    def is_over(self, now: datetime, zone: str) -> bool:
        """Return whether it has taken place, by a clock in a zone."""
        if isinstance(self.ends, datetime):
            return self.ends <= now
        return self.ends <= local_date(now, zone)

    @property
    def kind(self) -> VisitKind:
        """Return the kind of visit that it makes."""
        return KIND_BY_VENUE[self.venue]

    @property
    def ends_at(self) -> datetime | None:
        """Return when it is over (aware UTC); None if it lasts all day."""
        return self.ends if isinstance(self.ends, datetime) else None

    @property
    def minutes(self) -> int | None:
        """Return how many minutes it takes; None if it lasts all day."""
        if isinstance(self.starts, datetime) and isinstance(self.ends, datetime):
            return max(0, round((self.ends - self.starts).total_seconds() / 60))
        return None


@dataclass(frozen=True)
class FeedContents:
    """What a feed says about a time span.

    `has_no_attendees` is True if there are meetings and none of them says who takes part; `skipped`
    is how many cannot be read, or recur in a way that no one means.
    """

    meetings: tuple[Meeting, ...]
    has_no_attendees: bool = False
    skipped: int = 0


@dataclass(frozen=True)
class ConnectedFeed:
    """A connected calendar: its host, when it was last read (aware UTC), and its fault if any.

    `skipped` is how many repeating meetings the bot can't follow.
    """

    host: str
    checked_at: datetime | None
    fault: FeedFault | None = None
    skipped: int = 0


@dataclass(frozen=True)
class FeedChange:
    """What was entered in the form: an address, or "", and whether to disconnect."""

    address: str
    disconnect: bool


def retry_delay(failures: int) -> timedelta:
    """Return how long to leave a feed alone that has failed so many times in a row."""
    return min(POLL_INTERVAL * (1 << min(failures, 10)), MAX_POLL_INTERVAL)


def should_notify(fault: FeedFault, failed_since: datetime, now: datetime) -> bool:
    """Return whether to tell the PM that a feed fails: it is permanent, or has lasted for a day."""
    return fault in PERMANENT_FAULTS or now - failed_since >= NOTIFY_AFTER
