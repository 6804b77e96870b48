"""Workarounds after their debriefs: state, which PM tells which customer, what was in time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind

# Text 004: tell the customer one week after your visit that it is fixed.
NOTICE_PERIOD = timedelta(days=7)
RELEASE_LENGTH = 100
# How many the list shows, and how many are offered to merge one into.
MAX_LISTED = 20
MAX_OPTIONS = 50


class WorkaroundState(StrEnum):
    """How far a workaround has come (`product.md` D5)."""

    OPEN = "open"
    PLANNED = "planned"
    FIXED = "fixed"
    TOLD = "told"


# A fixed workaround stays fixed once the customers know.
FIXED_STATES = frozenset({WorkaroundState.FIXED, WorkaroundState.TOLD})
PmCustomer = tuple[str, int]


@dataclass(frozen=True)
class Workaround:
    """One workaround that may have several sightings, with all that was decided about it.

    `fix` counts how often it was declared fixed, `version` how often it was changed.
    """

    id: int
    state: WorkaroundState = WorkaroundState.OPEN
    release: str = ""
    fix: int = 0
    version: int = 0

    @property
    def is_fixed(self) -> bool:
        """Return whether it is fixed, told or not."""
        return self.state in FIXED_STATES


@dataclass(frozen=True)
class Sighting:
    """A workaround as a PM saw it at a customer on a local date.

    `workaround` is None until something is decided about it: it is a workaround of its own then,
    and open.
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
        """Return how far its workaround has come."""
        return self.workaround.state if self.workaround else WorkaroundState.OPEN

    def may_read(self, user_id: str) -> bool:
        """Return whether a PM may see it: a private debrief is for its author only."""
        return self.sharing is not Sharing.PRIVATE or self.author_id == user_id

    def may_read_customer(self, user_id: str) -> bool:
        """Return whether a PM may see at which customer it was."""
        return self.sharing is Sharing.SHARE or self.author_id == user_id


@dataclass(frozen=True)
class InTimeShare:
    """How many customer notices were given within their week, of those given or overdue."""

    in_time: int
    of: int

    @property
    def percent(self) -> int:
        """Return the share in whole percent; 0 if there is nothing to count yet."""
        return round(100 * self.in_time / self.of) if self.of else 0


@dataclass(frozen=True)
class WorkaroundRow:
    """A workaround in the list; `id` is that of its newest sighting.

    `customers` are names, "" for one who must not be named; `told` of `notice_count` notices are
    done; `unasked` are customers that no one is asked to tell.
    """

    id: int
    what: str
    customers: tuple[str, ...]
    times: int
    state: WorkaroundState = WorkaroundState.OPEN
    release: str = ""
    told: int = 0
    notice_count: int = 0
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorkaroundList:
    """The list: what was searched for ("" for all that wait), rows, how many more there are."""

    search_text: str
    rows: tuple[WorkaroundRow, ...]
    more: int
    share: InTimeShare


@dataclass(frozen=True)
class BriefWorkaround:
    """A workaround in a customer's brief; `was_told` is whether they know that it is fixed."""

    what: str
    state: WorkaroundState
    release: str
    was_told: bool = False


@dataclass(frozen=True)
class MergedWorkaround:
    """A workaround merged into this one, to be split off again; `merged_by` is a name."""

    id: int
    what: str
    merged_by: str


@dataclass(frozen=True)
class WorkaroundForm:
    """A workaround to change; `sightings` are customers ("" if not to be named) and words.

    `version` identifies what was shown.
    """

    row: WorkaroundRow
    sightings: tuple[tuple[str, str], ...]
    version: str = ""
    merged: tuple[MergedWorkaround, ...] = ()


@dataclass(frozen=True)
class WorkaroundChanges:
    """Changes to a workaround as filled in; `same_as` is one to merge it into."""

    id: int
    version: str
    state: WorkaroundState
    release: str
    same_as: int | None = None
    split_off: frozenset[int] = frozenset()


@dataclass(frozen=True)
class CustomerToTell:
    """A customer to tell, where the workaround was seen: when, how, and in which words.

    `person` is the one to write to, "" if unknown; `colleague` is the one who saw it, or "".
    """

    notice_id: int
    customer: str
    what: str
    on: date
    kind: VisitKind
    person: str = ""
    colleague: str = ""


@dataclass(frozen=True)
class ToldCustomer:
    """A customer who was told, on the PM's local date."""

    customer: str
    on: date


@dataclass(frozen=True)
class FixNoticeFacts:
    """What a PM is asked to tell about one fix; dates are local to the PM.

    `what` is "" where no text of it is left; `reopened` says that it was no fix after all.
    """

    what: str
    release: str
    pm: str
    today: date
    due_on: date
    to_tell: tuple[CustomerToTell, ...] = ()
    told: tuple[ToldCustomer, ...] = ()
    reopened: bool = False


def group_by_workaround(sightings: Iterable[Sighting]) -> Sequence[Sequence[Sighting]]:
    """Group sightings by workaround, in the order given."""
    groups: dict[tuple[str, int], list[Sighting]] = {}
    for each in sightings:
        key = ("whole", each.workaround.id) if each.workaround else ("alone", each.id)
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def find_notice_pairs(
    sightings: Iterable[Sighting], pms: Collection[str], told_customer_ids: Collection[int]
) -> frozenset[PmCustomer]:
    """Return which PM is asked to tell which customer about a fix (`product.md` D5).

    Each PM who saw it, each of their customers. If everyone who saw it has left, the customer's
    owner is asked instead, unless the customer is among `told_customer_ids`, or the author of the
    sighting did not share it under the customer's name. No one is asked to tell a customer who is
    closed.
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
    """Return the sightings whose customer no one is asked to tell.

    All who saw it have left, and the customer has no owner.
    """
    all_sightings = list(sightings)
    covered = {
        customer_id for _, customer_id in find_notice_pairs(all_sightings, pms, told_customer_ids)
    } | set(told_customer_ids)
    open_by_customer = {each.customer_id: each for each in all_sightings if not each.closed}
    return [each for customer_id, each in open_by_customer.items() if customer_id not in covered]


def find_fixed_state(told: Collection[bool]) -> WorkaroundState:
    """Return the state of a fixed workaround, by whether each customer notice is told."""
    return WorkaroundState.TOLD if told and all(told) else WorkaroundState.FIXED


def notice_due_at(asked_at: datetime) -> datetime:
    """Return until when (UTC) a customer is to be told."""
    return asked_at + NOTICE_PERIOD
