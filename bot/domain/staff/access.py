"""Access: which actor may use which route."""

from dataclasses import dataclass
from enum import StrEnum


class Membership(StrEnum):
    """A Slack user's relation to the workspace that installed the bot."""

    MEMBER = "member"
    GUEST = "guest"
    OTHER_ORGANISATION = "other_organisation"
    DEACTIVATED = "deactivated"
    BOT = "bot"


class Role(StrEnum):
    """The role that a route requires; an actor holds each of their roles separately."""

    STAFF = "staff"
    PM = "pm"
    LEAD = "lead"
    ADMIN = "admin"


class Refusal(StrEnum):
    """Why an actor is refused; views word it."""

    GUEST = "guest"
    OTHER_ORGANISATION = "other_organisation"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    NOT_A_PM = "not_a_pm"
    NOT_A_LEAD = "not_a_lead"
    NOT_AN_ADMIN = "not_an_admin"


@dataclass(frozen=True)
class Actor:
    """A request's sender: `user_id` is Slack's, `zone` an IANA name, `roles` always hold STAFF."""

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
    """Return why the actor may not use a route, or None. Guests and outsiders never may (H5)."""
    if actor.membership is not Membership.MEMBER:
        return _REFUSAL_BY_MEMBERSHIP[actor.membership]
    return None if required_role in actor.roles else _REFUSAL_BY_ROLE[required_role]
