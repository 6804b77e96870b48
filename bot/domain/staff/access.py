"""Who may do what: the one rule behind the gate."""

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
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
    standing: Standing
    roles: frozenset[Role] = frozenset({Role.STAFF})


_TURNED_AWAY = {
    Standing.GUEST: Refusal.GUEST,
    Standing.OTHER_ORGANISATION: Refusal.OTHER_ORGANISATION,
    Standing.DEACTIVATED: Refusal.DEACTIVATED,
    Standing.BOT: Refusal.BOT,
}
_LACKING = {
    Role.PM: Refusal.NOT_A_PM,
    Role.LEAD: Refusal.NOT_A_LEAD,
    Role.ADMIN: Refusal.NOT_AN_ADMIN,
}


def refusal(actor: Actor, needs: Role) -> Refusal | None:
    """Why the actor may not pass a door, or None. Guests and outsiders never do (H5)."""
    if actor.standing is not Standing.MEMBER:
        return _TURNED_AWAY[actor.standing]
    return None if needs in actor.roles else _LACKING[needs]
