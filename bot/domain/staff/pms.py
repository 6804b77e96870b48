"""PMs: people enrolled for nudges."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.nudges.rules import DEFAULT_INTERVAL, INTERVALS, NudgeSettings, PlannedNudge


@dataclass(frozen=True)
class Pm:
    """An enrolled person. Dates are local to the PM.

    `cycle_start` is the date from which cycles count; `paused_until` the first day back;
    `last_enqueued` the last nudge that was enqueued. A PM who `uses_default_interval` has chosen
    none, and visits customers as often as the others do. `country` is an ISO code, with a
    `country_part` or None.
    """

    user_id: str
    team_id: int | None
    joined_at: datetime
    settings: NudgeSettings
    cycle_start: date
    next_nudge: PlannedNudge
    last_visit_on: date | None = None
    paused_until: date | None = None
    last_enqueued: PlannedNudge | None = None
    country: str | None = None
    country_part: str | None = None
    uses_default_interval: bool = False


def next_longer_interval(interval_days: int) -> int | None:
    """Return the next longer interval in days; None if there is none."""
    return next((each for each in INTERVALS if each > interval_days), None)


def default_interval_days(team_days: int | None, workspace_days: int | None) -> int:
    """Return the interval in days of a PM who has chosen none (`product.md` A1)."""
    return team_days or workspace_days or DEFAULT_INTERVAL
