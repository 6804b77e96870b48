"""Notes that ask for nothing: when a month's offer is due, and which customer gets one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.customers import Stage
from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import (
    ONE_DAY,
    WorkingHours,
    contact_start,
    local_date,
    working_day_before,
    working_day_from,
)

# The day before Valentine's in February, and as good as any in other months (text 002).
LAST_OFFER_DAY = 13
FEBRUARY, VALENTINES = 2, 14
A_MONTH = timedelta(days=30)
# After more than a year customers hardly remember a visit.
A_YEAR = timedelta(days=365)
# How long before a PM is offered a note to the same customer again.
HALF_A_YEAR = timedelta(days=180)
# Prospects have yet to matter to us, and lost customers did not choose us.
NOTE_STAGES = frozenset({Stage.CUSTOMER, Stage.CHURNED, Stage.INTERNAL})
# Kinds in which a PM sees how people work; in any other kind of visit they only hear about it.
OBSERVING_KINDS = frozenset(
    {VisitKind.ON_SITE, VisitKind.VIDEO, VisitKind.OBSERVATION, VisitKind.INTERNAL}
)


class NoteAnswer(StrEnum):
    """What a PM did with a note; values are stored codes."""

    SENT = "sent"
    STOPPED = "no_more"


@dataclass(frozen=True)
class NoteOffer:
    """A month's offer: its planned local date and its instant (aware UTC)."""

    on: date
    at: datetime

    @property
    def month(self) -> str:
        """Return the month, "2026-02"."""
        return month_key(self.on)


@dataclass(frozen=True)
class NoteCandidate:
    """A customer who knows a PM: the last visit, its kind, and when the PM last wrote a note.

    Dates are local to the PM; `written_on` is None if they never did.
    """

    customer_id: int
    visited_on: date
    kind: VisitKind
    written_on: date | None = None

    @property
    def last_heard_on(self) -> date:
        """Return when they last heard from the PM."""
        return max(self.visited_on, self.written_on or self.visited_on)


@dataclass(frozen=True)
class NoteOfferFacts:
    """The offer of a note: the customer, the last visit there, the person to write to and the PM.

    Names are as they are stored, "" if unknown. `is_last` says that no other customer is left.
    """

    id: int
    customer: str
    candidate: NoteCandidate
    person: str
    pm: str
    today: date
    is_last: bool = False


@dataclass(frozen=True)
class SentNote:
    """A note that its PM has sent."""

    customer: str


# None once the PM wants no more notes.
NoteFacts = NoteOfferFacts | SentNote | None


def month_key(on: date) -> str:
    """Return the month of a date, "2026-02"."""
    return f"{on:%Y-%m}"


def find_offer(on: date, hours: WorkingHours) -> NoteOffer:
    """Return the offer of the month that a date lies in (`product.md` C5).

    On the last working day up to the 13th, or on the first one after it if there is none.
    """
    last = on.replace(day=LAST_OFFER_DAY)
    day = working_day_before(last + ONE_DAY, hours)
    day = day if month_key(day) == month_key(on) else working_day_from(last + ONE_DAY, hours)
    return NoteOffer(day, contact_start(day, hours))


def find_first_offer(joined_at: datetime, hours: WorkingHours) -> NoteOffer:
    """Return the first offer to a PM, who is not bothered with one in their first month."""
    return find_next_offer(joined_at + A_MONTH, hours)


def find_next_offer(now: datetime, hours: WorkingHours) -> NoteOffer:
    """Return the next offer strictly after an instant."""
    this = find_offer(local_date(now, hours.zone), hours)
    return this if this.at > now else find_offer_after(this, hours)


def find_offer_after(this: NoteOffer, hours: WorkingHours) -> NoteOffer:
    """Return the offer of the month after."""
    return find_offer(_find_next_month(this.on), hours)


def find_due_offer(
    planned_on: date, now: datetime, hours: WorkingHours
) -> tuple[NoteOffer | None, NoteOffer]:
    """Return the offer that is due now, if there is one, and the next.

    An offer planned for a month that is over is made up for in this one, once.
    """
    this = find_offer(max(planned_on, local_date(now, hours.zone).replace(day=1)), hours)
    return (this, find_offer_after(this, hours)) if this.at <= now else (None, this)


def choose_recipient(
    candidates: Iterable[NoteCandidate], excluded: Collection[int] = ()
) -> NoteCandidate | None:
    """Return the candidate who heard from the PM longest ago; None if there is none."""
    remaining = (each for each in candidates if each.customer_id not in excluded)
    return min(remaining, key=lambda each: (each.last_heard_on, each.customer_id), default=None)


def find_valentines_day(today: date) -> date | None:
    """Return Valentine's Day, if it lies ahead in the month of a date."""
    is_ahead = today.month == FEBRUARY and today.day < VALENTINES
    return today.replace(day=VALENTINES) if is_ahead else None


def first_name(name: str) -> str:
    """Return a first name; all of the name if it begins with a title, as in "Dr. Lind"."""
    words = name.split()
    return words[0] if words and not words[0].endswith(".") else " ".join(words)


def _find_next_month(on: date) -> date:
    return on.replace(day=1) + timedelta(days=32)
