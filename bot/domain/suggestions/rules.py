"""Suggestions: customers a PM might visit, and the reason that decided it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from bot.domain.customers import Stage, VisitTrigger
from bot.domain.suggestions.coverage import CustomerDimensions, Dimension, Skew
from bot.domain.visits.caps import MIN_VISIT_GAP

MAX_SUGGESTIONS = 3
DEAL_WINDOW = timedelta(days=14)
ROLL_OUT_WINDOW = timedelta(days=30)
TRIGGER_WINDOW = timedelta(days=30)
# How often to visit a customer without an interval of its own, and one of value.
DEFAULT_VISIT_INTERVAL = timedelta(days=182)
VALUED_VISIT_INTERVAL = timedelta(days=91)


class SuggestionReason(StrEnum):
    """A reason for a visit; the one with the most weight is shown."""

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
    LOST_OR_CHURNED = "gone"
    INTERNAL = "internal"
    NEVER_VISITED = "never_visited"
    LONG_AGO = "long_ago"


# The kinds of value that a customer has (text 003).
VALUE_REASONS = (
    SuggestionReason.REVENUE,
    SuggestionReason.POTENTIAL,
    SuggestionReason.BRAND,
    SuggestionReason.NEW_MARKET,
    SuggestionReason.NEW_GEOGRAPHY,
)
# A trigger passes, so it outweighs everything that will still be true next month; a turn comes
# next. A long time since the last visit is true of many, so it is the reason if there is no other.
TRIGGER_WEIGHT, TURN_WEIGHT, GAP_WEIGHT, VALUE_WEIGHT, TIME_WEIGHT = 8.0, 5.0, 2.0, 1.2, 1.0
# Internal customers have turns of their own, and are not part of the market.
INTERNAL_TIME_WEIGHT = 0.5
# A smaller shortfall doesn't count: a value with one customer in twenty gets its turn in time.
MIN_SHORTFALL = 0.5
# How many in a hundred nudges suggest the dart, a happy customer, an internal customer.
TURN_PERCENTAGES = {
    SuggestionReason.DART: 20,
    SuggestionReason.HAPPY: 15,
    SuggestionReason.INTERNAL: 10,
}


@dataclass(frozen=True)
class Candidate:
    """A customer that could be visited, and what is known of it. `deal` is (won?, closed on).

    `trigger` is how someone there showed that they would talk, and when. `value_reasons` holds the
    kinds of value it has, `happy_on` the date of a visit that found them happy, `wanted_interval`
    how often someone wants it to be visited.
    """

    customer_id: int
    name: str
    stage: Stage
    last_visit_on: date | None = None
    # Contacts staff all day (text 000): suggested by their flag, not by a nudge.
    great: bool = False
    booked: bool = False
    deal: tuple[bool, date] | None = None
    go_live_on: date | None = None
    trigger: tuple[VisitTrigger, date] | None = None
    dimensions: CustomerDimensions = field(default_factory=dict)
    value_reasons: frozenset[SuggestionReason] = frozenset()
    happy_on: date | None = None
    wanted_interval: timedelta | None = None


@dataclass(frozen=True)
class SuggestionContext:
    """What candidates are weighed by: the PM's visits compared with the market, and the dart.

    `turn` is what is suggested now and then: the dart, a happy customer, an internal customer.
    """

    skews: Sequence[Skew] = ()
    dart: Skew | None = None
    turn: SuggestionReason | None = None

    @property
    def gaps(self) -> Sequence[Skew]:
        """Return what the PM has visited too little, the largest shortfall first."""
        return [each for each in self.skews if each.shortfall > 0]

    @property
    def sufficient_stages(self) -> frozenset[str]:
        """Return the stages that the PM has visited enough; a skew's `sort` is such a value."""
        stages = [each for each in self.skews if each.aspect is Dimension.STAGE]
        return frozenset(each.sort for each in stages if each.shortfall < MIN_SHORTFALL)


EMPTY_CONTEXT = SuggestionContext()


