"""NPS: the score of many answers from 0 to 10, and how far it can be trusted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

MIN_PROMOTER, MAX_DETRACTOR = 9, 6
NPS_WINDOW = timedelta(days=90)
# Fewer answers get no score: one more would turn it round.
MIN_ANSWERS = 5
# Two-sided 95% of the normal distribution.
Z = 1.959964
# Answers added before the variance is taken: so many promoters, and so many detractors, of so many
# in all. With them the margin is never 0, not after one answer nor after equal ones.
ADDED_EACH, ADDED_ANSWERS = 0.75, 3.0


@dataclass(frozen=True)
class ScoreTally:
    """How many answers were 9 or 10, 7 or 8, and 0 to 6."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @property
    def answers(self) -> int:
        """Return how many answers there are."""
        return self.promoters + self.passives + self.detractors


@dataclass(frozen=True)
class Nps:
    """The score, from -100 to 100, and the ends of its 95% interval, of so many answers."""

    score: float
    low: float
    high: float
    answers: int

    @property
    def margin(self) -> float:
        """Return how far the true score may be away, to the farther end of the interval.

        The interval does not lie evenly about the score, and "give or take" must not promise more
        than it does.
        """
        return max(self.score - self.low, self.high - self.score)


def tally_scores(scores: Iterable[int]) -> ScoreTally:
    """Count the promoters, passives and detractors among scores."""
    known = list(scores)
    promoters = sum(each >= MIN_PROMOTER for each in known)
    detractors = sum(each <= MAX_DETRACTOR for each in known)
    return ScoreTally(promoters, len(known) - promoters - detractors, detractors)


def calculate_nps(tally: ScoreTally) -> Nps:
    """Calculate the NPS: the shares of promoters less detractors, in points, with its interval.

    The variance of a difference of multinomial proportions is (p + d - (p - d)^2) / n. Taken from
    the answers alone it is 0 when all are equal, so they are adjusted first: 3 answers are added,
    of which 3/4 promoters and 3/4 detractors. B. Rocks, "Interval Estimation for the Net Promoter
    Score", The American Statistician 70 (2016), found that to hold what it promises from a few
    answers on. Raises ValueError without an answer.
    """
    if not tally.answers:
        raise ValueError("no answers")
    score = (tally.promoters - tally.detractors) / tally.answers
    number = tally.answers + ADDED_ANSWERS
    p, d = (tally.promoters + ADDED_EACH) / number, (tally.detractors + ADDED_EACH) / number
    half_width = Z * sqrt((p + d - (p - d) ** 2) / number)
    low, high = max(-1.0, p - d - half_width), min(1.0, p - d + half_width)
    # After a single answer the interval would end short of the score.
    return Nps(100 * score, 100 * min(low, score), 100 * max(high, score), tally.answers)
