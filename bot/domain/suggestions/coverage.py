"""Coverage: whether the visits of a quarter look like the market."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

# Fewer visits say nothing yet; two are enough to choose the third.
MIN_VISITS = 4
MIN_TO_COMPARE = 2
DOMINANT_SHARE = 0.6
MAX_EXCESS = 0.3
MIN_EXPECTED = 1.5


class Dimension(StrEnum):
    """A dimension in which customers differ."""

    REGION = "region"
    STAGE = "stage"
    SEGMENT = "segment"
    SIZE = "size"


# Unknown dimensions of a customer are left out.
CustomerDimensions = Mapping[Dimension, str]
# How many customers have each value, or how many in a hundred should have it.
Market = Mapping[Dimension, Mapping[str, int]]
DART_DIMENSIONS = (Dimension.REGION, Dimension.SEGMENT)


@dataclass(frozen=True)
class Skew:
    """How many visits went to customers with one value of a dimension, and its market share.

    `visits` counts those whose value is known, `unknown` the others.
    """

    aspect: Dimension
    sort: str
    seen: int
    visits: int
    share: float
    unknown: int = 0

    @property
    def excess(self) -> float:
        """Return the share of the visits minus that of the market; below 0 if there are too few."""
        return self.seen / self.visits - self.share

    @property
    def shortfall(self) -> float:
        """Return how many visits of this value will be missing after the next one."""
        return self.share * (self.visits + 1) - self.seen


@dataclass(frozen=True)
class GreatShare:
    """How many visits went to great customers, and their share of all customers."""

    great_visits: int = 0
    visits: int = 0
    share: float = 0.0


@dataclass(frozen=True)
class CoverageFacts:
    """The visits of a quarter beside the market, by dimension, the market's largest first."""

    visits: int
    table: Mapping[Dimension, Sequence[Skew]]
    great: GreatShare | None = None


@dataclass(frozen=True)
class MarketFacts:
    """How many customers there are in each category, and the mix that the workspace has set."""

    customer_counts: Market
    chosen_shares: Market


def find_skews(visited: Sequence[CustomerDimensions], market: Market) -> Sequence[Skew]:
    """Return the most overrepresented value and the most missed one, if any (`product.md` B6).

    Twenty-six visits in one city are not a sample (text 004).
    """
    found = list(_list_skews(visited, market, MIN_VISITS))
    overrepresented = [each for each in found if _is_overrepresented(each)]
    missed = [each for each in found if each.seen == 0 and each.share * each.visits >= MIN_EXPECTED]
    return [*_find_extreme(overrepresented, 1), *_find_extreme(missed, -1)]


def is_great_overrepresented(great: GreatShare) -> bool:
    """Return whether great customers take more of the visits than they should.

    They are valued, and they are not the market (text 000).
    """
    if great.visits < MIN_VISITS:
        return False
    return great.great_visits / great.visits - great.share >= MAX_EXCESS


def compare_with_market(
    visited: Sequence[CustomerDimensions], market: Market
) -> Mapping[Dimension, Sequence[Skew]]:
    """Compare the visits with the market by dimension, the largest market share first."""
    skews = {each: _skews_in(each, visited, market.get(each, {}), 1) for each in Dimension}
    return {
        dimension: sorted(found, key=lambda each: (-each.share, -each.seen))
        for dimension, found in skews.items()
        if found
    }


def list_by_shortfall(visited: Sequence[CustomerDimensions], market: Market) -> Sequence[Skew]:
    """Compare a PM's visits with the market, the largest shortfall first (B1)."""
    return sorted(_list_skews(visited, market, MIN_TO_COMPARE), key=lambda each: -each.shortfall)


def throw_dart(seed: str, visited: Sequence[CustomerDimensions], market: Market) -> Skew | None:
    """Draw a month's region or segment, and return it with the PM's visits there (text 000).

    Each is equally likely, however small its share; the same seed gives the same one.
    """
    options = [(each, sort) for each in DART_DIMENSIONS for sort in sorted(market.get(each, {}))]
    if len(options) < MIN_TO_COMPARE:
        return None
    dimension, sort = Random(seed).choice(options)
    seen = Counter(each[dimension] for each in visited if dimension in each)
    shares = market[dimension]
    share = shares[sort] / sum(shares.values())
    return Skew(dimension, sort, seen[sort], seen.total(), share, len(visited) - seen.total())


def _list_skews(
    visited: Sequence[CustomerDimensions], market: Market, minimum: int
) -> Iterator[Skew]:
    for dimension in Dimension:
        yield from _skews_in(dimension, visited, market.get(dimension, {}), minimum)


def _skews_in(
    dimension: Dimension,
    visited: Sequence[CustomerDimensions],
    market: Mapping[str, int],
    minimum: int,
) -> list[Skew]:
    seen = Counter(each[dimension] for each in visited if dimension in each)
    visits, total = seen.total(), sum(market.values())
    if visits < minimum or not total:
        return []
    sorts = sorted({*seen, *market})
    unknown = len(visited) - visits
    return [
        Skew(dimension, each, seen[each], visits, market.get(each, 0) / total, unknown)
        for each in sorts
    ]


def _is_overrepresented(skew: Skew) -> bool:
    return skew.seen >= DOMINANT_SHARE * skew.visits and skew.excess >= MAX_EXCESS


def _find_extreme(found: list[Skew], sign: int) -> list[Skew]:
    return sorted(found, key=lambda each: -sign * each.excess)[:1]
