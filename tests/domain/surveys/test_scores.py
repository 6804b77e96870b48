"""NPS: compared with the plain definition, and its interval with every possible sample."""

from collections.abc import Iterator
from itertools import product
from math import comb, isclose
from random import Random
from statistics import fmean, pvariance

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.surveys.nps import ScoreTally, calculate_nps, tally_scores

SCORES = st.lists(st.integers(0, 10), min_size=1, max_size=60)
# Shares of promoters, passives and detractors.
MARKETS = [
    (0.5, 0.3, 0.2),
    (0.2, 0.3, 0.5),
    (0.34, 0.33, 0.33),
    (0.7, 0.2, 0.1),
    (0.6, 0.0, 0.4),
    (0.1, 0.8, 0.1),
]


def counts(number: int) -> Iterator[ScoreTally]:
    """Yield every way in which so many answers may be spread."""
    for promoters, detractors in product(range(number + 1), repeat=2):
        if promoters + detractors <= number:
            yield ScoreTally(promoters, number - promoters - detractors, detractors)


def chance(of: ScoreTally, shares: tuple[float, float, float]) -> float:
    """Return how likely a sample is in a market."""
    ways = comb(of.answers, of.promoters) * comb(of.answers - of.promoters, of.passives)
    sizes = of.promoters, of.passives, of.detractors
    found = float(ways)
    for share, size in zip(shares, sizes, strict=True):
        found *= share**size
    return found


@given(SCORES)
def test_the_score_is_the_mean_of_one_zero_and_minus_one(scores: list[int]) -> None:
    signs = [1 if each >= 9 else -1 if each <= 6 else 0 for each in scores]
    found = calculate_nps(tally_scores(scores))
    assert isclose(found.score, 100 * fmean(signs), abs_tol=1e-9)
    assert found.answers == len(scores)


@given(SCORES)
def test_the_interval_is_that_of_the_answers_and_three_more(scores: list[int]) -> None:
    # Four times each answer and twelve more, of which three and three: 3/4 and 3/4 of three.
    signs = 4 * [1 if each >= 9 else -1 if each <= 6 else 0 for each in scores]
    signs += [1] * 3 + [-1] * 3 + [0] * 6
    spread = 1.959964 * (pvariance(signs) / (len(scores) + 3)) ** 0.5
    found = calculate_nps(tally_scores(scores))
    assert isclose(found.low, min(found.score, 100 * max(-1, fmean(signs) - spread)), abs_tol=1e-9)
    assert isclose(found.high, max(found.score, 100 * min(1, fmean(signs) + spread)), abs_tol=1e-9)


@given(SCORES)
def test_the_margin_is_never_nothing_and_never_hides_an_end(scores: list[int]) -> None:
    found = calculate_nps(tally_scores(scores))
    assert -100 <= found.low <= found.score <= found.high <= 100
    assert found.margin > 0
    assert found.score - found.margin <= found.low + 1e-9
    assert found.score + found.margin >= found.high - 1e-9


@given(st.integers(0, 10), st.integers(1, 200))
@example(7, 2)
@example(7, 200)
def test_equal_answers_are_no_certainty(score: int, number: int) -> None:
    found = calculate_nps(tally_scores([score] * number))
    # Two passives: 48.01.
    assert found.margin > (48 if number < 3 else 1)


def test_of_nobody_nothing_is_told() -> None:
    with pytest.raises(ValueError, match="no answers"):
        calculate_nps(ScoreTally())


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "score", "margin"),
    [(16, 7, 6, 34, 31), (5, 0, 0, 100, 83), (0, 0, 1, -100, 148), (40, 30, 30, 10, 16)],
)
def test_scores_as_they_are_told(
    promoters: int, passives: int, detractors: int, score: int, margin: int
) -> None:
    found = calculate_nps(ScoreTally(promoters, passives, detractors))
    assert (round(found.score), round(found.margin)) == (score, margin)


@pytest.mark.parametrize("number", [5, 8, 12, 20, 30])
@pytest.mark.parametrize("shares", MARKETS)
def test_of_all_samples_of_a_market_enough_hold_its_true_score(
    shares: tuple[float, float, float], number: int
) -> None:
    true = 100 * (shares[0] - shares[2])
    held, told = 0.0, 0.0
    for each in counts(number):
        found = calculate_nps(each)
        held += chance(each, shares) * (found.low - 1e-9 <= true <= found.high + 1e-9)
        told += chance(each, shares) * (abs(found.score - true) <= found.margin + 1e-9)
    # The fewest of five answers where there are no passives, which hardly any market has.
    assert held >= 0.91
    assert told >= held - 1e-9


@pytest.mark.parametrize("shares", MARKETS)
def test_of_many_large_samples_about_nineteen_in_twenty_hold_the_true_score(
    shares: tuple[float, float, float],
) -> None:
    chances, true, held = Random(7), 100 * (shares[0] - shares[2]), 0
    for _ in range(1000):
        found = calculate_nps(tally_scores(chances.choices((9, 7, 0), shares, k=200)))
        held += found.low <= true <= found.high
    assert 930 <= held <= 970