@dataclass(frozen=True)
class Suggestion:
    """A customer worth visiting, and why.

    `on` and `skew`, how the PM's visits differ from the market, go with some reasons.
    """

    customer_id: int
    name: str
    reason: SuggestionReason
    on: date | None = None
    skew: Skew | None = None


@dataclass(frozen=True)
class SuggestionWeight:
    """A reason for a visit, and how much it weighs."""

    amount: float
    reason: SuggestionReason
    on: date | None = None
    skew: Skew | None = None


def draw_reason(seed: int) -> SuggestionReason | None:
    """Draw the reason that comes first in a nudge, so that each gets its turn; None in most."""
    options = (None, *TURN_PERCENTAGES)
    return Random(seed).choices(
        options, (100 - sum(TURN_PERCENTAGES.values()), *TURN_PERCENTAGES.values())
    )[0]


def suggest(
    candidates: Iterable[Candidate],
    today: date,
    seed: int,
    dismissed: Iterable[int] = (),
    context: SuggestionContext = EMPTY_CONTEXT,
) -> Sequence[Suggestion]:
    """Suggest up to three customers, as different in stage as possible.

    Source: `product.md` B1 to B4, text 000. Never a great customer, one visited in the last 21
    days, one that is booked or one that was dismissed. The seed decides between equals: the same
    nudge always names the same customers.
    """
    rng = Random(seed)
    excluded = set(dismissed)
    available = [
        each
        for each in candidates
        if each.customer_id not in excluded and _is_available(each, today)
    ]
    weighed = [(each, list(find_weights(each, today, context))) for each in available]
    order = sorted(weighed, key=lambda pair: (*_rank(*pair), rng.random()))
    return [
        _to_suggestion(each, found) for each, found in _mix_kinds(order, context.sufficient_stages)
    ]


def find_weights(
    candidate: Candidate, today: date, context: SuggestionContext
) -> Iterator[SuggestionWeight]:
    """Yield everything that speaks for a visit; at least the time since the last one."""
    if candidate.deal and timedelta(0) <= today - candidate.deal[1] <= DEAL_WINDOW:
        yield SuggestionWeight(
            TRIGGER_WEIGHT,
            SuggestionReason.DEAL_WON if candidate.deal[0] else SuggestionReason.DEAL_LOST,
            candidate.deal[1],
        )
    if candidate.go_live_on and timedelta(0) <= candidate.go_live_on - today <= ROLL_OUT_WINDOW:
        yield SuggestionWeight(TRIGGER_WEIGHT, SuggestionReason.ROLL_OUT, candidate.go_live_on)
    if candidate.trigger and _is_trigger_open(candidate, candidate.trigger[1], today):
        trigger, shown_on = candidate.trigger
        yield SuggestionWeight(TRIGGER_WEIGHT, SuggestionReason(trigger), shown_on)
    yield from _find_turn_weights(candidate, context)
    # A gap's `sort` is the value of its dimension, such as one region.
    gaps = (gap for gap in context.gaps if candidate.dimensions.get(gap.aspect) == gap.sort)
    yield from (
        SuggestionWeight(GAP_WEIGHT * min(gap.shortfall, 1), SuggestionReason.GAP, skew=gap)
        for gap in gaps
    )
    on, overdue = candidate.last_visit_on, _overdue_fraction(candidate, today)
    yield from (
        SuggestionWeight(VALUE_WEIGHT * overdue, reason, on)
        for reason in VALUE_REASONS
        if reason in candidate.value_reasons
    )
    time = INTERNAL_TIME_WEIGHT if candidate.stage is Stage.INTERNAL else TIME_WEIGHT
    yield SuggestionWeight(time * overdue, _time_reason(candidate), on)


def _is_trigger_open(each: Candidate, on: date, today: date) -> bool:
    """Return whether a trigger is fresh and no visit has followed it."""
    fresh = timedelta(0) <= today - on <= TRIGGER_WINDOW
    return fresh and (each.last_visit_on is None or each.last_visit_on < on)


