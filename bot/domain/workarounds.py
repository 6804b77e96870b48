"""Workarounds after their debriefs: how far one has come, who tells whom, and what was in time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind

# Text 004: tell the customer one week after your visit that it is fixed.
A_WEEK = timedelta(days=7)
RELEASE_LENGTH = 100


class State(StrEnum):
    """How far a workaround has come (`product.md` D5)."""

    OPEN = "open"
    PLANNED = "planned"
    FIXED = "fixed"
    TOLD = "told"


# What is fixed stays so once the customers know.
DONE = frozenset({State.FIXED, State.TOLD})
Pair = tuple[str, int]


@dataclass(frozen=True)
class Whole:
    """One workaround that may have been seen several times, with all that was decided about it.

    `fix` counts how often it was said to be fixed, `version` how often somebody changed it.
    """

    id: int
    state: State = State.OPEN
    release: str = ""
    fix: int = 0
    version: int = 0

    @property
    def done(self) -> bool:
        """Whether it is fixed, whoever knows of it."""
        return self.state in DONE


@dataclass(frozen=True)
class Seen:
    """A workaround as a PM saw it at a customer on a local date.

    `whole` is None as long as nobody has decided anything: it stands alone then, and is open.
    """

    id: int
    what: str
    author_id: str
    sharing: Sharing
    customer_id: int
    customer: str
    on: date
    kind: VisitKind
    owner_id: str | None = None
    closed: bool = False
    whole: Whole | None = None

    @property
    def state(self) -> State:
        """How far it has come."""
        return self.whole.state if self.whole else State.OPEN

    def may_read(self, user_id: str) -> bool:
        """Whether a PM may read of it: what is private stays with its author."""
        return self.sharing is not Sharing.PRIVATE or self.author_id == user_id

    def named_to(self, user_id: str) -> bool:
        """Whether a PM may read at which customer it was seen."""
        return self.sharing is Sharing.SHARE or self.author_id == user_id


@dataclass(frozen=True)
class Share:
    """So many of the asks whose week is over, or which are told, were told within the week."""

    in_time: int
    of: int

    @property
    def percent(self) -> int:
        """The share in whole percent; 0 where nothing is to be counted yet."""
        return round(100 * self.in_time / self.of) if self.of else 0


def wholes(seen: Iterable[Seen]) -> Sequence[Sequence[Seen]]:
    """What belongs together, in the order given."""
    groups: dict[tuple[str, int], list[Seen]] = {}
    for each in seen:
        key = ("whole", each.whole.id) if each.whole else ("alone", each.id)
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def asked(seen: Iterable[Seen], pms: Collection[str], told: Collection[int]) -> frozenset[Pair]:
    """Who is asked to tell whom: each PM who saw it, each of their customers (`product.md` D5).

    Where everybody who saw it has left, whoever looks after the customer is asked instead, unless
    the customer is among those `told`, or whoever saw it did not share it under the customer's
    name. Nobody is asked to tell a customer who is closed.
    """
    open_ones = [each for each in seen if not each.closed]
    own = {(each.author_id, each.customer_id) for each in open_ones if each.author_id in pms}
    known = {customer_id for _, customer_id in own} | set(told)
    handed_over = {
        (each.owner_id, each.customer_id)
        for each in open_ones
        if each.owner_id and each.owner_id in pms and each.named_to(each.owner_id)
        if each.customer_id not in known
    }
    return frozenset(own | handed_over)


def unasked(
    seen: Iterable[Seen], pms: Collection[str], told: Collection[int] = ()
) -> Sequence[Seen]:
    """Those whose customer nobody is asked to tell: all who saw it left, and nobody owns them."""
    known = list(seen)
    reached = {customer_id for _, customer_id in asked(known, pms, told)} | set(told)
    left = {each.customer_id: each for each in known if not each.closed}
    return [each for customer_id, each in left.items() if customer_id not in reached]


def telling(told: Collection[bool]) -> State:
    """How far something fixed has come, by whether each ask is told."""
    return State.TOLD if told and all(told) else State.FIXED


def due(asked_at: datetime) -> datetime:
    """Until when (UTC) a customer is to be told."""
    return asked_at + A_WEEK
