"""The reply to `/visit why`: why a nudge came or didn't, and when the next one comes."""

from collections.abc import Mapping

from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.facts import LastNudge, NotSentReason, WhyFacts
from bot.domain.nudges.rules import NudgeReason, NudgeStep
from bot.views import block_kit, labels
from bot.views.nudges.away import absence_text, schedule_text

NOT_SENT_TEXTS: Mapping[NotSentReason, str] = {
    NotSentReason.ON_ITS_WAY: "is on its way.",
    NotSentReason.OUT_OF_HOURS: "waits: your status or your hours ask for quiet.",
    NotSentReason.SLACK_UNAVAILABLE: "waits: Slack does not take it just now, and I keep trying.",
    NotSentReason.REFUSED: "did not come: Slack refused it. Whoever runs me can find out why.",
    NotSentReason.VISITED: "did not come: a visit was logged before it left.",
    NotSentReason.BOOKED: "did not come: you had booked a visit.",
    NotSentReason.ANSWERED: "did not come: you had answered it already.",
    NotSentReason.QUESTION: "did not come: I have asked how to go on, and wait for your answer.",
}
STEPS: Mapping[NudgeStep, str] = {
    NudgeStep.EARLY: "a visit was soon due, and you chose to hear of it ahead of time",
    NudgeStep.DUE: "a visit was due",
    NudgeStep.FOLLOW_UP: "the one follow-up, three working days after the first",
    NudgeStep.KEEP_GOING_QUESTION: "several before it had no answer, so I asked how to go on",
}
ANSWERS: Mapping[NudgeAnswer | Barrier | None, str] = {
    NudgeAnswer.VISITED: "A visit has been logged since.",
    NudgeAnswer.PLANNED: "You have planned a visit since.",
    NudgeAnswer.KEEP_GOING: "You told me to keep going.",
    NudgeAnswer.LESS_OFTEN: "You told me to come less often.",
    **dict.fromkeys(Barrier, "You told me what was in the way."),
}
REASONS: Mapping[NudgeReason, str] = {
    NudgeReason.TOO_LATE_TODAY: "The day that it was for has passed, so it comes on a working day.",
    NudgeReason.DAY_OFF: "It does not come on a day on which you do not work.",
}


def render_why(facts: WhyFacts) -> block_kit.Message:
    """Render the last nudge, what is counted, and what comes next: a paragraph each."""
    paragraphs = [_last_nudge_text(facts), _interval_text(facts), _next_nudge_text(facts)]
    return block_kit.message(
        " ".join(paragraphs),
        *(block_kit.rich_text(block_kit.paragraph(each)) for each in paragraphs),
    )


def _last_nudge_text(facts: WhyFacts) -> str:
    if facts.not_sent:
        on, silence = facts.not_sent
        return f"The nudge for {block_kit.format_day(on, facts.today)} {NOT_SENT_TEXTS[silence]}"
    if facts.last_nudge is None:
        return "I have not nudged you yet."
    when = block_kit.format_moment(facts.last_nudge.at, facts.zone, facts.today)
    return (
        f"My last nudge came on {when}: {STEPS[facts.last_nudge.step]}. "
        f"{_answer(facts.last_nudge, facts)}"
    )


def _answer(last: LastNudge, facts: WhyFacts) -> str:
    if last.back_at:
        return (
            f"You snoozed it until "
            f"{block_kit.format_moment(last.back_at, facts.zone, facts.today)}."
        )
    return ANSWERS.get(last.answer, "You have not answered it.")


def _interval_text(facts: WhyFacts) -> str:
    every = labels.INTERVALS[facts.interval_days]
    who = "Like the others here, you" if facts.uses_default else "You asked to"
    wanted = f"{who} see a customer {every}."
    return f"{wanted} {_last_visit_text(facts)}{_days_away_text(facts.days_away)}"


def _days_away_text(days_away: int) -> str:
    if days_away == 1:
        return " The day that you were away does not count."
    return f" The {days_away} days that you were away do not count." if days_away else ""


def _last_visit_text(facts: WhyFacts) -> str:
    if facts.last_visit is None:
        joined = block_kit.format_day(facts.joined_on, facts.today)
        return f"No visit has been logged since you joined on {joined}."
    name, on = facts.last_visit
    return f"You last saw {block_kit.one_line(name)}, on {block_kit.format_day(on, facts.today)}."


def _next_nudge_text(facts: WhyFacts) -> str:
    ahead = schedule_text(facts.due_on, facts.next_nudge_at, facts.zone, facts.today)
    absence = absence_text(facts.away, facts.back_on, facts.holiday, facts.today)
    sentences = [ahead, absence or _held_back_text(facts)]
    if facts.step is NudgeStep.FOLLOW_UP and facts.next_nudge_at:
        sentences.append(
            "It is the one follow-up; after it I keep quiet until the next visit is due."
        )
    return " ".join(each for each in sentences if each)


def _held_back_text(facts: WhyFacts) -> str:
    if facts.reason is NudgeReason.VISIT_BOOKED and facts.next_visit:
        name, on = facts.next_visit
        seen = f"You see {block_kit.one_line(name)} on {block_kit.format_day(on, facts.today)}"
        return f"{seen}, and I keep quiet until it is over."
    if facts.awaiting_debrief:
        name, on = facts.awaiting_debrief
        return (
            f"First I ask what you heard from {block_kit.one_line(name)}, "
            f"{block_kit.format_day(on, facts.today)}."
        )
    return REASONS.get(facts.reason, "")
