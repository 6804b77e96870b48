"""Series: the entries of one meeting to the times at which it takes place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from bot.domain.calendars import Meeting
from bot.intake.calendars import recurrence
from bot.intake.calendars.events import DATED, DURATION, Entry, Moment
from bot.intake.calendars.ics import Unreadable

# Carried through the library, so that an occurrence can be told whose it is.
MARK = "X-NIHITO"
# What the library takes for each, as many steps of a rule.
STEPS_AN_ENTRY, STEPS_A_DATE = 50, 20
LOCAL_END = re.compile(r"UNTIL=([0-9]{8}(T[0-9]{6})?)(?=;|$)")


@dataclass(frozen=True)
class Window:
    """A stretch of time (aware UTC), and whose: zone (IANA name) and mail address, or "".

    `zones` are the names of zones in a feed as IANA names; the rest are taken for `zone`, which is
    the feed's own where it names one: then `is_own`, and what recurs by UTC recurs by it.
    """

    since: datetime
    until: datetime
    zone: str
    email: str
    zones: Mapping[str, str]
    is_own: bool

    def near(self, moment: Moment, margin: timedelta) -> bool:
        """Whether a date lies in the window or so close that it may."""
        return self.since.date() - margin <= moment.on <= self.until.date() + margin


def is_alone(entries: Sequence[Entry]) -> bool:
    """Whether a meeting takes place once, and nothing more is said of it."""
    return len(entries) == 1 and not (entries[0].recurs or entries[0].instance)


def cost(entries: Sequence[Entry], until: date) -> int:
    """What it takes to follow the rules of a meeting. Raises `Unreadable` for odd ones."""
    if is_alone(entries):
        return 0
    found = [
        recurrence.admitted(rule, each.start.on, until) for each in entries for rule in each.rules
    ]
    if None in found:
        raise Unreadable
    dates = sum(len(each.moments.get("RDATE", ())) for each in entries)
    return (
        sum(each for each in found if each) + len(entries) * STEPS_AN_ENTRY + dates * STEPS_A_DATE
    )


def meetings(entries: Sequence[Entry], window: Window) -> Sequence[Meeting]:
    """When a meeting takes place in a window. Raises `Unreadable`.

    An instance that was cancelled, or declined, is told as such.
    """
    try:
        alone = is_alone(entries)
        found = [_alone(entries[0], window)] if alone else list(_instances(entries, window))
        return [each for each in found if _within(each, window)]
    # What the libraries raise over text that they were not made for.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Unreadable from error


def _alone(entry: Entry, window: Window) -> Meeting:
    """A meeting of its own. A calendar is full of them, and the library would take ten times as
    long."""
    starts = _read(entry.start, entry, window)
    told = entry.moments.get("DTEND")
    if told:
        return _meeting(entry, "", starts, _read(told[0], entry, window), window)
    day = timedelta(0) if isinstance(starts, datetime) else timedelta(days=1)
    return _meeting(entry, "", starts, starts + (entry.lasts or day), window)


def _read(moment: Moment, entry: Entry, window: Window) -> datetime | date:
    zone = window.zones.get(moment.zone, window.zone)
    if entry.all_day or len(moment.digits) == 8:
        return _day(moment, zone)
    utc = moment.digits.endswith("Z")
    at = datetime.combine(moment.on, time.fromisoformat(moment.digits[9:15]))
    return at.replace(tzinfo=UTC if utc else ZoneInfo(zone)).astimezone(UTC)


def _instances(entries: Sequence[Entry], window: Window) -> Iterator[Meeting]:
    calendar = Calendar.from_ical(_text(entries, window))
    found: Iterable[Any] = recurring_ical_events.of(calendar).between(window.since, window.until)
    for each in found:
        entry, instance = entries[int(each[MARK])], each["RECURRENCE-ID"].dt
        if not entry.is_long:
            starts, ends = each["DTSTART"].dt, each["DTEND"].dt
            yield _meeting(entry, _utc(instance, window).isoformat(), starts, ends, window)


def _meeting(
    entry: Entry, instance: str, starts: datetime | date, ends: datetime | date, window: Window
) -> Meeting:
    starts, ends = _utc(starts, window), _utc(ends, window)
    return Meeting(
        uid=entry.uid,
        recurrence=instance,
        starts=starts,
        ends=max(starts, ends) if type(starts) is type(ends) else starts,
        emails=entry.emails - {window.email},
        way=entry.way,
        cancelled=entry.cancelled,
        declined=window.email in entry.declined_by,
    )


def _utc(at: datetime | date, window: Window) -> datetime | date:
    if not isinstance(at, datetime):
        return at
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(window.zone))).astimezone(UTC)


def _within(meeting: Meeting, window: Window) -> bool:
    return _at(meeting.starts, window) < window.until and _at(meeting.ends, window) > window.since


def _at(end: datetime | date, window: Window) -> datetime:
    midnight = end if isinstance(end, datetime) else datetime.combine(end, time())
    found = _utc(midnight, window)
    assert isinstance(found, datetime)
    return found


def _text(entries: Sequence[Entry], window: Window) -> str:
    """The entries as a calendar of their own, with zones that everybody knows."""
    events = (_event(place, each, window) for place, each in enumerate(entries))
    return "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            *((f"X-WR-TIMEZONE:{window.zone}",) if window.is_own else ()),
            *(line for event in events for line in event),
            "END:VCALENDAR",
            "",
        )
    )


def _event(place: int, entry: Entry, window: Window) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    # All entries of a meeting have the same one; the feed's own may hold anything.
    yield "UID:1"
    yield f"{MARK}:{place}"
    for name in sorted(DATED & entry.moments.keys()):
        moments = entry.moments[name] if name in ("EXDATE", "RDATE") else entry.moments[name][:1]
        yield from (_dated(name, each, entry, window) for each in moments)
    if entry.duration and "DTEND" not in entry.moments and DURATION.fullmatch(entry.duration):
        yield f"DURATION:{entry.duration}"
    if entry.sequence.isdigit():
        yield f"SEQUENCE:{entry.sequence[:9]}"
    yield from (f"RRULE:{_rule(each, entry, window)}" for each in entry.rules)
    yield "END:VEVENT"


def _rule(text: str, entry: Entry, window: Window) -> str:
    """A rule with its end as an instant: some give a date, or a time by the zone of the start."""
    rule = text.upper().strip(" ;")
    found = LOCAL_END.search(rule)
    if not found or entry.all_day or len(entry.start.digits) == 8:
        return rule
    zone = "UTC" if entry.start.digits.endswith("Z") else entry.start.zone
    local = Moment(found[1] if found[2] else f"{found[1]}T235959", zone)
    ends = _read(local, entry, window)
    return f"{rule[: found.start()]}UNTIL={ends:%Y%m%dT%H%M%SZ}{rule[found.end() :]}"


def _dated(name: str, moment: Moment, entry: Entry, window: Window) -> str:
    ranged = ";RANGE=THISANDFUTURE" if name == "RECURRENCE-ID" and entry.follows else ""
    zone = window.zones.get(moment.zone, window.zone)
    if entry.all_day or len(moment.digits) == 8:
        return f"{name}{ranged};VALUE=DATE:{_day(moment, zone):%Y%m%d}"
    period = ";VALUE=PERIOD" if moment.until else ""
    value = f"{moment.digits}/{moment.until}" if moment.until else moment.digits
    placed = "" if moment.digits.endswith("Z") else f";TZID={zone}"
    return f"{name}{ranged}{period}{placed}:{value}"


def _day(moment: Moment, zone: str) -> date:
    """The local date of a moment."""
    if not moment.digits.endswith("Z"):
        return moment.on
    at = datetime.combine(moment.on, time.fromisoformat(moment.digits[9:15]), UTC)
    return at.astimezone(ZoneInfo(zone)).date()
