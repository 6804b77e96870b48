"""Plans: what a PM wants of a booked visit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VisitPlan:
    """What a visit is for, beside its goal, and who is in it (`product.md` C1, text 003).

    `version` is raised with each change; `fellows` and `sales_owner_id` are Slack's ids.
    """

    version: int = 0
    hypothesis_id: int | None = None
    criteria: str = ""
    follow_through: str = ""
    fellows: tuple[str, ...] = ()
    sales_owner_id: str | None = None
