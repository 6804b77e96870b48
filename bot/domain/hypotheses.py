"""Hypotheses: what is believed, and what visits say about it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.debriefs.sections import Verdict
from bot.domain.visits.rules import VisitKind


class Settled(StrEnum):
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
    by: str = ""
    settled: Settled | None = None
    settled_on: date | None = None


@dataclass(frozen=True)
class Evidence:
    """What the debrief of one visit says about a hypothesis; `on` is its author's local date."""

    hypothesis_id: int
    verdict: Verdict
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

    def named_to(self, user_id: str) -> bool:
        """Whether a PM may read which customer it was."""
        return self.sharing is Sharing.SHARE or self.author_id == user_id


@dataclass(frozen=True)
class Tally:
    """How many visits say what; indirect ones stand apart, as weaker evidence."""

    direct: Mapping[Verdict, int] = field(default_factory=dict)
    indirect: Mapping[Verdict, int] = field(default_factory=dict)


def tally(evidence: Iterable[Evidence]) -> Tally:
    """The tally of some visits."""
    known = list(evidence)
    return Tally(
        Counter(each.verdict for each in known if not each.kind.indirect),
        Counter(each.verdict for each in known if each.kind.indirect),
    )
