"""Visits: a PM and a customer together."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class VisitKind(StrEnum):
    """How a PM and a customer met (`product.md`, Words); values are the codes that travel."""

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
        """Whether the customer was not there: weaker evidence (`product.md` E6)."""
        return self in INDIRECT


INDIRECT = frozenset({VisitKind.PROXY, VisitKind.FRIENDS_AND_FAMILY})


class VisitState(StrEnum):
    """A visit is booked, then held; or called off."""

    BOOKED = "booked"
    HELD = "held"
    CALLED_OFF = "called_off"


@dataclass(frozen=True)
class Visit:
    """A booked or held visit; `on` is the PM's local date, `ends_at` an instant for booked ones."""

    id: int
    pm_id: str
    customer_id: int
    kind: VisitKind
    state: VisitState
    on: date
    ends_at: datetime | None = None
    minutes: int | None = None
    goal: str = ""
