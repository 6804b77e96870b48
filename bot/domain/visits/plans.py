"""Visit plans: what a PM wants from a booked visit."""

from dataclasses import dataclass


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
