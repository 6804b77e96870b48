"""Samples of nudges, of what replaces them, and of `/visit why`."""

from dataclasses import replace
from datetime import date

from bot.domain.customers import Stage
from bot.domain.nudges.answers import NudgeAnswer
from bot.domain.nudges.barriers import Barrier
from bot.domain.nudges.facts import (
    LastNudge,
    NotSentReason,
    NudgeFacts,
    WhyFacts,
)
from bot.domain.nudges.rules import NudgeReason, NudgeStep
from bot.domain.suggestions.coverage import Dimension, Skew
from bot.domain.suggestions.rules import Suggestion, SuggestionReason
from bot.views.nudges import message, question, why
from bot.views.samples.sample import (
    LAST_NUDGE,
    LAST_VISIT,
    MILL,
    NEXT_DUE,
    NEXT_NUDGE,
    POST,
    TILES,
    TODAY,
    Sample,
    SampleData,
    Samples,
    start_of,
)
from bot.views.suggestions import reasons

# Where visits differ from the market, one for each dimension.
GAPS = {
    Dimension.STAGE: Stage.PROSPECT,
    Dimension.SEGMENT: "paper",
    Dimension.REGION: "North",
    Dimension.SIZE: "small",
}
# Answers that `/visit why` explains, but for a snooze.
ANSWERS = (
    NudgeAnswer.VISITED,
    NudgeAnswer.PLANNED,
    Barrier.NO_TIME,
    NudgeAnswer.KEEP_GOING,
    NudgeAnswer.LESS_OFTEN,
)


def nudge_facts(data: SampleData) -> NudgeFacts:
    """Build the facts of a nudge on the day a visit is due."""
    suggested = (
        (MILL, SuggestionReason.PROSPECT, None),
        (POST, SuggestionReason.DEAL_WON, date(2026, 3, 9)),
        (TILES, SuggestionReason.LONG_AGO, date(2025, 9, 1)),
    )
    name = data.name("")
    skew = Skew(Dimension.SEGMENT, data.place(""), 0, 10, 0.5)
    return NudgeFacts(
        data.id(1),
        NudgeStep.DUE,
        data.day(TODAY),
        TODAY,
        (data.name(TILES), data.day(LAST_VISIT)),
        data.many(
            [
                Suggestion(id, customer, reason, on)
                for id, (customer, reason, on) in enumerate(suggested, 1)
            ],
            lambda _: Suggestion(data.id(1), name, SuggestionReason.GAP, None, skew),
        ),
    )


def nudges(data: SampleData) -> Samples:
    """Yield nudges, and each reason for a suggestion."""
    nudge = nudge_facts(data)
    render = message.render_message
    yield Sample("A visit is due", render(nudge))
    yield start_of("The first one", render(replace(nudge, last_visit=None)))
    early = replace(nudge, step=NudgeStep.EARLY, due_on=data.day(date(2026, 3, 19)))
    yield start_of("Ahead of time, for whoever chose that", render(early))
    late = replace(nudge, due_on=data.day(date(2026, 3, 13)))
    yield start_of("When it could not be sent on the day", render(late))
    follow_up = replace(nudge, step=NudgeStep.FOLLOW_UP)
    yield start_of("The follow-up, three working days later", render(follow_up))
    yield Sample("While nobody is known yet", render(replace(nudge, suggestions=())))
    yield from _reasons(data)


def _reasons(data: SampleData) -> Samples:
    gap = Skew(Dimension.REGION, data.place("North"), 0, 6, 0.3)
    for each in SuggestionReason:
        on = None if each is SuggestionReason.NEVER_VISITED else data.day(date(2026, 1, 12))
        skew = gap if each in (SuggestionReason.GAP, SuggestionReason.DART) else None
        yield Sample(f"Reason: {each}", f"{reasons.reason_text(each, on, TODAY, skew)}.")
    for dimension, category in GAPS.items():
        skew = Skew(dimension, category, 1, 8, 0.3, unknown=1)
        told = reasons.reason_text(SuggestionReason.GAP, None, TODAY, skew)
        yield Sample(f"Reason: gap, by {dimension}", f"{told}.")


