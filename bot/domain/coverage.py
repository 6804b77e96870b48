"""Coverage: whether the visits of a quarter look like the market."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Fewer visits say nothing yet.
AT_LEAST = 4
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


def leans(visited: Sequence[Known], market: Mapping[Aspect, Mapping[str, int]]) -> Sequence[Lean]:
    """Where the visits lean most, and whom they miss most: up to one of each (`product.md` B6).

    `market` counts the customers of each sort. Twenty-six visits in one city are not a sample
    (text 004).
    """
    found = [each for aspect in Aspect for each in _of(aspect, visited, market.get(aspect, {}))]
    much = [each for each in found if _too_much(each)]
    missed = [each for each in found if each.seen == 0 and each.share * each.visits >= EXPECTED]
    return [*_first(much, 1), *_first(missed, -1)]


def _of(aspect: Aspect, visited: Sequence[Known], market: Mapping[str, int]) -> list[Lean]:
    seen = Counter(each[aspect] for each in visited if aspect in each)
    visits, whole = seen.total(), sum(market.values())
    if visits < AT_LEAST or not whole:
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
