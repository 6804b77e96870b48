"""Hypotheses, and what visits say about them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.debriefs.sections import HypothesisVerdict
from bot.domain.visits.rules import VisitKind

# An id and its belief, or None and the belief of a new one.
HypothesisChoice = tuple[int | None, str]
# How many open ones the list shows, and how many closed ones.
MAX_OPEN = 15
MAX_CLOSED = 5


class HypothesisOutcome(StrEnum):
    """The outcome of a closed hypothesis."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Hypothesis:
    """A specific, measurable belief (`product.md`, Words).

    `measure` is how to tell whether it holds, "" if not given yet. `stated_by` is the Slack id of
    its author, `closed_on` their local date.
    """

    id: int
    belief: str
    measure: str = ""
    stated_by: str = ""
    outcome: HypothesisOutcome | None = None
    closed_on: date | None = None


@dataclass(frozen=True)
class VisitEvidence:
    """What one visit's debrief says about a hypothesis; `on` is its author's local date."""

    hypothesis_id: int
    verdict: HypothesisVerdict
    author_id: str
    sharing: Sharing
    customer: str
    stage: Stage
    on: date
    kind: VisitKind
    segment: str = ""
    region: str = ""

    def may_read(self, user_id: str) -> bool:
        """Return whether a PM may see it: a private debrief is for its author only."""
        return self.sharing is not Sharing.PRIVATE or self.author_id == user_id

    def may_read_customer(self, user_id: str) -> bool:
        """Return whether a PM may see the customer's name."""
        return self.sharing is Sharing.SHARE or self.author_id == user_id


@dataclass(frozen=True)
class VerdictTally:
    """The number of visits per verdict; indirect ones are counted apart, as weaker evidence."""

    direct: Mapping[HypothesisVerdict, int] = field(default_factory=dict)
    indirect: Mapping[HypothesisVerdict, int] = field(default_factory=dict)


@dataclass(frozen=True)
class HypothesisRow:
    """A hypothesis in the list, with its tally."""

    hypothesis: Hypothesis
    tally: VerdictTally


@dataclass(frozen=True)
class HypothesisList:
    """The list: the newest open ones, how many more there are, and those closed last.

    `today` is the reader's local date.
    """

    today: date
    rows: tuple[HypothesisRow, ...] = ()
    more: int = 0
    closed: tuple[HypothesisRow, ...] = ()


@dataclass(frozen=True)
class VisitLine:
    """A visit behind a tally; `customer` is "" where they must not be named.

    `places` are the segment and the region, `author` is a name, `on` the author's local date.
    """

    verdict: HypothesisVerdict
    customer: str
    stage: Stage
    places: tuple[str, ...]
    on: date
    author: str
    kind: VisitKind


@dataclass(frozen=True)
class HypothesisDetails:
    """A hypothesis and the visits behind it, newest first; `can_close` lets the reader close it."""

    row: HypothesisRow
    author: str
    visits: tuple[VisitLine, ...]
    today: date
    can_close: bool = False


@dataclass(frozen=True)
class HypothesisChanges:
    """What the author of a hypothesis wants to change; `outcome` None leaves it open."""

    id: int
    measure: str
    outcome: HypothesisOutcome | None = None


def tally_verdicts(evidence: Iterable[VisitEvidence]) -> VerdictTally:
    """Count visits by verdict, direct and indirect ones apart."""
    known = list(evidence)
    return VerdictTally(
        Counter(each.verdict for each in known if not each.kind.indirect),
        Counter(each.verdict for each in known if each.kind.indirect),
    )
