"""Nudges: when a PM is due, which nudge comes next, and whether it may go out now."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.working_time import (
    ONE_DAY,
    WorkingHours,
    add_working_days,
    contact_start,
    delivery_date,
    is_working_day,
    local_date,
    next_contact_date,
    working_day_from,
)

INTERVALS = (7, 14, 30, 90)
DEFAULT_INTERVAL = 14
DEFAULT_HOUR = time(9, 30)
FOLLOW_UP_WORKING_DAYS = 3
CYCLES_BEFORE_QUESTION = 3
MAX_SNOOZE = timedelta(days=366)


class Strength(StrEnum):
    """How much a PM wants to be nudged (`product.md` A2); values are wire codes."""

    LIGHT = "light"
    STANDARD = "standard"
    ACTIVE = "active"


class NudgeStep(StrEnum):
    """A nudge's step in its cycle, the time from one visit to the next due date.

    EARLY comes at 80% of the interval, for ACTIVE only. KEEP_GOING_QUESTION, after three cycles
    without an answer, replaces another step and is never planned.
    """

    EARLY = "early"
    DUE = "due"
    FOLLOW_UP = "follow_up"
    KEEP_GOING_QUESTION = "question"


class NudgeReason(StrEnum):
    """Why a nudge goes out or not yet; views word it."""

    DUE_NOW = "due_now"
    NOT_YET = "not_yet"
    TOO_LATE_TODAY = "too_late_today"
    VISIT_BOOKED = "visit_booked"
    PAUSED = "paused"
    DAY_OFF = "day_off"


class Snooze(StrEnum):
    """For how long a PM snoozes a nudge (`product.md` A5); values are wire codes."""

    TOMORROW = "tomorrow"
    THREE_DAYS = "three_days"
    NEXT_WEEK = "next_week"
    DATE = "date"


class InvalidSnooze(ValueError):
    """A date that the nudge cannot be snoozed to."""


class SnoozeWithoutDate(InvalidSnooze):
    """A snooze without a chosen date."""


class SnoozeInPast(InvalidSnooze):
    """A snooze to a date that has passed."""


class SnoozeTooFar(InvalidSnooze):
    """A snooze to a date more than a year ahead."""


@dataclass(frozen=True)
class NudgeSettings:
    """How often, how strongly and when a PM is nudged; the interval is in days."""

    interval_days: int
    strength: Strength
    hours: WorkingHours


@dataclass(frozen=True)
class PlannedNudge:
    """A nudge to come or, once delivered, the last one that came.

    `on` is its planned local date and its key: a PM gets at most one nudge for each. `at` is the
    UTC instant of that date; `cycle` counts the intervals since the cycle start, from 1.
    """

    step: NudgeStep
    on: date
    at: datetime
    cycle: int


@dataclass(frozen=True)
class NudgeDecision:
    """Whether a nudge goes out now, and why.

    `next_nudge` is the plan to save, rescheduled if it doesn't go out.
    """

    send: bool
    reason: NudgeReason
    next_nudge: PlannedNudge

    @property
    def check_again_at(self) -> datetime | None:
        """Return when to check again (UTC); None for a nudge that goes out."""
        return None if self.send else self.next_nudge.at


def cycle_start(joined_on: date, last_visit_on: date | None, interval_days: int) -> date:
    """Return the local date from which a PM's cycles count: the last visit, or the day of joining.

    A visit more than one interval before joining does not count: no one starts overdue.
    """
    if last_visit_on is None or last_visit_on < joined_on - timedelta(days=interval_days):
        return joined_on
    return last_visit_on


def due_on(start: date, settings: NudgeSettings, cycle: int = 1) -> date:
    """Return the working day on which a PM is due in a cycle (`product.md` A1)."""
    return working_day_from(start + timedelta(days=cycle * settings.interval_days), settings.hours)


def find_shifting_holiday(start: date, settings: NudgeSettings, nudge: PlannedNudge) -> date | None:
    """Return the holiday that moved a nudge from its due date; None if none did."""
    hours, wanted = settings.hours, start + timedelta(days=nudge.cycle * settings.interval_days)
    if nudge.step is not NudgeStep.DUE or nudge.on != working_day_from(wanted, hours):
        return None
    skipped_days = (wanted + timedelta(days=count) for count in range((nudge.on - wanted).days))
    own_weekdays = (day for day in skipped_days if day.weekday() in hours.working_days)
    return next((day for day in own_weekdays if day in hours.days_off), None)


def first_nudge(start: date, settings: NudgeSettings) -> PlannedNudge:
    """Return the first nudge after `start`. It may lie in the past: `decide` moves it."""
    return _first_of_cycle(start, settings, 1, start)


def next_nudge(start: date, settings: NudgeSettings, sent: PlannedNudge) -> PlannedNudge:
    """Return the nudge that follows a delivered one (`product.md` A2), always on a later date.

    `start` and `settings` may have changed since: what counts is when it was delivered. Cycles that
    passed meanwhile are skipped.
    """
    cycle = _count_cycles(start, settings, sent.on)
    if sent.step is NudgeStep.DUE and cycle and settings.strength is not Strength.LIGHT:
        on = add_working_days(sent.on, FOLLOW_UP_WORKING_DAYS, settings.hours)
        if on < due_on(start, settings, cycle + 1):
            return _plan(NudgeStep.FOLLOW_UP, on, cycle, settings)
    stands_for = 2 if _is_very_late(start, settings, sent) else 1
    return _first_of_cycle(start, settings, cycle + stands_for, sent.on)


def reschedule(start: date, settings: NudgeSettings, nudge: PlannedNudge, on: date) -> PlannedNudge:
    """Move a planned nudge to a working day; it keeps its step unless it is due by then."""
    cycles = _count_cycles(start, settings, on)
    is_due = cycles > nudge.cycle or (cycles == nudge.cycle and nudge.step is NudgeStep.EARLY)
    if is_due or nudge.step is NudgeStep.KEEP_GOING_QUESTION:
        return _plan(NudgeStep.DUE, on, cycles, settings)
    return _plan(nudge.step, on, nudge.cycle, settings)


def decide(
    start: date,
    settings: NudgeSettings,
    nudge: PlannedNudge,
    now: datetime,
    *,
    booked_until: date | None = None,
    paused_until: date | None = None,
) -> NudgeDecision:
    """Decide whether a planned nudge goes out at `now` (`product.md` A1, A3, A4).

    `nudge` must be planned from this `start` and these `settings`: after a change, plan it again
    (`first_nudge`, `next_nudge`). `booked_until` is the local date up to which booked visits
    silence nudges, itself included; `paused_until` is the first day back. The hour and the zone are
    those of today's `settings`.
    """
    reason, on = _decide_date(settings.hours, nudge.on, now, booked_until, paused_until)
    return NudgeDecision(
        reason is NudgeReason.DUE_NOW, reason, reschedule(start, settings, nudge, on)
    )


def snooze(
    start: date,
    settings: NudgeSettings,
    sent: PlannedNudge,
    choice: Snooze,
    now: datetime,
    on: date | None = None,
) -> PlannedNudge:
    """Return a delivered nudge snoozed by the PM: back at their hour, strictly after `now`.

    `on` is the local date that goes with `Snooze.DATE`. Raises SnoozeWithoutDate, SnoozeInPast and
    SnoozeTooFar.
    """
    hours = settings.hours
    chosen = _choose_snooze_date(choice, local_date(now, hours.zone), on)
    # Never the nudge's own date, which is used up.
    day = max(
        working_day_from(max(chosen, sent.on + ONE_DAY), hours), next_contact_date(now, hours)
    )
    return reschedule(start, settings, sent, day)


def is_question_due(nudge: PlannedNudge, unanswered: int, *, asked: bool) -> bool:
    """Return whether the one question (keep going, less often, later, stop) replaces a nudge.

    `unanswered` counts the cycles with a delivered nudge since the PM last answered or visited;
    `asked` says whether the question was asked since then (`product.md` A2).
    """
    return (
        nudge.step is not NudgeStep.FOLLOW_UP and unanswered >= CYCLES_BEFORE_QUESTION and not asked
    )


def first_of_next_cycle(start: date, settings: NudgeSettings, nudge: PlannedNudge) -> PlannedNudge:
    """Return the first nudge of the cycle after a question's, which is the last of its own."""
    return _first_of_cycle(start, settings, nudge.cycle + 1, nudge.on)


