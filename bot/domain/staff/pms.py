"""PMs: people enrolled for nudges."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.calendars import FeedChange
from bot.domain.nudges.rules import (
    DEFAULT_HOUR,
    DEFAULT_INTERVAL,
    INTERVALS,
    NudgeSettings,
    PlannedNudge,
    Strength,
)
from bot.domain.working_time import MONDAY_TO_FRIDAY


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


@dataclass(frozen=True)
class JoinChoices:
    """What a PM chooses on joining; `at` is local time, weekdays count from Monday as 0.

    `interval_days` is None to follow the default. `country` is the ISO code of the country whose
    holidays the PM keeps, `country_part` a part of it or None.
    """

    interval_days: int | None = None
    at: time = DEFAULT_HOUR
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    strength: Strength = Strength.STANDARD
    channel_id: str | None = None
    country: str | None = None
    country_part: str | None = None


@dataclass(frozen=True)
class IntervalDefaults:
    """The defaults that apply to the actor, in days, and which of them they may change.

    `team_id` and `team` are those of a team whose default they may set, `team_days` is None where
    it follows the workspace; `workspace_days` is None for an actor who may not set it.
    """

    default_days: int
    team_id: int | None = None
    team: str | None = None
    team_days: int | None = None
    workspace_days: int | None = None


@dataclass(frozen=True)
class IntervalDefaultsChange:
    """Changed defaults in days: `team` is a team's id and its days, None to follow the workspace.

    A default left as shown isn't part of the change, as someone may have changed it meanwhile.
    """

    team: tuple[int, int | None] | None = None
    workspace_days: int | None = None


@dataclass(frozen=True)
class SettingsChange:
    """What the settings form holds; `enable_notes` is whether notes are to be offered again."""

    choices: JoinChoices
    calendar: FeedChange
    defaults: IntervalDefaultsChange
    enable_notes: bool = False


def next_longer_interval(interval_days: int) -> int | None:
    """Return the next longer interval in days; None if there is none."""
    return next((each for each in INTERVALS if each > interval_days), None)


def default_interval_days(team_days: int | None, workspace_days: int | None) -> int:
    """Return the interval in days of a PM who has chosen none (`product.md` A1)."""
    return team_days or workspace_days or DEFAULT_INTERVAL
