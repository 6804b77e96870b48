"""Suggestions: whom a PM might visit, and the reason that decided it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from bot.domain.caps import APART
from bot.domain.customers import Stage

AT_MOST = 3
FRESH_DEAL = timedelta(days=14)
SOON_LIVE = timedelta(days=30)


class Why(StrEnum):
    """The reason that decided; the first that holds is the one that counts."""

    DEAL_WON = "deal_won"
    DEAL_LOST = "deal_lost"
    ROLL_OUT = "roll_out"
    PROSPECT = "prospect"
    GONE = "gone"
    INTERNAL = "internal"
    NEVER_VISITED = "never_visited"
    LONG_AGO = "long_ago"


class Pass(StrEnum):
    """Why a PM passes a customer over who was suggested; values are the codes that travel."""

    NOT_NOW = "not_now"
    ASKED_NOT_TO = "asked_not_to"
    NO_LONGER = "no_longer"
    NOT_MINE = "not_mine"
    KNOWN_WELL = "known_well"


# What lies with the customer holds for all PMs, what lies with the PM for this one.
FOR_ALL = frozenset({Pass.NOT_NOW, Pass.ASKED_NOT_TO, Pass.NO_LONGER})
PASSED_FOR = {
    Pass.NOT_NOW: timedelta(days=30),
    Pass.ASKED_NOT_TO: timedelta(days=180),
    Pass.NO_LONGER: timedelta(days=365),
    Pass.NOT_MINE: timedelta(days=365),
    Pass.KNOWN_WELL: timedelta(days=180),
}


@dataclass(frozen=True)
class Candidate:
    """What is known of a customer that could be visited. `deal` is (won?, closed on)."""

    customer_id: int
    name: str
    stage: Stage
    last_visit_on: date | None = None
    great: bool = False
    booked: bool = False
    deal: tuple[bool, date] | None = None
    go_live_on: date | None = None


@dataclass(frozen=True)
class Suggestion:
    """A customer worth visiting, why, and the date that goes with the reason."""

    customer_id: int
    name: str
    why: Why
    on: date | None = None


def suggest(
    candidates: Iterable[Candidate], today: date, seed: int, passed_over: Iterable[int] = ()
) -> Sequence[Suggestion]:
    """Up to three customers, as different in kind as can be had (`product.md` B1 to B4, text 000).

    Never a great customer, one visited in the last 21 days, one that is booked or one passed over.
    The seed decides between equals, so that the same nudge always names the same customers.
    """
    chance = Random(seed)
    skipped = set(passed_over)
    free = [each for each in candidates if each.customer_id not in skipped and _free(each, today)]
    order = sorted(free, key=lambda each: (each.last_visit_on or date.min, chance.random()))
    by_why: dict[Why, list[Suggestion]] = {}
    for each in order:
        why, on = _why(each, today)
        by_why.setdefault(why, []).append(Suggestion(each.customer_id, each.name, why, on))
    return _mixed(by_why)


def _free(each: Candidate, today: date) -> bool:
    cooling = each.last_visit_on is not None and today - each.last_visit_on < APART
    return not (each.great or each.booked or cooling)


def _why(each: Candidate, today: date) -> tuple[Why, date | None]:
    if each.deal and timedelta(0) <= today - each.deal[1] <= FRESH_DEAL:
        return (Why.DEAL_WON if each.deal[0] else Why.DEAL_LOST), each.deal[1]
    if each.go_live_on and timedelta(0) <= each.go_live_on - today <= SOON_LIVE:
        return Why.ROLL_OUT, each.go_live_on
    if each.stage is Stage.PROSPECT:
        return Why.PROSPECT, each.last_visit_on
    if each.stage in (Stage.LOST, Stage.CHURNED):
        return Why.GONE, each.last_visit_on
    if each.stage is Stage.INTERNAL:
        return Why.INTERNAL, each.last_visit_on
    return (Why.LONG_AGO if each.last_visit_on else Why.NEVER_VISITED), each.last_visit_on


# One of a row before a second of any: a trigger, somebody who is not a customer, a customer.
_ROWS = (
    (Why.DEAL_LOST, Why.DEAL_WON, Why.ROLL_OUT),
    (Why.PROSPECT, Why.GONE),
    (Why.NEVER_VISITED, Why.LONG_AGO, Why.INTERNAL),
)


def _mixed(by_why: Mapping[Why, Sequence[Suggestion]]) -> Sequence[Suggestion]:
    rows = [[each for why in row for each in by_why.get(why, ())] for row in _ROWS]
    first = [row[0] for row in rows if row]
    rest = [each for row in rows for each in row[1:]]
    return [*first, *rest][:AT_MOST]