def _find_turn_weights(each: Candidate, context: SuggestionContext) -> Iterator[SuggestionWeight]:
    dart = context.dart if context.turn is SuggestionReason.DART else None
    if dart and each.dimensions.get(dart.aspect) == dart.sort:
        yield SuggestionWeight(TURN_WEIGHT, SuggestionReason.DART, skew=dart)
    if context.turn is SuggestionReason.HAPPY and each.happy_on:
        yield SuggestionWeight(TURN_WEIGHT, SuggestionReason.HAPPY, each.happy_on)
    if context.turn is SuggestionReason.INTERNAL and each.stage is Stage.INTERNAL:
        yield SuggestionWeight(TURN_WEIGHT, SuggestionReason.INTERNAL, each.last_visit_on)


def _overdue_fraction(each: Candidate, today: date) -> float:
    """Return how much of the interval to the next visit has passed, at most 1."""
    interval = each.wanted_interval or (
        VALUED_VISIT_INTERVAL if each.value_reasons else DEFAULT_VISIT_INTERVAL
    )
    return min((today - each.last_visit_on) / interval, 1) if each.last_visit_on else 1


def _time_reason(each: Candidate) -> SuggestionReason:
    reason = SuggestionReason.LONG_AGO if each.last_visit_on else SuggestionReason.NEVER_VISITED
    return _REASON_BY_STAGE.get(each.stage, reason)


_REASON_BY_STAGE = {
    Stage.PROSPECT: SuggestionReason.PROSPECT,
    Stage.LOST: SuggestionReason.LOST_OR_CHURNED,
    Stage.CHURNED: SuggestionReason.LOST_OR_CHURNED,
    Stage.INTERNAL: SuggestionReason.INTERNAL,
}

_WeighedCandidate = tuple[Candidate, list[SuggestionWeight]]


def _rank(each: Candidate, weights: Sequence[SuggestionWeight]) -> tuple[float, date]:
    return -sum(weight.amount for weight in weights), each.last_visit_on or date.min


def _to_suggestion(each: Candidate, found: Sequence[SuggestionWeight]) -> Suggestion:
    heaviest = max(found, key=lambda weight: weight.amount)
    return Suggestion(each.customer_id, each.name, heaviest.reason, heaviest.on, heaviest.skew)


def _is_available(each: Candidate, today: date) -> bool:
    cooling = each.last_visit_on is not None and today - each.last_visit_on < MIN_VISIT_GAP
    return not (each.great or each.booked or cooling)


def _mix_kinds(
    order: Sequence[_WeighedCandidate], sufficient_stages: frozenset[str]
) -> Sequence[_WeighedCandidate]:
    """Choose one of a kind before a second of any: of a stage, of triggers, of turns.

    Lost and churned customers are one stage here. A stage that the PM has visited enough comes
    after a second one of the others, except for triggers and turns.
    """
    remaining, chosen = list(order), list[_WeighedCandidate]()
    while remaining and len(chosen) < MAX_SUGGESTIONS:
        chosen_kinds = Counter(kind for each in chosen for kind in _find_kinds(each))
        first = min(
            remaining,
            key=lambda each: (
                _count_repeats(each, chosen_kinds) + _has_enough_visits(each, sufficient_stages)
            ),
        )
        chosen.append(first)
        remaining.remove(first)
    return chosen


def _count_repeats(weighed: _WeighedCandidate, chosen_kinds: Counter[str]) -> int:
    return sum(chosen_kinds[kind] for kind in _find_kinds(weighed))


def _find_kinds(weighed: _WeighedCandidate) -> Sequence[str]:
    stage, heaviest = (
        _REASON_BY_STAGE.get(weighed[0].stage, SuggestionReason.LONG_AGO),
        _max_weight(weighed),
    )
    special = (
        "trigger" if heaviest >= TRIGGER_WEIGHT else "turn" if heaviest >= TURN_WEIGHT else None
    )
    return [stage, special] if special else [stage]


def _has_enough_visits(weighed: _WeighedCandidate, sufficient_stages: frozenset[str]) -> bool:
    return weighed[0].stage in sufficient_stages and _max_weight(weighed) < TURN_WEIGHT


def _max_weight(weighed: _WeighedCandidate) -> float:
    return max(weight.amount for weight in weighed[1])
