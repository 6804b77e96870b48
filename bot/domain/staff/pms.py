"""PMs: people enrolled for nudges."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.nudges.rules import DEFAULT_INTERVAL, INTERVALS, NudgeSettings, PlannedNudge


@dataclass(frozen=True)
class Pm:
    """An enrolled person. Dates are local to the PM; `planned` is the next nudge.

    `anchor_on` is the date from which cycles count; `paused_until` the first day back; `asked` the
    last nudge that was left for delivery. Who `follows` has chosen no interval, and sees customers
    as often as the others do. `country` is an ISO code, with a part of it or None.
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
    """The next longer interval in days; None when there is none."""
    return next((each for each in INTERVALS if each > interval_days), None)


def default_interval_days(team_days: int | None, workspace_days: int | None) -> int:
    """The interval in days of whoever has chosen none (`product.md` A1)."""
    return team_days or workspace_days or DEFAULT_INTERVAL
