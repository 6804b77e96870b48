"""Workarounds after their debriefs: how far one has come, who tells whom, and what was in time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind

# Text 004: tell the customer one week after your visit that it is fixed.
NOTICE_PERIOD = timedelta(days=7)
RELEASE_LENGTH = 100


class WorkaroundState(StrEnum):
    """How far a workaround has come (`product.md` D5)."""

    OPEN = "open"
    PLANNED = "planned"
    FIXED = "fixed"
    TOLD = "told"


# What is fixed stays so once the customers know.
FIXED_STATES = frozenset({WorkaroundState.FIXED, WorkaroundState.TOLD})
PmCustomer = tuple[str, int]


@dataclass(frozen=True)
class Workaround:
    """One workaround that may have been seen several times, with all that was decided about it.

    `fix` counts how often it was said to be fixed, `version` how often somebody changed it.
    """

    id: int
    state: WorkaroundState = WorkaroundState.OPEN
    release: str = ""
    fix: int = 0
    version: int = 0

    @property
    def is_fixed(self) -> bool:
        """Whether it is fixed, whoever knows of it."""
        return self.state in FIXED_STATES


@dataclass(frozen=True)
class Sighting:
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
    workaround: Workaround | None = None

    @property
    def state(self) -> WorkaroundState:
        """How far it has come."""
        return self.workaround.state if self.workaround else WorkaroundState.OPEN

    def may_read(self, user_id: str) -> bool:
        """Whether a PM may read of it: what is private stays with its author."""
        return self.sharing is not Sharing.PRIVATE or self.author_id == user_id

    def may_read_customer(self, user_id: str) -> bool:
        """Whether a PM may read at which customer it was seen."""
        return self.sharing is Sharing.SHARE or self.author_id == user_id


@dataclass(frozen=True)
class InTimeShare:
    """So many of the asks whose week is over, or which are told, were told within the week."""

    in_time: int
    of: int

    @property
    def percent(self) -> int:
        """The share in whole percent; 0 where nothing is to be counted yet."""
        return round(100 * self.in_time / self.of) if self.of else 0


def group_by_workaround(sightings: Iterable[Sighting]) -> Sequence[Sequence[Sighting]]:
    """What belongs together, in the order given."""
    groups: dict[tuple[str, int], list[Sighting]] = {}
    for each in sightings:
        key = ("whole", each.workaround.id) if each.workaround else ("alone", each.id)
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def find_notice_pairs(
    sightings: Iterable[Sighting], pms: Collection[str], told_customer_ids: Collection[int]
) -> frozenset[PmCustomer]:
    """Who is asked to tell whom: each PM who saw it, each of their customers (`product.md` D5).

    Where everybody who saw it has left, whoever looks after the customer is asked instead, unless
    the customer is among those `told`, or whoever saw it did not share it under the customer's
    name. Nobody is asked to tell a customer who is closed.
    """
    open_sightings = [each for each in sightings if not each.closed]
    own = {(each.author_id, each.customer_id) for each in open_sightings if each.author_id in pms}
    covered = {customer_id for _, customer_id in own} | set(told_customer_ids)
    handed_over = {
        (each.owner_id, each.customer_id)
        for each in open_sightings
        if each.owner_id and each.owner_id in pms and each.may_read_customer(each.owner_id)
        if each.customer_id not in covered
    }
    return frozenset(own | handed_over)


def find_unassigned(
    sightings: Iterable[Sighting], pms: Collection[str], told_customer_ids: Collection[int] = ()
) -> Sequence[Sighting]:
    """Those whose customer nobody is asked to tell: all who saw it left, and nobody owns them."""
    all_sightings = list(sightings)
    covered = {
        customer_id for _, customer_id in find_notice_pairs(all_sightings, pms, told_customer_ids)
    } | set(told_customer_ids)
    open_by_customer = {each.customer_id: each for each in all_sightings if not each.closed}
    return [each for customer_id, each in open_by_customer.items() if customer_id not in covered]


def find_fixed_state(told: Collection[bool]) -> WorkaroundState:
    """How far something fixed has come, by whether each ask is told."""
    return WorkaroundState.TOLD if told and all(told) else WorkaroundState.FIXED


def notice_due_at(asked_at: datetime) -> datetime:
    """Until when (UTC) a customer is to be told."""
    return asked_at + NOTICE_PERIOD
