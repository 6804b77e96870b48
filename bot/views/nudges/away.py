"""Absence: the replies to `/visit pause` and `/visit resume`, and why a nudge waits."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.domain.nudges.away import (
    AbsenceCause,
    InvalidPause,
    PauseInPast,
    PauseTooFar,
    PauseUnclear,
)
from bot.views import block_kit

REFUSALS: Mapping[type[InvalidPause], str] = {
    PauseUnclear: "I cannot tell until when. ",
    PauseInPast: "That day has come already. ",
    PauseTooFar: "That is more than a year ahead; /visit leave ends the nudges for good. ",
}


def paused_message(
    until: date, due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> block_kit.Message:
    """Build the message for a PM who has paused; `until` is their first day back."""
    quiet = f"I keep quiet until {block_kit.format_day(until, today)}, and the clock stands still."
    return block_kit.text_message(f"{quiet} {schedule_text(due_on, next_nudge_at, zone, today)}")


def resumed_message(
    absence: str, due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> block_kit.Message:
    """Build the message for a PM who ended a pause; `absence` says why nudges wait, or is ""."""
    texts = absence or "Welcome back.", schedule_text(due_on, next_nudge_at, zone, today)
    return block_kit.text_message(" ".join(texts))


def schedule_text(due_on: date, next_nudge_at: datetime | None, zone: str, today: date) -> str:
    """Return when the next visit is due and the next nudge comes, in a sentence each."""
    due = f"{block_kit.due_text(due_on, today)}."
    if next_nudge_at is None:
        return f"{due} No nudge is coming."
    return f"{due} My next nudge comes on {block_kit.format_moment(next_nudge_at, zone, today)}."


def refused_message(refusal: InvalidPause, command: str = "/visit pause") -> block_kit.Message:
    """Build the message for a PM whose command says until when in a way the bot can't use."""
    return block_kit.text_message(
        REFUSALS[type(refusal)],
        "Try ",
        block_kit.code(f"{command} 3 days"),
        ", ",
        block_kit.code(f"{command} 2 weeks"),
        " or ",
        block_kit.code(f"{command} until 24 March"),
        ".",
    )


def absence_text(
    cause: AbsenceCause | None, back_on: date | None, holiday: date | None, today: date
) -> str:
    """Return why a nudge waits, as a sentence, or ""; `back_on` is the first day back."""
    if cause and back_on:
        away = (
            "You have paused me"
            if cause is AbsenceCause.PAUSE
            else "Your status says that you are away"
        )
        return f"{away} until {block_kit.format_day(back_on, today)}."
    return f"{block_kit.format_day(holiday, today)} is a holiday of yours." if holiday else ""
