"""Facts of Home: what is due, what is coming up, and what was heard lately."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.domain.debriefs.facts import SavedDraftLine
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.debriefs.rules import Sharing
from bot.domain.suggestions.coverage import GreatShare, Skew
from bot.domain.surveys.nps import Nps
from bot.domain.visits.ground_rules import GroundRules
from bot.domain.visits.rules import VisitKind

# More than three years of a visit every two weeks; Slack accepts a hundred blocks.
MAX_EARLIER = 90
MAX_ITEMS = 5


@dataclass(frozen=True)
class UpcomingVisit:
    """An upcoming visit; `on` and `at` are the PM's local date and time."""

    visit_id: int
    customer: str
    on: date
    kind: VisitKind
    at: time | None = None
    rules: GroundRules = field(default_factory=GroundRules)


@dataclass(frozen=True)
class RecentDebrief:
    """A recent debrief; `on` is the PM's local date of the visit."""

    debrief_id: int
    customer: str
    on: date
    sharing: Sharing


@dataclass(frozen=True)
class HomeFacts:
    """What a PM's Home shows; dates are local, `next_nudge_at` is aware UTC, `flags` are names.

    `skews` say where last quarter's visits differ from the market, `great` whether too many went to
    customers who contact us a lot; `awaiting_debrief` are booked visits without a debrief yet,
    `saved_drafts` unfinished debriefs, `open_promises` those still to keep; `admin` says
    whether the PM may set the market. `nps` is that of the PM's customers, if enough of them have
    answered.
    """

    today: date
    zone: str
    due_on: date
    next_nudge_at: datetime | None
    upcoming: tuple[UpcomingVisit, ...] = ()
    debriefs: tuple[RecentDebrief, ...] = ()
    flags: tuple[str, ...] = ()
    skews: tuple[Skew, ...] = ()
    admin: bool = False
    awaiting_debrief: tuple[UpcomingVisit, ...] = ()
    great: GreatShare | None = None
    saved_drafts: tuple[SavedDraftLine, ...] = ()
    open_promises: tuple[OwedPromise, ...] = ()
    nps: Nps | None = None
