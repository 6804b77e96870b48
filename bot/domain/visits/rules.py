"""Visits: meetings of PMs with a customer."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.visits.caps import VisitLoad


class VisitKind(StrEnum):
    """How a PM and a customer met (`product.md`, Words); values are wire codes."""

    ON_SITE = "on_site"
    VIDEO = "video"
    PHONE = "phone"
    OBSERVATION = "observation"
    WIN_INTERVIEW = "win_interview"
    LOSS_INTERVIEW = "loss_interview"
    ROLL_OUT_INTERVIEW = "roll_out_interview"
    TRADE_SHOW = "trade_show"
    SURVEY_FOLLOW_UP = "survey_follow_up"
    INTERNAL = "internal"
    PROXY = "proxy"
    FRIENDS_AND_FAMILY = "friends_and_family"

    @property
    def indirect(self) -> bool:
        """Return whether the customer was not there: weaker evidence (`product.md` E6)."""
        return self in INDIRECT


INDIRECT = frozenset({VisitKind.PROXY, VisitKind.FRIENDS_AND_FAMILY})
# Minutes; half a day is the longest.
MINUTES_OFFERED = (15, 30, 45, 60, 90, 120, 240)
DEFAULT_MINUTES, PHONE_MINUTES = 45, 30


def default_minutes(kind: VisitKind) -> int:
    """Return how many minutes a visit of a kind takes by default."""
    return PHONE_MINUTES if kind is VisitKind.PHONE else DEFAULT_MINUTES


class VisitState(StrEnum):
    """A visit's state: booked, then held; or called off."""

    BOOKED = "booked"
    HELD = "held"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Visit:
    """A booked or held visit; `on` is the PM's local date.

    `ends_at` is an instant (aware UTC), known if a time was given for a booked one.
    """

    id: int
    pm_id: str
    customer_id: int
    kind: VisitKind
    state: VisitState
    on: date
    ends_at: datetime | None = None
    minutes: int | None = None
    goal: str = ""

    @property
    def load(self) -> VisitLoad:
        """Return what it asks of the customer; 0 minutes if its length is unknown."""
        return VisitLoad(self.on, self.minutes or 0)

    @property
    def starts_at(self) -> datetime | None:
        """Return when it begins (aware UTC); None without a time."""
        return self.ends_at - timedelta(minutes=self.minutes or 0) if self.ends_at else None

    def start_time(self, zone: str) -> time | None:
        """Return when it begins by a clock in a zone; None without a time."""
        starts_at = self.starts_at
        return starts_at.astimezone(ZoneInfo(zone)).time() if starts_at else None
