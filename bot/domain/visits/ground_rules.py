"""Ground rules: what is done before a visit to surprise no one (`product.md` C2)."""

from dataclasses import dataclass, field
from enum import StrEnum

AGENDA_LENGTH = 2000


class GroundRule(StrEnum):
    """The ground rules, in their order (text 003)."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    SENT = "sent"


class AgendaReply(StrEnum):
    """A sales owner's reply to an agenda."""

    FINE = "fine"
    TALK = "talk"


@dataclass(frozen=True)
class GroundRules:
    """A visit's agenda and the rules done; `asked_user_id` is the sales owner who was asked."""

    agenda: str = ""
    done: frozenset[GroundRule] = field(default_factory=frozenset)
    asked_user_id: str | None = None
    reply: AgendaReply | None = None

    @property
    def pending(self) -> tuple[GroundRule, ...]:
        """Return the rules still to be done, in order."""
        return tuple(each for each in GroundRule if each not in self.done)


@dataclass(frozen=True)
class Preparation:
    """A visit to prepare: the customer's name, what is done, and the sales owner if one is named.

    `owner` is the sales owner's name, or "".
    """

    visit_id: int
    customer: str
    rules: GroundRules
    owner_id: str | None = None
    owner: str = ""
