"""The clock bar: what time it is, and how far a person can move it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.clock import ClockControl
from sandbox.page.reader import Reader
from sandbox.page.times import moment

STEPS = {
    "hour": ("+ 1 hour", timedelta(hours=1)),
    "day": ("+ 1 day", timedelta(days=1)),
    "week": ("+ 1 week", timedelta(weeks=1)),
}
NO_CLOCK = "This workspace runs on real time."
NOTHING_DUE = "Nothing is due."


@dataclass(frozen=True)
class Step:
    """A button of the bar; `reason` says why it cannot be used."""

    key: str
    label: str
    detail: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ClockBar:
    """The workspace's time in UTC, the reader's own, and the buttons."""

    workspace: str
    local: str
    steps: Sequence[Step]
    note: str = ""


def clock_bar(clock: ClockControl | None, reader: Reader) -> ClockBar:
    """The bar for one reader; without a clock to move, every button says why."""
    reason = NO_CLOCK if clock is None else ""
    steps = [Step(key, label, reason=reason) for key, (label, _by) in STEPS.items()]
    return ClockBar(
        workspace=moment(reader.now, ZoneInfo("UTC")) + " UTC",
        local=moment(reader.now, reader.zone),
        steps=[*steps, _next_step(clock, reader)],
        note=NO_CLOCK if clock is None else "",
    )


def _next_step(clock: ClockControl | None, reader: Reader) -> Step:
    label = "To the next thing due"
    if clock is None:
        return Step("next", label, reason=NO_CLOCK)
    due = clock.next_due()
    if due is None:
        return Step("next", label, detail="nothing is due", reason=NOTHING_DUE)
    return Step("next", label, detail=moment(due, reader.zone))


def destination(clock: ClockControl, key: str) -> datetime | None:
    """Where a button of the bar moves the clock to; None when there is nowhere to go."""
    if key in STEPS:
        return clock.now().astimezone(UTC) + STEPS[key][1]
    return clock.next_due() if key == "next" else None
