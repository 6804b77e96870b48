"""Nudges: when a PM is due, which nudge comes next, and whether it may go out now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.working_time import (
    ONE_DAY,
    Hours,
    is_working_day,
    local_date,
    next_slot,
    slot,
    slot_for,
    working_day,
    working_days_after,
)

INTERVALS = (7, 14, 30, 90)
DEFAULT_INTERVAL = 14
DEFAULT_HOUR = time(9, 30)
FOLLOW_UP_AFTER = 3
UNANSWERED_CYCLES = 3
LONGEST_SNOOZE = timedelta(days=366)


class Strength(StrEnum):
    """How much a PM wants to be nudged (`product.md` A2); values are the codes that travel."""

    LIGHT = "light"
    STANDARD = "standard"
    ACTIVE = "active"


class Step(StrEnum):
    """Which nudge of a cycle it is; EARLY comes at 80 % of the interval, for ACTIVE only.

    QUESTION is put in the place of another one, and never planned.
    """

    EARLY = "early"
    DUE = "due"
    FOLLOW_UP = "follow_up"
    QUESTION = "question"


class Reason(StrEnum):
    """Why a nudge goes out or is held; views word it."""

    DUE_NOW = "due_now"
    NOT_YET = "not_yet"
    TOO_LATE_TODAY = "too_late_today"
    VISIT_BOOKED = "visit_booked"
    PAUSED = "paused"
    DAY_OFF = "day_off"


class Snooze(StrEnum):
    """For how long a PM puts a nudge off (`product.md` A5); values are the codes that travel."""

    TOMORROW = "tomorrow"
    THREE_DAYS = "three_days"
    NEXT_WEEK = "next_week"
    DATE = "date"


class SnoozeRefused(ValueError):
    """The nudge cannot be put off to that date."""


class SnoozeWithoutDate(SnoozeRefused):
    """No date was chosen."""


class SnoozeInPast(SnoozeRefused):
    """The date chosen has passed."""


class SnoozeTooFar(SnoozeRefused):
    """The date chosen is more than a year ahead."""


@dataclass(frozen=True)
class Rhythm:
    """How often, how strongly and when a PM is nudged; the interval is in days."""

    interval_days: int
    strength: Strength
    hours: Hours


@dataclass(frozen=True)
class Planned:
    """A nudge to come or, once delivered, the last one that came.

    `on` is its nominal local date and its key: a PM gets at most one nudge for each. `at` is the
    UTC instant of that date; `cycle` counts the intervals since the anchor, from 1.
    """

    step: Step
    on: date
    at: datetime
    cycle: int


@dataclass(frozen=True)
class Verdict:
    """Whether a nudge goes out now, and why. `planned` is the plan to keep: moved, if held on."""

    send: bool
    reason: Reason
    planned: Planned

    @property
    def until(self) -> datetime | None:
        """When to look again (UTC), or None for a nudge that goes out."""
        return None if self.send else self.planned.at


def anchor(joined_on: date, last_visit_on: date | None, interval_days: int) -> date:
    """The local date from which a PM's cycles count: the last visit, or the day of joining.

    A visit more than one interval before joining does not count, so nobody starts overdue.
    """
    if last_visit_on is None or last_visit_on < joined_on - timedelta(days=interval_days):
        return joined_on
    return last_visit_on


def due_on(anchor: date, rhythm: Rhythm, cycle: int = 1) -> date:
    """The working day on which a PM is due in a cycle (`product.md` A1)."""
    return working_day(anchor + timedelta(days=cycle * rhythm.interval_days), rhythm.hours)


def holiday(anchor: date, rhythm: Rhythm, planned: Planned) -> date | None:
    """The holiday on which a PM would be due, had it not moved the nudge; None if none did."""
    hours, wanted = rhythm.hours, anchor + timedelta(days=planned.cycle * rhythm.interval_days)
    if planned.step is not Step.DUE or planned.on != working_day(wanted, hours):
        return None
    passed = (wanted + timedelta(days=count) for count in range((planned.on - wanted).days))
    kept = (day for day in passed if day.weekday() in hours.working_days)
    return next((day for day in kept if day in hours.days_off), None)


def first(anchor: date, rhythm: Rhythm) -> Planned:
    """The first nudge after an anchor. It may lie in the past: `verdict` moves it."""
    return _opening(anchor, rhythm, 1, anchor)


def after(anchor: date, rhythm: Rhythm, sent: Planned) -> Planned:
    """The nudge that follows one that was delivered (`product.md` A2), always on a later date.

    The anchor and the rhythm may have changed since: what counts is when it was delivered. Cycles
    that passed meanwhile are skipped.
    """
    cycle = _cycles_passed(anchor, rhythm, sent.on)
    if sent.step is Step.DUE and cycle and rhythm.strength is not Strength.LIGHT:
        on = working_days_after(sent.on, FOLLOW_UP_AFTER, rhythm.hours)
        if on < due_on(anchor, rhythm, cycle + 1):
            return _planned(Step.FOLLOW_UP, on, cycle, rhythm)
    stands_for = 2 if _very_late(anchor, rhythm, sent) else 1
    return _opening(anchor, rhythm, cycle + stands_for, sent.on)


def moved(anchor: date, rhythm: Rhythm, planned: Planned, on: date) -> Planned:
    """A planned nudge put off to a working day: still the same step, unless it is due by then."""
    passed = _cycles_passed(anchor, rhythm, on)
    is_due = passed > planned.cycle or (passed == planned.cycle and planned.step is Step.EARLY)
    if is_due or planned.step is Step.QUESTION:
        return _planned(Step.DUE, on, passed, rhythm)
    return _planned(planned.step, on, planned.cycle, rhythm)


def verdict(
    anchor: date,
    rhythm: Rhythm,
    planned: Planned,
    now: datetime,
    *,
    booked_until: date | None = None,
    paused_until: date | None = None,
) -> Verdict:
    """Whether a planned nudge goes out at `now` (`product.md` A1, A3, A4).

    The plan must be of this anchor and rhythm: after a change make it afresh (`first`, `after`).
    `booked_until` is the local date up to which booked visits silence nudges, itself included;
    `paused_until` is the first day back. The hour and the zone are the rhythm's of today.
    """
    reason, on = _decided(rhythm.hours, planned.on, now, booked_until, paused_until)
    return Verdict(reason is Reason.DUE_NOW, reason, moved(anchor, rhythm, planned, on))


def snoozed(
    anchor: date,
    rhythm: Rhythm,
    sent: Planned,
    choice: Snooze,
    now: datetime,
    on: date | None = None,
) -> Planned:
    """A delivered nudge put off by the PM: back at their hour, strictly after `now`.

    `on` is the local date that goes with `Snooze.DATE`. Raises SnoozeWithoutDate, SnoozeInPast
    and SnoozeTooFar.
    """
    hours = rhythm.hours
    chosen = _chosen(choice, local_date(now, hours.zone), on)
    # Never the date of the nudge itself, which is spent.
    day = max(working_day(max(chosen, sent.on + ONE_DAY), hours), next_slot(now, hours))
    return moved(anchor, rhythm, sent, day)


def question_due(planned: Planned, unanswered: int, *, asked: bool) -> bool:
    """Whether the one question (keep going, less often, later, stop) replaces a nudge.

    `unanswered` counts the cycles with a delivered nudge since the PM last answered or visited;
    `asked` tells whether the question was put since then (`product.md` A2).
    """
    return planned.step is not Step.FOLLOW_UP and unanswered >= UNANSWERED_CYCLES and not asked


def beyond(anchor: date, rhythm: Rhythm, planned: Planned) -> Planned:
    """The first nudge of the cycle after that of a question, which is the last of its own."""
    return _opening(anchor, rhythm, planned.cycle + 1, planned.on)


def _opening(anchor: date, rhythm: Rhythm, cycle: int, later_than: date) -> Planned:
    due = due_on(anchor, rhythm, cycle)
    if rhythm.strength is Strength.ACTIVE:
        days = (cycle - 1) * rhythm.interval_days + rhythm.interval_days * 4 // 5
        early = working_day(anchor + timedelta(days=days), rhythm.hours)
        if later_than < early < due:
            return _planned(Step.EARLY, early, cycle, rhythm)
    return _planned(Step.DUE, due, cycle, rhythm)


def _cycles_passed(anchor: date, rhythm: Rhythm, on: date) -> int:
    return max(0, (on - anchor).days // rhythm.interval_days)


def _very_late(anchor: date, rhythm: Rhythm, sent: Planned) -> bool:
    """Whether a nudge came more than half an interval late, and so stands for the next cycle too.

    Otherwise somebody whose nudges were held hears of the next one within days.
    """
    wanted = due_on(anchor, rhythm, sent.cycle)
    if sent.step is Step.FOLLOW_UP:
        wanted = working_days_after(wanted, FOLLOW_UP_AFTER, rhythm.hours)
    late = sent.on - wanted
    return sent.step is not Step.EARLY and late > timedelta(days=rhythm.interval_days) / 2


def _planned(step: Step, on: date, cycle: int, rhythm: Rhythm) -> Planned:
    return Planned(step, on, slot(on, rhythm.hours), cycle)


def _decided(
    hours: Hours, on: date, now: datetime, booked_until: date | None, paused_until: date | None
) -> tuple[Reason, date]:
    today = local_date(now, hours.zone)
    free_on, reason = _freed(today, booked_until, paused_until)
    if free_on > max(on, today):
        return reason, working_day(free_on, hours)
    if on >= today and not is_working_day(on, hours):
        return Reason.DAY_OFF, working_day(on, hours)
    reachable = slot_for(on, now, hours)
    if reachable != on:
        return Reason.TOO_LATE_TODAY, reachable
    return (Reason.DUE_NOW if slot(on, hours) <= now else Reason.NOT_YET), on


def _freed(
    today: date, booked_until: date | None, paused_until: date | None
) -> tuple[date, Reason]:
    booked = booked_until + ONE_DAY if booked_until else today
    paused = paused_until or today
    return (paused, Reason.PAUSED) if paused >= booked else (booked, Reason.VISIT_BOOKED)


def _chosen(choice: Snooze, today: date, on: date | None) -> date:
    if choice is Snooze.TOMORROW:
        return today + ONE_DAY
    if choice is Snooze.THREE_DAYS:
        return today + timedelta(days=3)
    if choice is Snooze.NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday())
    return _dated(today, on)


def _dated(today: date, on: date | None) -> date:
    if on is None:
        raise SnoozeWithoutDate
    if on < today:
        raise SnoozeInPast
    if on > today + LONGEST_SNOOZE:
        raise SnoozeTooFar
    return on
