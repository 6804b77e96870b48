"""Coverage: whether the visits of a quarter look like the market."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

# Fewer visits say nothing yet; two are enough to choose the third by.
AT_LEAST = 4
TWO = 2
MOST_OF = 0.6
TOO_MUCH = 0.3
EXPECTED = 1.5


class Aspect(StrEnum):
    """What customers differ in."""

    REGION = "region"
    STAGE = "stage"
    SEGMENT = "segment"
    SIZE = "size"


# What is not known of a customer is left out.
Known = Mapping[Aspect, str]
# How many customers there are of each sort, or how many in a hundred there are to be.
Market = Mapping[Aspect, Mapping[str, int]]
DART = (Aspect.REGION, Aspect.SEGMENT)


@dataclass(frozen=True)
class Lean:
    """So many of the visits were to customers of one sort, which is that share of the market.

    `visits` are those of which it is known, `unknown` is how many there are besides.
    """

    aspect: Aspect
    sort: str
    seen: int
    visits: int
    share: float
    unknown: int = 0

    @property
    def excess(self) -> float:
        """By how much the share of the visits differs from that of the market; below 0 if less."""
        return self.seen / self.visits - self.share

    @property
    def missing(self) -> float:
        """How many visits of this sort there should be after the next one, and are not."""
        return self.share * (self.visits + 1) - self.seen


@dataclass(frozen=True)
class Great:
    """So many of the visits were to great customers, who are that share of all customers."""

    seen: int = 0
    visits: int = 0
    share: float = 0.0


def leans(visited: Sequence[Known], market: Market) -> Sequence[Lean]:
    """Where the visits lean most, and whom they miss most: up to one of each (`product.md` B6).

    Twenty-six visits in one city are not a sample (text 004).
    """
    found = list(_all(visited, market, AT_LEAST))
    much = [each for each in found if _too_much(each)]
    missed = [each for each in found if each.seen == 0 and each.share * each.visits >= EXPECTED]
    return [*_first(much, 1), *_first(missed, -1)]


def much_great(great: Great) -> bool:
    """Whether customers who are in touch a great deal take more of the visits than they should.

    They are valued, and they are not the market (text 000).
    """
    if great.visits < AT_LEAST:
        return False
    return great.seen / great.visits - great.share >= TOO_MUCH


def table(visited: Sequence[Known], market: Market) -> Mapping[Aspect, Sequence[Lean]]:
    """How the visits stand to all sorts of each aspect, the largest of the market first."""
    whole = {each: _of(each, visited, market.get(each, {}), 1) for each in Aspect}
    return {
        aspect: sorted(found, key=lambda each: (-each.share, -each.seen))
        for aspect, found in whole.items()
        if found
    }


def balance(visited: Sequence[Known], market: Market) -> Sequence[Lean]:
    """How a PM's visits stand to each sort; that of which most are missing first (B1)."""
    return sorted(_all(visited, market, TWO), key=lambda each: -each.missing)


def dart(seed: str, visited: Sequence[Known], market: Market) -> Lean | None:
    """The region or segment on which a month's dart falls, and the PM's visits there (text 000).

    Each is as likely as any other, however small its share; the same seed hits the same one.
    """
    board = [(each, sort) for each in DART for sort in sorted(market.get(each, {}))]
    if len(board) < TWO:
        return None
    hit, sort = Random(seed).choice(board)
    seen = Counter(each[hit] for each in visited if hit in each)
    shares = market[hit]
    share = shares[sort] / sum(shares.values())
    return Lean(hit, sort, seen[sort], seen.total(), share, len(visited) - seen.total())


def _all(visited: Sequence[Known], market: Market, least: int) -> Iterator[Lean]:
    for aspect in Aspect:
        yield from _of(aspect, visited, market.get(aspect, {}), least)


def _of(
    aspect: Aspect, visited: Sequence[Known], market: Mapping[str, int], least: int
) -> list[Lean]:
    seen = Counter(each[aspect] for each in visited if aspect in each)
    visits, whole = seen.total(), sum(market.values())
    if visits < least or not whole:
        return []
    sorts = sorted({*seen, *market})
    unknown = len(visited) - visits
    return [
        Lean(aspect, each, seen[each], visits, market.get(each, 0) / whole, unknown)
        for each in sorts
    ]


def _too_much(lean: Lean) -> bool:
    return lean.seen >= MOST_OF * lean.visits and lean.excess >= TOO_MUCH


def _first(found: list[Lean], sign: int) -> list[Lean]:
    return sorted(found, key=lambda each: -sign * each.excess)[:1]
