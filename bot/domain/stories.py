"""Story digests: on which day and at which hour a team's digest goes out."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind
from bot.domain.working_time import (
    MONDAY_TO_FRIDAY,
    WorkingHours,
    contact_start,
    delivery_date,
    local_date,
    next_contact_date,
)


class ChannelFault(StrEnum):
    """Why a channel cannot have stories (`product.md` E4); views word it."""

    SHARED = "shared"
    NOT_INVITED = "not_invited"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class DigestHours:
    """When a team's digest goes out: weekday (Monday 0), local time of day, zone (IANA name).

    `days_off` are local dates on which a missed digest is not caught up.
    """

    weekday: int
    at: time
    zone: str
    days_off: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Digest:
    """A digest to come: its ISO week is its key, `on` its planned local date, `at` UTC."""

    week: str
    on: date
    at: datetime


@dataclass(frozen=True)
class DigestDecision:
    """Whether a digest goes out now; `digest` is the plan to save, moved if it was missed.

    `skipped` are the ISO weeks that will have no digest of their own.
    """

    send: bool
    digest: Digest
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """One debrief as a digest shows it; `on` is the author's local date of the visit.

    With NO_NAME the customer's name is shown nowhere, not even where the author typed it. `picture`
    is the Slack id of a file, "" without one.
    """

    customer: str
    stage: Stage
    kind: VisitKind
    on: date
    story: str
    author: str
    sharing: Sharing = Sharing.SHARE
    segment: str = ""
    region: str = ""
    quote: str = ""
    workaround: str = ""
    picture: str = ""


@dataclass(frozen=True)
class DigestFacts:
    """What a digest shows: debriefs from `first` to `last` (local dates), in the order given."""

    first: date
    last: date
    today: date
    stories: tuple[Story, ...]


def iso_week(on: date) -> str:
    """Return the ISO week of a date, such as `2026-W47`: the period that a digest is for."""
    year, week, _ = on.isocalendar()
    return f"{year}-W{week:02}"


def next_digest(now: datetime, hours: DigestHours) -> Digest:
    """Return the next digest whose planned date comes strictly after `now`."""
    own_day = WorkingHours(hours.zone, hours.at, frozenset({hours.weekday}))
    on = next_contact_date(now, own_day)
    return Digest(iso_week(on), on, contact_start(on, own_day))


def catch_up_hours(hours: DigestHours) -> WorkingHours:
    """Return when a missed digest may be caught up: at its hour on a working day."""
    return WorkingHours(hours.zone, hours.at, MONDAY_TO_FRIDAY, hours.days_off)


def decide_digest(digest: Digest, hours: DigestHours, now: datetime) -> DigestDecision:
    """Decide whether a digest goes out at `now` (`product.md` A4, E1).

    A missed digest goes out later on the same local day, or else on the next working day, still for
    its own week. Once the day of the next one has come, it is that one instead.
    """
    send, planned = _decide(digest, hours, now)
    return DigestDecision(send, planned, _weeks_between(digest.week, planned.week))


def _decide(digest: Digest, hours: DigestHours, now: datetime) -> tuple[bool, Digest]:
    catching_up = catch_up_hours(hours)
    today = local_date(now, hours.zone)
    if today > digest.on and today.weekday() == hours.weekday:
        digest = Digest(iso_week(today), today, contact_start(today, catching_up))
    on = delivery_date(digest.on, now, catching_up)
    at = contact_start(on, catching_up)
    if on == digest.on:
        return at <= now, Digest(digest.week, on, at)
    own_day = on - timedelta(days=(on.weekday() - hours.weekday) % 7)
    return False, Digest(max(digest.week, iso_week(own_day)), on, at)


def _weeks_between(week: str, before: str) -> tuple[str, ...]:
    """Return the ISO weeks from one up to another."""
    year, number = week.split("-W")
    monday, weeks = date.fromisocalendar(int(year), int(number), 1), list[str]()
    while iso_week(monday) < before:
        weeks.append(iso_week(monday))
        monday += timedelta(weeks=1)
    return tuple(weeks)
