"""Away: what `/visit pause` and `/visit resume` answer, and why a nudge waits."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.domain.nudges.away import Cause, PauseInPast, PauseRefused, PauseTooFar, PauseUnclear
from bot.views import block_kit as kit

REFUSALS: Mapping[type[PauseRefused], str] = {
    PauseUnclear: "I cannot tell until when. ",
    PauseInPast: "That day has come already. ",
    PauseTooFar: "That is more than a year ahead; /visit leave ends the nudges for good. ",
}


def paused(
    until: date, due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> kit.Message:
    """What somebody sees who has paused; `until` is their first day back."""
    quiet = f"I keep quiet until {kit.day(until, today)}, and the clock stands still."
    return kit.say(f"{quiet} {coming(due_on, next_nudge_at, zone, today)}")


def resumed(
    because: str, due_on: date, next_nudge_at: datetime | None, zone: str, today: date
) -> kit.Message:
    """What somebody sees who has ended a pause; `because` says why I keep quiet still, or ""."""
    told = because or "Welcome back.", coming(due_on, next_nudge_at, zone, today)
    return kit.say(" ".join(told))


def coming(due_on: date, next_nudge_at: datetime | None, zone: str, today: date) -> str:
    """When the next visit is due and the next nudge comes, in a sentence each."""
    due = f"{kit.due(due_on, today)}."
    if next_nudge_at is None:
        return f"{due} No nudge is coming."
    return f"{due} My next nudge comes on {kit.moment(next_nudge_at, zone, today)}."


def refused(refusal: PauseRefused, command: str = "/visit pause") -> kit.Message:
    """What somebody sees who told a command until when, and I can do nothing with it."""
    return kit.say(
        REFUSALS[type(refusal)],
        "Try ",
        kit.code(f"{command} 3 days"),
        ", ",
        kit.code(f"{command} 2 weeks"),
        " or ",
        kit.code(f"{command} until 24 March"),
        ".",
    )


def because(cause: Cause | None, back_on: date | None, holiday: date | None, today: date) -> str:
    """Why a nudge waits, as a sentence, or ""; `back_on` is the first day back."""
    if cause and back_on:
        away = (
            "You have paused me" if cause is Cause.PAUSE else "Your status says that you are away"
        )
        return f"{away} until {kit.day(back_on, today)}."
    return f"{kit.day(holiday, today)} is a holiday of yours." if holiday else ""
