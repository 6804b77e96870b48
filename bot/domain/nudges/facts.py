"""Facts of nudges: what one shows, and why it came or did not."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.away import AbsenceCause
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.rules import NudgeReason, NudgeStep
from bot.domain.suggestions.rules import Suggestion


@dataclass(frozen=True)
class NudgeFacts:
    """What a nudge shows; dates are the PM's local ones, `last_visit` has the customer's name."""

    id: int
    step: NudgeStep
    due_on: date
    today: date
    last_visit: tuple[str, date] | None
    suggestions: tuple[Suggestion, ...]


class NotSentReason(StrEnum):
    """The reason why an enqueued nudge hasn't reached the PM."""

    ON_ITS_WAY = "on_its_way"
    OUT_OF_HOURS = "out_of_hours"
    SLACK_UNAVAILABLE = "slack_away"
    REFUSED = "refused"
    VISITED = "visited"
    BOOKED = "booked"
    ANSWERED = "answered"
    QUESTION = "question"


@dataclass(frozen=True)
class LastNudge:
    """The last nudge that came; `back_at` is the end of its snooze."""

    at: datetime
    step: NudgeStep
    answer: NudgeAnswer | Barrier | None = None
    back_at: datetime | None = None


@dataclass(frozen=True)
class WhyFacts:
    """What decided about nudges, and what decides next.

    Dates are the PM's local ones, instants aware UTC. `not_sent` is a nudge that was enqueued and
    did not come, by its date; `last_visit`, `next_visit`, which is booked, and `awaiting_debrief`
    have the customer's name each; `away` is why the PM is away, `back_on` their first day back,
    `holiday` the one for which the next nudge comes later; `uses_default` is set for a PM who has
    chosen no interval.
    """

    today: date
    zone: str
    interval_days: int
    joined_on: date
    due_on: date
    next_nudge_at: datetime | None
    reason: NudgeReason
    step: NudgeStep
    days_away: int = 0
    last_nudge: LastNudge | None = None
    not_sent: tuple[date, NotSentReason] | None = None
    last_visit: tuple[str, date] | None = None
    next_visit: tuple[str, date] | None = None
    awaiting_debrief: tuple[str, date] | None = None
    away: AbsenceCause | None = None
    back_on: date | None = None
    holiday: date | None = None
    uses_default: bool = False