def replacements(data: SampleData) -> Samples:
    """Yield what replaces a nudge once it is answered, or taken away."""
    nudge, holder = nudge_facts(data), data.staff("Bo")
    mill, post, due = data.name(MILL), data.name(POST), data.day(NEXT_DUE)
    yield Sample("*Snooze*", message.snoozed_message(nudge, NEXT_NUDGE, data.zone))
    yield Sample("*Snooze*, *Until a date*", message.render_snooze_form(data.id(1), TODAY))
    yield Sample("A debrief is kept", message.visited_message(nudge, mill, data.day(TODAY), due))
    claimed, alone = message.already_claimed_message, replace(nudge, suggestions=())
    yield start_of("Another PM was first", claimed(nudge, post, holder, another=True))
    yield start_of(
        "Another PM was first, and there is nobody else",
        message.already_claimed_message(alone, post, holder, another=False),
    )
    for whom, for_all in (("all", True), ("this PM", False)):
        yield start_of(
            f"*Not this one*, for {whom}",
            message.dismissed_message(nudge, post, due, for_all=for_all),
        )
    for each in message.Withdrawal:
        yield Sample(f"Withdrawn: {each}", message.withdrawn_message(each))


def barriers(data: SampleData) -> Samples:
    """Yield the advice for each barrier."""
    for each in Barrier:
        yield start_of(each.value, message.barrier_message(nudge_facts(data), each))


def questions(data: SampleData) -> Samples:
    """Yield the question after three nudges without an answer."""
    nudge_id, days = data.id(1), data.either(30, 90)
    yield Sample("In the place of a nudge", question.render_message(nudge_id, days))
    due = data.day(TODAY)
    yield Sample(
        "*Every month instead*",
        question.less_often_message(days, NEXT_NUDGE, data.zone, due),
    )
    yield Sample("*Stop*", question.render_stop_form(nudge_id))


def explanations(data: SampleData) -> Samples:
    """Yield why a nudge came or didn't: every reason there is."""
    first = _why_facts(data)
    yield Sample("Before the first nudge", why.render_why(first))
    seen = replace(first, last_visit=(data.name(MILL), first.joined_on), days_away=4)
    for step in NudgeStep:
        last = LastNudge(LAST_NUDGE, step)
        yield start_of(f"After a nudge: {step}", why.render_why(replace(seen, last_nudge=last)))
    for answer in ANSWERS:
        last = LastNudge(LAST_NUDGE, NudgeStep.DUE, answer)
        told = why.render_why(replace(seen, last_nudge=last))
        yield start_of(f"After an answer: {answer}", told)
    snoozed = LastNudge(LAST_NUDGE, NudgeStep.DUE, NudgeAnswer.SNOOZED, NEXT_NUDGE)
    awaited = replace(seen, last_nudge=snoozed, step=NudgeStep.FOLLOW_UP)
    yield Sample("After a snooze", why.render_why(awaited))
    for reason in NotSentReason:
        told = why.render_why(replace(seen, not_sent=(data.day(TODAY), reason)))
        yield start_of(f"No nudge: {reason}", told)
    yield from _next_nudges(data, seen)


def _next_nudges(data: SampleData, seen: WhyFacts) -> Samples:
    booked = replace(seen, reason=NudgeReason.VISIT_BOOKED)
    post = data.name(POST)
    yield Sample(
        "While a visit is booked",
        why.render_why(replace(booked, next_visit=(post, data.day(NEXT_DUE)))),
    )
    awaiting = (post, data.day(date(2026, 3, 13)))
    yield Sample(
        "While a visit waits for its debrief",
        why.render_why(replace(booked, awaiting_debrief=awaiting)),
    )
    for reason in why.REASONS:
        yield Sample(f"Moved: {reason}", why.render_why(replace(seen, reason=reason)))


def _why_facts(data: SampleData) -> WhyFacts:
    return WhyFacts(
        TODAY,
        data.zone,
        data.either(14, 90),
        data.day(LAST_VISIT),
        data.day(NEXT_DUE),
        NEXT_NUDGE,
        NudgeReason.NOT_YET,
        NudgeStep.DUE,
    )
