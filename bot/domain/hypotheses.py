"""Hypotheses: what is believed, and what visits say about it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.debriefs.sections import HypothesisVerdict
from bot.domain.visits.rules import VisitKind


class HypothesisOutcome(StrEnum):
    """What became of a hypothesis."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Hypothesis:
    """A specific, measurable belief (`product.md`, Words).

    `measure` is how one would know, "" as long as nobody has said. `by` is the Slack id of whoever
    stated it, `settled_on` a local date of theirs.
    """

    id: int
    belief: str
    measure: str = ""
    stated_by: str = ""
    outcome: HypothesisOutcome | None = None
    closed_on: date | None = None


@dataclass(frozen=True)
class VisitEvidence:
    """What the debrief of one visit says about a hypothesis; `on` is its author's local date."""

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
        """Whether a PM may know of it: what is private stays with its author."""
        return self.sharing is not Sharing.PRIVATE or self.author_id == user_id

    def may_read_customer(self, user_id: str) -> bool:
        """Whether a PM may read which customer it was."""
        return self.sharing is Sharing.SHARE or self.author_id == user_id


@dataclass(frozen=True)
class VerdictTally:
    """How many visits say what; indirect ones stand apart, as weaker evidence."""

    direct: Mapping[HypothesisVerdict, int] = field(default_factory=dict)
    indirect: Mapping[HypothesisVerdict, int] = field(default_factory=dict)


def tally_verdicts(evidence: Iterable[VisitEvidence]) -> VerdictTally:
    """The tally of some visits."""
    known = list(evidence)
    return VerdictTally(
        Counter(each.verdict for each in known if not each.kind.indirect),
        Counter(each.verdict for each in known if each.kind.indirect),
    )
