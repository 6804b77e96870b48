"""The clock bar: the current time, and buttons to move the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.clock import ClockControl
from sandbox.page.reader import Reader
from sandbox.page.time_format import clock_time, moment, short_moment

STEPS = {
    "hour": ("+ 1 hour", timedelta(hours=1)),
    "day": ("+ 1 day", timedelta(days=1)),
    "week": ("+ 1 week", timedelta(weeks=1)),
}
NEXT = "To the next thing due"
NO_CLOCK = "This workspace runs on real time."
NOTHING_DUE = "Nothing is due."


@dataclass(frozen=True)
class ClockStep:
    """A button of the bar; `reason` says why it cannot be used."""

    key: str
    label: str
    detail: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ClockBar:
    """The reader's local time and zone, UTC, and the buttons."""

    local: str
    zone: str
    utc: str
    steps: Sequence[ClockStep]
    note: str = ""


def clock_bar(clock: ClockControl | None, reader: Reader) -> ClockBar:
    """Build the bar for a reader; without a clock to move, every button gives the reason."""
    reason = NO_CLOCK if clock is None else ""
    steps = [ClockStep(key, label, reason=reason) for key, (label, _by) in STEPS.items()]
    return ClockBar(
        local=moment(reader.now, reader.zone),
        zone=reader.zone.key.rpartition("/")[2].replace("_", " "),
        utc=clock_time(reader.now.astimezone(UTC)) + " UTC",
        steps=[*steps, _next_step(clock, reader)],
        note=NO_CLOCK if clock is None else "",
    )


def _next_step(clock: ClockControl | None, reader: Reader) -> ClockStep:
    if clock is None:
        return ClockStep("next", NEXT, reason=NO_CLOCK)
    due = clock.next_due(reader.id)
    if due is None:
        return ClockStep("next", NEXT, detail="nothing is due", reason=NOTHING_DUE)
    when = short_moment(due.at, reader.zone)
    return ClockStep("next", NEXT, detail=f"{due.what}, {when}" if due.what else when)


def destination(clock: ClockControl, key: str, user_id: str) -> datetime | None:
    """Return the instant to which a button moves the clock; None when there is none."""
    if key in STEPS:
        return clock.now().astimezone(UTC) + STEPS[key][1]
    due = clock.next_due(user_id) if key == "next" else None
    return due.at if due else None
