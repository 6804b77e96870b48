"""Feeds: a PM's calendar as its maker gives it out, and which meetings in it are visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import local_date

# Yesterday's meetings are still made visits, so that their debrief can be asked for.
BACK = timedelta(days=1)
AHEAD = timedelta(days=60)


class FeedFault(StrEnum):
    """Why a feed gives no meetings; values are the codes that are kept."""

    NOT_AN_ADDRESS = "not_an_address"
    NOT_HTTPS = "not_https"
    HAS_PASSWORD = "has_password"
    FORBIDDEN = "forbidden"
    UNREACHABLE = "unreachable"
    UNPROVEN = "unproven"
    TOO_SLOW = "too_slow"
    LOST = "lost"
    LOCKED = "locked"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    NO_CALENDAR = "no_calendar"
    CUT_SHORT = "cut_short"
    TOO_LARGE = "too_large"
    TOO_MUCH = "too_much"
    NO_KEY = "no_key"
    NAMELESS = "nameless"


# Asking again tomorrow will give the same answer.
FOR_GOOD = frozenset(
    {
        FeedFault.NOT_AN_ADDRESS,
        FeedFault.NOT_HTTPS,
        FeedFault.HAS_PASSWORD,
        FeedFault.FORBIDDEN,
        FeedFault.LOST,
        FeedFault.LOCKED,
        FeedFault.NO_CALENDAR,
    }
)
EVERY = timedelta(minutes=30)
LONGEST_WAIT = timedelta(hours=6)
TOLD_AFTER = timedelta(days=1)


class Way(StrEnum):
    """How those in a meeting come together, as far as it says."""

    VIDEO = "video"
    PLACE = "place"
    UNSAID = "unsaid"


KINDS: Mapping[Way, VisitKind] = {
    Way.VIDEO: VisitKind.VIDEO,
    Way.PLACE: VisitKind.ON_SITE,
    Way.UNSAID: VisitKind.PHONE,
}


@dataclass(frozen=True)
class Meeting:
    """One meeting in a feed, or one instance of a recurring one.

    `recurrence` is the instant or date at which an instance would have been by its rule, "" for a
    meeting of its own. Both ends are aware UTC; of an all-day meeting they are local dates, and
    the second is the day after. `emails` are those of whoever takes part, in lower case.
    """

    uid: str
    recurrence: str
    starts: datetime | date
    ends: datetime | date
    emails: frozenset[str]
    way: Way = Way.UNSAID
    cancelled: bool = False
    declined: bool = False

    @property
    def key(self) -> str:
        """What it is known by, as 64 hexadecimal digits that tell nothing about it."""
        return sha256(f"{self.uid}\n{self.recurrence}".encode(errors="surrogatepass")).hexdigest()

    @property
    def takes_place(self) -> bool:
        """Whether the PM means to be there."""
        return not (self.cancelled or self.declined)

    def on(self, zone: str) -> date:
        """The date on which it begins, by a clock in a zone (IANA name)."""
        return local_date(self.starts, zone) if isinstance(self.starts, datetime) else self.starts

    def is_over(self, now: datetime, zone: str) -> bool:
        """Whether it has taken place, by a clock in a zone."""
        if isinstance(self.ends, datetime):
            return self.ends <= now
        return self.ends <= local_date(now, zone)

    @property
    def kind(self) -> VisitKind:
        """The kind of visit that it makes."""
        return KINDS[self.way]

    @property
    def ends_at(self) -> datetime | None:
        """When it is over (aware UTC), unless it goes on all day."""
        return self.ends if isinstance(self.ends, datetime) else None

    @property
    def minutes(self) -> int | None:
        """How long it is, unless it goes on all day."""
        if isinstance(self.starts, datetime) and isinstance(self.ends, datetime):
            return max(0, round((self.ends - self.starts).total_seconds() / 60))
        return None


@dataclass(frozen=True)
class Reading:
    """What a feed says about a stretch of time.

    `nameless` tells that there are meetings, and none of them says who takes part; `left_out` is
    how many cannot be read, or repeat in a way that nobody means.
    """

    meetings: tuple[Meeting, ...]
    nameless: bool = False
    left_out: int = 0


def wait(failures: int) -> timedelta:
    """How long to leave a feed alone that has failed so many times in a row."""
    return min(EVERY * (1 << min(failures, 10)), LONGEST_WAIT)


def is_to_be_told(fault: FeedFault, failed_since: datetime, now: datetime) -> bool:
    """Whether a feed's failing is worth a message: it is for good, or has lasted for a day."""
    return fault in FOR_GOOD or now - failed_since >= TOLD_AFTER
