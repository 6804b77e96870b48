"""Visit plans: what a PM wants from a booked visit."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.visits.rules import VisitKind


@dataclass(frozen=True)
class VisitPlan:
    """What a visit is for, beside its goal, and who takes part (`product.md` C1, text 003).

    `version` goes up with each change; `companions` and `sales_owner_id` are Slack's ids.
    """

    version: int = 0
    hypothesis_id: int | None = None
    criteria: str = ""
    follow_through: str = ""
    companions: tuple[str, ...] = ()
    sales_owner_id: str | None = None


@dataclass(frozen=True)
class PlanChoices:
    """A visit as planned: a customer's id or the name of a new one; `on` and `at` are local.

    The hypothesis is an id, or the belief of a new one. `minutes` is None for the usual length of
    such a visit; `companions` are Slack ids.
    """

    customer_id: int | None
    new_customer: str
    kind: VisitKind
    on: date
    at: time | None
    goal: str
    nudge_id: int | None
    over_cap_reason: str = ""
    minutes: int | None = None
    hypothesis_id: int | None = None
    new_hypothesis: str = ""
    criteria: str = ""
    follow_through: str = ""
    companions: tuple[str, ...] = ()
    sales_owner_id: str | None = None


@dataclass(frozen=True)
class IcsEvent:
    """The event in a calendar file; instants are aware UTC, None where only the date is known.

    `uid` stays the same for a visit and `version` is raised with each change.
    """

    uid: str
    version: int
    made_at: datetime
    customer: str
    description: str
    on: date
    starts_at: datetime | None
    ends_at: datetime | None
