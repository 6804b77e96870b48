"""Caps: how much one customer may be seen by all PMs together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Crisp and to the point, so that nobody is overwhelmed (text 003).
APART = timedelta(days=21)
QUARTER = timedelta(days=91)
A_QUARTER = 2


class Cap(StrEnum):
    """What a visit would go over."""

    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Over:
    """A cap that a visit would go over, and the date of the visit nearest to it."""

    cap: Cap
    on: date


def over(on: date, others: Iterable[date]) -> Over | None:
    """What a visit on a date would go over, given all others of the customer (`product.md` B4).

    At most one visit in 21 days, and two in any 91; whoever saw them, or is to see them.
    """
    near = [each for each in others if abs(each - on) < QUARTER]
    if not near:
        return None
    nearest = min(near, key=lambda each: abs(each - on))
    if abs(nearest - on) < APART:
        return Over(Cap.TOO_SOON, nearest)
    return Over(Cap.TOO_MANY, nearest) if _crowded(sorted([*near, on])) else None


def free_on(today: date, others: Iterable[date]) -> date:
    """The first date from today on which a visit would go over no cap."""
    known = tuple(others)
    last = max((*known, today)) + QUARTER
    days = (today + timedelta(days=count) for count in range((last - today).days))
    return next((each for each in days if over(each, known) is None), last)


def _crowded(days: list[date]) -> bool:
    """Whether more than two of these dates, in order, lie in one quarter."""
    return any(last - first < QUARTER for first, last in zip(days, days[A_QUARTER:], strict=False))
