"""Who may do what: the one rule behind the gate."""

from dataclasses import dataclass
from enum import StrEnum


class Membership(StrEnum):
    """What a Slack user is to the workspace that installed the bot."""

    MEMBER = "member"
    GUEST = "guest"
    OTHER_ORGANISATION = "other_organisation"
    DEACTIVATED = "deactivated"
    BOT = "bot"


class Role(StrEnum):
    """What a door asks of whoever knocks; each includes the ones before it for admins only."""

    STAFF = "staff"
    PM = "pm"
    LEAD = "lead"
    ADMIN = "admin"


class Refusal(StrEnum):
    """Why somebody is turned away; views word it."""

    GUEST = "guest"
    OTHER_ORGANISATION = "other_organisation"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    NOT_A_PM = "not_a_pm"
    NOT_A_LEAD = "not_a_lead"
    NOT_AN_ADMIN = "not_an_admin"


@dataclass(frozen=True)
class Actor:
    """Whoever knocked: `user_id` is Slack's, `zone` an IANA name, `roles` always hold STAFF."""

    workspace_id: str
    user_id: str
    name: str
    zone: str
    membership: Membership
    roles: frozenset[Role] = frozenset({Role.STAFF})


_REFUSAL_BY_MEMBERSHIP = {
    Membership.GUEST: Refusal.GUEST,
    Membership.OTHER_ORGANISATION: Refusal.OTHER_ORGANISATION,
    Membership.DEACTIVATED: Refusal.DEACTIVATED,
    Membership.BOT: Refusal.BOT,
}
_REFUSAL_BY_ROLE = {
    Role.PM: Refusal.NOT_A_PM,
    Role.LEAD: Refusal.NOT_A_LEAD,
    Role.ADMIN: Refusal.NOT_AN_ADMIN,
}


def find_refusal(actor: Actor, required_role: Role) -> Refusal | None:
    """Why the actor may not pass a door, or None. Guests and outsiders never do (H5)."""
    if actor.membership is not Membership.MEMBER:
        return _REFUSAL_BY_MEMBERSHIP[actor.membership]
    return None if required_role in actor.roles else _REFUSAL_BY_ROLE[required_role]
