"""Briefs: what is known of a customer before a visit."""

from dataclasses import dataclass
from datetime import date

from bot.domain.customers import Customer
from bot.domain.debriefs.promises import OwedPromise
from bot.domain.debriefs.rules import Mood
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import BriefWorkaround

MAX_LINES = 5


@dataclass(frozen=True)
class DebriefedVisit:
    """A visit with its debrief, which the reader may see."""

    on: date
    author: str
    kind: VisitKind
    story: str


@dataclass(frozen=True)
class AnswerGiven:
    """An answer that staff gave a customer; `by` is a name, `on` a local date."""

    subject: str
    answer: str
    by: str
    on: date


@dataclass(frozen=True)
class BookedVisitLine:
    """A booked visit; `who` is None for the reader, `on` a local date, `hypothesis` a belief."""

    who: str | None
    on: date
    hypothesis: str = ""


@dataclass(frozen=True)
class PromiseLine:
    """A promise made to the customer; `owner` is a name, "" for the reader."""

    owed: OwedPromise
    owner: str


@dataclass(frozen=True)
class Brief:
    """What is known of a customer; dates are local to the reader.

    `free_on` is the first date on which a visit exceeds no cap, `booked` who sees them when, `deal`
    the last one: won?, closed on, goes live on. `contacts` counts 28 days; `closed_by` is the name
    of the colleague who closed them to visits; `score` is the last answer from 0 to 10, its date
    and why; `mood` the last mood and its date; `promises` are those made to them, and `answers`
    those given to them, the newest first.
    """

    today: date
    customer: Customer
    owner: str
    free_on: date
    booked: tuple[BookedVisitLine, ...] = ()
    visits: tuple[DebriefedVisit, ...] = ()
    workarounds: tuple[BriefWorkaround, ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    contacts: int = 0
    deal: tuple[bool, date, date | None] | None = None
    closed_by: str = ""
    score: tuple[int, date, str] | None = None
    mood: tuple[Mood, date] | None = None
    promises: tuple[PromiseLine, ...] = ()
    answers: tuple[AnswerGiven, ...] = ()
