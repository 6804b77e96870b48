"""Caps: how often and how long all PMs together may visit one customer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Crisp and to the point, to overwhelm no one (text 003).
MIN_VISIT_GAP = timedelta(days=21)
QUARTER = timedelta(days=91)
MAX_VISITS_A_QUARTER = 2
MAX_MINUTES_A_QUARTER = 240


class Cap(StrEnum):
    """A cap that a visit would exceed."""

    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    DO_NOT_CONTACT = "do_not_contact"


class NoContactReason(StrEnum):
    """Why a customer is closed to visits: we leave them alone, or they asked to be left alone."""

    DO_NOT_CONTACT = "do_not_contact"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True)
class VisitLoad:
    """What a visit asks of a customer: so many minutes on a local date."""

    on: date
    minutes: int = 0


@dataclass(frozen=True)
class ExceededCap:
    """A cap that a visit would exceed, and the date of the visit nearest to it."""

    cap: Cap
    on: date


@dataclass(frozen=True)
class OverCap:
    """A cap that a plan exceeds: who sees or saw the customer nearest to it, and on which date.

    `who` is None for the PM themselves. For a customer who must not be contacted: who said so,
    when, and why.
    """

    cap: Cap
    who: str | None
    on: date
    reason: str = ""


def find_exceeded_cap(visit: VisitLoad, others: Iterable[VisitLoad]) -> ExceededCap | None:
    """Return the cap a visit would exceed, given the customer's other visits (`product.md` B4).

    At most one visit in 21 days, two in any 91, and four hours in any 91, by all PMs, held or
    booked. A first visit may be as long as it has to be.
    """
    near = [each for each in others if abs(each.on - visit.on) < QUARTER]
    if not near:
        return None
    nearest = min((each.on for each in near), key=lambda on: abs(on - visit.on))
    if abs(nearest - visit.on) < MIN_VISIT_GAP:
        return ExceededCap(Cap.TOO_SOON, nearest)
    quarters = _group_by_quarter([*near, visit])
    if any(len(each) > MAX_VISITS_A_QUARTER for each in quarters):
        return ExceededCap(Cap.TOO_MANY, nearest)
    long = [
        each for each in quarters if visit in each and _sum_minutes(each) > MAX_MINUTES_A_QUARTER
    ]
    return ExceededCap(Cap.TOO_LONG, nearest) if any(len(each) > 1 for each in long) else None


def find_free_date(today: date, others: Iterable[VisitLoad], minutes: int = 0) -> date:
    """Return the first date from today on which a visit of so many minutes exceeds no cap."""
    known = tuple(others)
    last = max((*(each.on for each in known), today)) + QUARTER
    days = (today + timedelta(days=count) for count in range((last - today).days))
    return next(
        (each for each in days if find_exceeded_cap(VisitLoad(each, minutes), known) is None), last
    )


def _group_by_quarter(visits: list[VisitLoad]) -> Sequence[Sequence[VisitLoad]]:
    """Return, for each of the visits, those within a quarter from it on."""
    return [
        [each for each in visits if timedelta(0) <= each.on - first.on < QUARTER]
        for first in visits
    ]


def _sum_minutes(visits: Sequence[VisitLoad]) -> int:
    return sum(each.minutes for each in visits)
