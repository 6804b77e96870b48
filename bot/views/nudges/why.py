"""Why: what `/visit why` answers: why a nudge came or did not, and when the next one comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.nudges.rules import Reason, Step
from bot.views import block_kit as kit
from bot.views import labels as words
from bot.views.nudges.away import coming


class Silence(StrEnum):
    """What keeps a nudge that was asked for from the PM, or kept it."""

    ON_ITS_WAY = "on_its_way"
    OUT_OF_HOURS = "out_of_hours"
    SLACK_AWAY = "slack_away"
    REFUSED = "refused"
    VISITED = "visited"
    BOOKED = "booked"
    ANSWERED = "answered"
    QUESTION = "question"


SILENCES: Mapping[Silence, str] = {
    Silence.ON_ITS_WAY: "is on its way.",
    Silence.OUT_OF_HOURS: "waits: your status or your hours ask for quiet.",
    Silence.SLACK_AWAY: "waits: Slack does not take it just now, and I keep trying.",
    Silence.REFUSED: "did not come: Slack refused it. Whoever runs me can find out why.",
    Silence.VISITED: "did not come: a visit was logged before it left.",
    Silence.BOOKED: "did not come: you had booked a visit.",
    Silence.ANSWERED: "did not come: you had answered it already.",
    Silence.QUESTION: "did not come: I have asked how to go on, and wait for your answer.",
}
STEPS: Mapping[Step, str] = {
    Step.EARLY: "a visit was soon due, and you chose to hear of it ahead of time",
    Step.DUE: "a visit was due",
    Step.FOLLOW_UP: "the one follow-up, three working days after the first",
    Step.QUESTION: "several before it had no answer, so I asked how to go on",
}
ANSWERS: Mapping[str, str] = {
    "been": "A visit has been logged since.",
    "planned": "You have planned a visit since.",
    "keep_going": "You told me to keep going.",
    "less_often": "You told me to come less often.",
    **dict.fromkeys(words.BARRIERS, "You told me what was in the way."),
}
REASONS: Mapping[Reason, str] = {
    Reason.TOO_LATE_TODAY: "The day that it was for has passed, so it comes on a working day.",
    Reason.DAY_OFF: "It does not come on a day on which you do not work.",
}


@dataclass(frozen=True)
class LastNudge:
    """The last nudge that came: when, its step, its answer's code or None, until when snoozed."""

    at: datetime
    step: Step
    answer: str | None = None
    back_at: datetime | None = None


@dataclass(frozen=True)
class WhyFacts:
    """What decided, and decides. Dates are the PM's local ones, instants aware UTC.

    `silent` is a nudge that was asked for and did not come, by its date; `seen` is the last visit,
    `booked` the next one and `waiting` one without its debrief, each with the customer's name;
    `because` says in words why they are away, or ""; who `follows` has chosen no interval.
    """

    today: date
    zone: str
    interval_days: int
    joined_on: date
    due_on: date
    next_nudge_at: datetime | None
    reason: Reason
    step: Step
    days_away: int = 0
    last: LastNudge | None = None
    silent: tuple[date, Silence] | None = None
    seen: tuple[str, date] | None = None
    booked: tuple[str, date] | None = None
    waiting: tuple[str, date] | None = None
    because: str = ""
    follows: bool = False


def why(facts: WhyFacts) -> kit.Message:
    """The last nudge, what is counted, and what comes next: a paragraph each."""
    told = [_past(facts), _counted(facts), _next(facts)]
    return kit.message(" ".join(told), *(kit.rich(kit.paragraph(each)) for each in told))


def _past(facts: WhyFacts) -> str:
    if facts.silent:
        on, silence = facts.silent
        return f"The nudge for {kit.day(on, facts.today)} {SILENCES[silence]}"
    if facts.last is None:
        return "I have not nudged you yet."
    came = kit.moment(facts.last.at, facts.zone, facts.today)
    return f"My last nudge came on {came}: {STEPS[facts.last.step]}. {_answer(facts.last, facts)}"


def _answer(last: LastNudge, facts: WhyFacts) -> str:
    if last.back_at:
        return f"You snoozed it until {kit.moment(last.back_at, facts.zone, facts.today)}."
    return ANSWERS.get(last.answer or "", "You have not answered it.")


def _counted(facts: WhyFacts) -> str:
    every = words.EVERY[facts.interval_days]
    who = "Like the others here, you" if facts.follows else "You asked to"
    wanted = f"{who} see a customer {every}."
    return f"{wanted} {_since(facts)}{_still(facts.days_away)}"


def _still(days_away: int) -> str:
    if days_away == 1:
        return " The day that you were away does not count."
    return f" The {days_away} days that you were away do not count." if days_away else ""


def _since(facts: WhyFacts) -> str:
    if facts.seen is None:
        joined = kit.day(facts.joined_on, facts.today)
        return f"No visit has been logged since you joined on {joined}."
    name, on = facts.seen
    return f"You last saw {kit.one_line(name)}, on {kit.day(on, facts.today)}."


def _next(facts: WhyFacts) -> str:
    ahead = coming(facts.due_on, facts.next_nudge_at, facts.zone, facts.today)
    told = [ahead, facts.because or _held(facts)]
    if facts.step is Step.FOLLOW_UP and facts.next_nudge_at:
        told.append("It is the one follow-up; after it I keep quiet until the next visit is due.")
    return " ".join(each for each in told if each)


def _held(facts: WhyFacts) -> str:
    if facts.reason is Reason.VISIT_BOOKED and facts.booked:
        name, on = facts.booked
        seen = f"You see {kit.one_line(name)} on {kit.day(on, facts.today)}"
        return f"{seen}, and I keep quiet until it is over."
    if facts.waiting:
        name, on = facts.waiting
        return f"First I ask what you heard from {kit.one_line(name)}, {kit.day(on, facts.today)}."
    return REASONS.get(facts.reason, "")