def _first_of_cycle(
    start: date, settings: NudgeSettings, cycle: int, later_than: date
) -> PlannedNudge:
    due = due_on(start, settings, cycle)
    if settings.strength is Strength.ACTIVE:
        days = (cycle - 1) * settings.interval_days + settings.interval_days * 4 // 5
        early = working_day_from(start + timedelta(days=days), settings.hours)
        if later_than < early < due:
            return _plan(NudgeStep.EARLY, early, cycle, settings)
    return _plan(NudgeStep.DUE, due, cycle, settings)


def _count_cycles(start: date, settings: NudgeSettings, on: date) -> int:
    return max(0, (on - start).days // settings.interval_days)


def _is_very_late(start: date, settings: NudgeSettings, sent: PlannedNudge) -> bool:
    """Return whether a nudge came over half an interval late, and so counts for the next cycle too.

    Otherwise a PM whose nudges were delayed would get the next one within days.
    """
    wanted = due_on(start, settings, sent.cycle)
    if sent.step is NudgeStep.FOLLOW_UP:
        wanted = add_working_days(wanted, FOLLOW_UP_WORKING_DAYS, settings.hours)
    late = sent.on - wanted
    return sent.step is not NudgeStep.EARLY and late > timedelta(days=settings.interval_days) / 2


def _plan(step: NudgeStep, on: date, cycle: int, settings: NudgeSettings) -> PlannedNudge:
    return PlannedNudge(step, on, contact_start(on, settings.hours), cycle)


def _decide_date(
    hours: WorkingHours,
    on: date,
    now: datetime,
    booked_until: date | None,
    paused_until: date | None,
) -> tuple[NudgeReason, date]:
    today = local_date(now, hours.zone)
    free_on, reason = _find_free_date(today, booked_until, paused_until)
    if free_on > max(on, today):
        return reason, working_day_from(free_on, hours)
    if on >= today and not is_working_day(on, hours):
        return NudgeReason.DAY_OFF, working_day_from(on, hours)
    delivered_on = delivery_date(on, now, hours)
    if delivered_on != on:
        return NudgeReason.TOO_LATE_TODAY, delivered_on
    return (NudgeReason.DUE_NOW if contact_start(on, hours) <= now else NudgeReason.NOT_YET), on


def _find_free_date(
    today: date, booked_until: date | None, paused_until: date | None
) -> tuple[date, NudgeReason]:
    booked = booked_until + ONE_DAY if booked_until else today
    paused = paused_until or today
    return (paused, NudgeReason.PAUSED) if paused >= booked else (booked, NudgeReason.VISIT_BOOKED)


def _choose_snooze_date(choice: Snooze, today: date, on: date | None) -> date:
    if choice is Snooze.TOMORROW:
        return today + ONE_DAY
    if choice is Snooze.THREE_DAYS:
        return today + timedelta(days=3)
    if choice is Snooze.NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday())
    return _check_snooze_date(today, on)


def _check_snooze_date(today: date, on: date | None) -> date:
    if on is None:
        raise SnoozeWithoutDate
    if on < today:
        raise SnoozeInPast
    if on > today + MAX_SNOOZE:
        raise SnoozeTooFar
    return on
