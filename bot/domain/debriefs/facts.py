"""Facts of debriefs: what is shown of them elsewhere, and what the form starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.customers import CustomerChoice
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.debriefs.sections import Section
from bot.domain.hypotheses import HypothesisChoice
from bot.domain.visits.rules import VisitKind

# How many of each section a form shows.
SectionCounts = Mapping[Section, int]


@dataclass(frozen=True)
class SavedDraftLine:
    """A saved draft by its key; `customer` is "" if none was given, `left_at` is UTC."""

    key: str
    customer: str
    story: str
    left_at: datetime


@dataclass(frozen=True)
class DebriefForm:
    """What the form starts from.

    `customer` is an id and a name, or None and the name of a new one; `hypothesis` likewise. `on`
    and `today` are the author's local dates, `digest_on` the local date of the team's next digest.
    `reply_to` is a response URL, "home" or "". `typed` fills the fields again, with or without a
    `customer`;
    `left_at` is when (aware UTC) they were left unfinished, shown in the author's `zone`. `notice`
    is shown above them, or else the `overflow` of what didn't fit into them.
    """

    customer: CustomerChoice | None
    on: date
    today: date
    session: FormSession
    expanded: bool = False
    sections: SectionCounts = field(default_factory=dict)
    nudge_id: int | None = None
    reply_to: str = ""
    typed: Draft | None = None
    kind: VisitKind = VisitKind.VIDEO
    digest_on: date | None = None
    left_at: datetime | None = None
    zone: str = "UTC"
    notice: str = ""
    overflow: str = ""
    hypothesis: HypothesisChoice | None = None
