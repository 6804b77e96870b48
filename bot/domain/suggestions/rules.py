"""Suggestions: whom a PM might visit, and the reason that decided it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from bot.domain.customers import Opening, Stage
from bot.domain.suggestions.coverage import Aspect, Known, Lean
from bot.domain.visits.caps import APART

AT_MOST = 3
FRESH_DEAL = timedelta(days=14)
SOON_LIVE = timedelta(days=30)
FRESH_OPENING = timedelta(days=30)
# How often a customer is to be seen of whom nothing else is said, and one of value.
EVERY = timedelta(days=182)
VALUED_EVERY = timedelta(days=91)


class Why(StrEnum):
    """What speaks for a visit; the one that weighs most is the reason that is told."""

    DEAL_WON = "deal_won"
    DEAL_LOST = "deal_lost"
    ROLL_OUT = "roll_out"
    TRADE_SHOW = "trade_show"
    SURVEY = "survey"
    GAP = "gap"
    DART = "dart"
    HAPPY = "happy"
    REVENUE = "revenue"
    POTENTIAL = "potential"
    BRAND = "brand"
    NEW_MARKET = "new_market"
    NEW_GEOGRAPHY = "new_geography"
    PROSPECT = "prospect"
    GONE = "gone"
    INTERNAL = "internal"
    NEVER_VISITED = "never_visited"
    LONG_AGO = "long_ago"


# The kinds of value that a customer has (text 003).
WORTH = (Why.REVENUE, Why.POTENTIAL, Why.BRAND, Why.NEW_MARKET, Why.NEW_GEOGRAPHY)
# A trigger passes, so it outweighs all that will still be so next month; a turn comes next. That
# somebody was not seen for long is true of many, so it is the reason where there is no other.
TRIGGER, TURN, GAP, VALUE, TIME = 8.0, 5.0, 2.0, 1.2, 1.0
# They have turns of their own, and are no market.
INTERNAL_TIME = 0.5
# A visit that is missing by less than this is none: a sort of one in twenty has its turn in time.
HALF = 0.5
# How many in a hundred nudges are for the dart, for somebody happy, for our own house.
TURNS = {Why.DART: 20, Why.HAPPY: 15, Why.INTERNAL: 10}


@dataclass(frozen=True)
class Candidate:
    """What is known of a customer that could be visited. `deal` is (won?, closed on).

    `opening` is how somebody there showed that they would talk, and when.

    `worth` holds the kinds of value it has, `happy_on` the date of a visit that found them happy,
    `every` how often somebody wishes it to be seen.
    """

    customer_id: int
    name: str
    stage: Stage
    last_visit_on: date | None = None
    great: bool = False
    booked: bool = False
    deal: tuple[bool, date] | None = None
    go_live_on: date | None = None
    opening: tuple[Opening, date] | None = None
    known: Known = field(default_factory=dict)
    worth: frozenset[Why] = frozenset()
    happy_on: date | None = None
    every: timedelta | None = None


@dataclass(frozen=True)
class Ground:
    """What candidates are weighed on: how the PM's visits stand to the market, and the dart.

    `turn` is what comes round now and then: the dart, somebody happy, somebody in our own house.
    """

    balance: Sequence[Lean] = ()
    dart: Lean | None = None
    turn: Why | None = None

    @property
    def gaps(self) -> Sequence[Lean]:
        """What the PM has seen too little of, the emptiest first."""
        return [each for each in self.balance if each.missing > 0]

    @property
    def full(self) -> frozenset[str]:
        """The stages of which the PM has seen enough."""
        stages = [each for each in self.balance if each.aspect is Aspect.STAGE]
        return frozenset(each.sort for each in stages if each.missing < HALF)


NOWHERE = Ground()


@dataclass(frozen=True)
class Suggestion:
    """A customer worth visiting, why, and the date or the lean that goes with the reason."""

    customer_id: int
    name: str
    why: Why
    on: date | None = None
    lean: Lean | None = None


@dataclass(frozen=True)
class Weight:
    """Something that speaks for a visit, and how much."""

    amount: float
    why: Why
    on: date | None = None
    lean: Lean | None = None


def turn(seed: int) -> Why | None:
    """Whose turn it is in a nudge; in most it is nobody's."""
    whose = (None, *TURNS)
    return Random(seed).choices(whose, (100 - sum(TURNS.values()), *TURNS.values()))[0]


def suggest(
    candidates: Iterable[Candidate],
    today: date,
    seed: int,
    passed_over: Iterable[int] = (),
    ground: Ground = NOWHERE,
) -> Sequence[Suggestion]:
    """Up to three customers, as different in stage as can be had (`product.md` B1 to B4, text 000).

    Never a great customer, one visited in the last 21 days, one that is booked or one passed over.
    The seed decides between equals, so that the same nudge always names the same customers.
    """
    chance = Random(seed)
    skipped = set(passed_over)
    free = [each for each in candidates if each.customer_id not in skipped and _free(each, today)]
    weighed = [(each, list(weights(each, today, ground))) for each in free]
    order = sorted(weighed, key=lambda pair: (*_rank(*pair), chance.random()))
    return [_suggestion(each, found) for each, found in _mixed(order, ground.full)]


