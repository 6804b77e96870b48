"""Notes that ask for nothing: when the offer of a month is due, and to whom one may go."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.customers import Stage
from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import (
    ONE_DAY,
    Hours,
    local_date,
    slot,
    working_day,
    working_day_before,
)

# The day before Valentine's in February, and as good as any in other months (text 002).
LAST_DAY = 13
FEBRUARY, VALENTINES = 2, 14
A_MONTH = timedelta(days=30)
# Whoever was visited longer ago than a year hardly remembers it.
A_YEAR = timedelta(days=365)
# So long nobody is offered again whom a note was offered to.
HALF_A_YEAR = timedelta(days=180)
# Prospects and those who were lost have yet to matter to us, or did not choose us.
WRITTEN_TO = frozenset({Stage.CUSTOMER, Stage.CHURNED, Stage.INTERNAL})
# Where a PM sees how somebody works; in any other kind of visit they are told.
SHOWN = frozenset({VisitKind.ON_SITE, VisitKind.VIDEO, VisitKind.OBSERVATION, VisitKind.INTERNAL})


@dataclass(frozen=True)
class Offer:
    """The offer of a month: its nominal local date and its instant (aware UTC)."""

    on: date
    at: datetime

    @property
    def month(self) -> str:
        """The month, "2026-02"."""
        return month(self.on)


@dataclass(frozen=True)
class Known:
    """A customer who knows a PM: the last visit, its kind, and when the PM last wrote a note.

    Dates are local to the PM; `written_on` is None where they never did.
    """

    customer_id: int
    seen_on: date
    kind: VisitKind
    written_on: date | None = None

    @property
    def last_word(self) -> date:
        """When they last heard from the PM."""
        return max(self.seen_on, self.written_on or self.seen_on)


def month(on: date) -> str:
    """The month of a date, "2026-02"."""
    return f"{on:%Y-%m}"


def offer(on: date, hours: Hours) -> Offer:
    """The offer of the month that a date lies in (`product.md` C5).

    On the last working day up to the 13th, or on the first one after it where there is none.
    """
    last = on.replace(day=LAST_DAY)
    day = working_day_before(last + ONE_DAY, hours)
    day = day if month(day) == month(on) else working_day(last + ONE_DAY, hours)
    return Offer(day, slot(day, hours))


def first(joined_at: datetime, hours: Hours) -> Offer:
    """The first offer to a PM: nobody is bothered with one in their first month."""
    return ahead(joined_at + A_MONTH, hours)


def ahead(now: datetime, hours: Hours) -> Offer:
    """The next offer strictly after an instant."""
    this = offer(local_date(now, hours.zone), hours)
    return this if this.at > now else following(this, hours)


def following(this: Offer, hours: Hours) -> Offer:
    """The offer of the month after."""
    return offer(_next_month(this.on), hours)


def look(planned_on: date, now: datetime, hours: Hours) -> tuple[Offer | None, Offer]:
    """What a look at a PM leads to: the offer that is due now, if one is, and the next.

    What was planned for a month that is over is made good in this one, once.
    """
    this = offer(max(planned_on, local_date(now, hours.zone).replace(day=1)), hours)
    return (this, following(this, hours)) if this.at <= now else (None, this)


def whom(known: Iterable[Known], but: Collection[int] = ()) -> Known | None:
    """To whom a note goes: whoever heard from the PM longest ago; None if there is nobody."""
    left = (each for each in known if each.customer_id not in but)
    return min(left, key=lambda each: (each.last_word, each.customer_id), default=None)


def valentines(today: date) -> date | None:
    """Valentine's Day, where it lies ahead in the month of a date."""
    ahead_of_it = today.month == FEBRUARY and today.day < VALENTINES
    return today.replace(day=VALENTINES) if ahead_of_it else None


def first_name(name: str) -> str:
    """What somebody is called; all of the name where it begins with a title, as in "Dr. Lind"."""
    words = name.split()
    return words[0] if words and not words[0].endswith(".") else " ".join(words)


def _next_month(on: date) -> date:
    return on.replace(day=1) + timedelta(days=32)