def weights(each: Candidate, today: date, ground: Ground) -> Iterator[Weight]:
    """All that speaks for visiting a customer; at least how long ago the last visit was."""
    if each.deal and timedelta(0) <= today - each.deal[1] <= FRESH_DEAL:
        yield Weight(TRIGGER, Why.DEAL_WON if each.deal[0] else Why.DEAL_LOST, each.deal[1])
    if each.go_live_on and timedelta(0) <= each.go_live_on - today <= SOON_LIVE:
        yield Weight(TRIGGER, Why.ROLL_OUT, each.go_live_on)
    if each.opening and _is_open(each, each.opening[1], today):
        yield Weight(TRIGGER, Why(each.opening[0]), each.opening[1])
    yield from _turns(each, ground)
    gaps = (gap for gap in ground.gaps if each.known.get(gap.aspect) == gap.sort)
    yield from (Weight(GAP * min(gap.missing, 1), Why.GAP, lean=gap) for gap in gaps)
    on, late = each.last_visit_on, _late(each, today)
    yield from (Weight(VALUE * late, why, on) for why in WORTH if why in each.worth)
    time = INTERNAL_TIME if each.stage is Stage.INTERNAL else TIME
    yield Weight(time * late, _by_time(each), on)


def _is_open(each: Candidate, on: date, today: date) -> bool:
    """A visit since then has taken it up."""
    fresh = timedelta(0) <= today - on <= FRESH_OPENING
    return fresh and (each.last_visit_on is None or each.last_visit_on < on)


def _turns(each: Candidate, ground: Ground) -> Iterator[Weight]:
    dart = ground.dart if ground.turn is Why.DART else None
    if dart and each.known.get(dart.aspect) == dart.sort:
        yield Weight(TURN, Why.DART, lean=dart)
    if ground.turn is Why.HAPPY and each.happy_on:
        yield Weight(TURN, Why.HAPPY, each.happy_on)
    if ground.turn is Why.INTERNAL and each.stage is Stage.INTERNAL:
        yield Weight(TURN, Why.INTERNAL, each.last_visit_on)


def _late(each: Candidate, today: date) -> float:
    """How much of the time has passed after which a customer is to be seen again, at most all."""
    every = each.every or (VALUED_EVERY if each.worth else EVERY)
    return min((today - each.last_visit_on) / every, 1) if each.last_visit_on else 1


def _by_time(each: Candidate) -> Why:
    seen = Why.LONG_AGO if each.last_visit_on else Why.NEVER_VISITED
    return _BY_STAGE.get(each.stage, seen)


_BY_STAGE = {
    Stage.PROSPECT: Why.PROSPECT,
    Stage.LOST: Why.GONE,
    Stage.CHURNED: Why.GONE,
    Stage.INTERNAL: Why.INTERNAL,
}

_Weighed = tuple[Candidate, list[Weight]]


def _rank(each: Candidate, found: Sequence[Weight]) -> tuple[float, date]:
    return -sum(weight.amount for weight in found), each.last_visit_on or date.min


def _suggestion(each: Candidate, found: Sequence[Weight]) -> Suggestion:
    decided = max(found, key=lambda weight: weight.amount)
    return Suggestion(each.customer_id, each.name, decided.why, decided.on, decided.lean)


def _free(each: Candidate, today: date) -> bool:
    cooling = each.last_visit_on is not None and today - each.last_visit_on < APART
    return not (each.great or each.booked or cooling)


def _mixed(order: Sequence[_Weighed], full: frozenset[str]) -> Sequence[_Weighed]:
    """One of a sort before a second of any: of a stage, of triggers, of those whose turn it is.

    Those who chose another product are one stage here. A stage of which the PM has seen enough
    waits for a second of the others, but for triggers.
    """
    left, named = list(order), list[_Weighed]()
    while left and len(named) < AT_MOST:
        ours = Counter(kind for each in named for kind in _kinds(each))
        first = min(left, key=lambda each: _again(each, ours) + _waits(each, full))
        named.append(first)
        left.remove(first)
    return named


def _again(weighed: _Weighed, named: Counter[str]) -> int:
    return sum(named[kind] for kind in _kinds(weighed))


def _kinds(weighed: _Weighed) -> Sequence[str]:
    stage, heaviest = _BY_STAGE.get(weighed[0].stage, Why.LONG_AGO), _heaviest(weighed)
    special = "trigger" if heaviest >= TRIGGER else "turn" if heaviest >= TURN else None
    return [stage, special] if special else [stage]


def _waits(weighed: _Weighed, full: frozenset[str]) -> bool:
    return weighed[0].stage in full and _heaviest(weighed) < TURN


def _heaviest(weighed: _Weighed) -> float:
    return max(weight.amount for weight in weighed[1])
