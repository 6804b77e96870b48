"""Occurrences: from the events of one meeting to the times at which it takes place."""

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
from bot.intake.calendars.events import DATED, DURATION, FeedEvent, Moment
from bot.intake.calendars.ics import UnreadableEvent

# Passed through the library, to tell which event an occurrence is of.
INDEX_PROPERTY = "X-NIHITO"
# What the library takes for each, in steps of a rule.
STEPS_PER_EVENT, STEPS_PER_DATE = 50, 20
LOCAL_END = re.compile(r"UNTIL=([0-9]{8}(T[0-9]{6})?)(?=;|$)")


@dataclass(frozen=True)
class Window:
    """A time span (aware UTC), and whose: zone (IANA name) and mail address, or "".

    `zones` are the names of zones in a feed as IANA names; the rest are taken for `zone`, which is
    the feed's own if it names one: then `has_own_zone` is True, and what recurs by UTC recurs by
    it.
    """

    since: datetime
    until: datetime
    zone: str
    email: str
    zones: Mapping[str, str]
    has_own_zone: bool


def is_single(events: Sequence[FeedEvent]) -> bool:
    """Return whether a meeting takes place once, and nothing more is said of it."""
    return len(events) == 1 and not (events[0].recurs or events[0].original_start)


def cost(events: Sequence[FeedEvent], until: date) -> int:
    """Return what following a meeting's rules costs. Raises `UnreadableEvent` for odd ones."""
    if is_single(events):
        return 0
    found = [
        recurrence.rule_cost(rule, each.start.on, until) for each in events for rule in each.rules
    ]
    if None in found:
        raise UnreadableEvent
    dates = sum(len(each.moments.get("RDATE", ())) for each in events)
    return (
        sum(each for each in found if each) + len(events) * STEPS_PER_EVENT + dates * STEPS_PER_DATE
    )


def meetings(events: Sequence[FeedEvent], window: Window) -> Sequence[Meeting]:
    """Return when a meeting takes place in a window. Raises `UnreadableEvent`.

    An instance that was cancelled, or declined, is marked as such.
    """
    try:
        single = is_single(events)
        found = [_single_meeting(events[0], window)] if single else list(_instances(events, window))
        return [each for each in found if _overlaps(each, window)]
    # What the libraries raise for text that they were not made for.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnreadableEvent from error


def _single_meeting(event: FeedEvent, window: Window) -> Meeting:
    """Build a meeting that takes place once.

    A calendar is full of them, and the library would take ten times as long.
    """
    starts = _instant_or_date(event.start, event, window)
    ends = event.moments.get("DTEND")
    if ends:
        return _build_meeting(event, "", starts, _instant_or_date(ends[0], event, window), window)
    day = timedelta(0) if isinstance(starts, datetime) else timedelta(days=1)
    return _build_meeting(event, "", starts, starts + (event.stated_length or day), window)


def _instant_or_date(moment: Moment, event: FeedEvent, window: Window) -> datetime | date:
    zone = window.zones.get(moment.zone, window.zone)
    if event.all_day or len(moment.digits) == 8:
        return _local_date(moment, zone)
    utc = moment.digits.endswith("Z")
    at = datetime.combine(moment.on, time.fromisoformat(moment.digits[9:15]))
    return at.replace(tzinfo=UTC if utc else ZoneInfo(zone)).astimezone(UTC)


def _instances(events: Sequence[FeedEvent], window: Window) -> Iterator[Meeting]:
    calendar = Calendar.from_ical(_calendar_text(events, window))
    found: Iterable[Any] = recurring_ical_events.of(calendar).between(window.since, window.until)
    for each in found:
        event, instance = events[int(each[INDEX_PROPERTY])], each["RECURRENCE-ID"].dt
        if not event.is_long:
            starts, ends = each["DTSTART"].dt, each["DTEND"].dt
            yield _build_meeting(event, _to_utc(instance, window).isoformat(), starts, ends, window)


def _build_meeting(
    event: FeedEvent, instance: str, starts: datetime | date, ends: datetime | date, window: Window
) -> Meeting:
    starts, ends = _to_utc(starts, window), _to_utc(ends, window)
    return Meeting(
        uid=event.uid,
        recurrence=instance,
        starts=starts,
        ends=max(starts, ends) if type(starts) is type(ends) else starts,
        emails=event.emails - {window.email},
        venue=event.venue,
        cancelled=event.cancelled,
        declined=window.email in event.declined_by,
    )


def _to_utc(at: datetime | date, window: Window) -> datetime | date:
    if not isinstance(at, datetime):
        return at
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(window.zone))).astimezone(UTC)


def _overlaps(meeting: Meeting, window: Window) -> bool:
    return (
        _as_instant(meeting.starts, window) < window.until
        and _as_instant(meeting.ends, window) > window.since
    )


def _as_instant(end: datetime | date, window: Window) -> datetime:
    midnight = end if isinstance(end, datetime) else datetime.combine(end, time())
    found = _to_utc(midnight, window)
    assert isinstance(found, datetime)
    return found


def _calendar_text(feed_events: Sequence[FeedEvent], window: Window) -> str:
    """Return the events as a calendar of their own, with zones by their IANA names."""
    events = (_event_lines(index, each, window) for index, each in enumerate(feed_events))
    return "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            *((f"X-WR-TIMEZONE:{window.zone}",) if window.has_own_zone else ()),
            *(line for event in events for line in event),
            "END:VCALENDAR",
            "",
        )
    )


def _event_lines(index: int, event: FeedEvent, window: Window) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    # All events of a meeting have the same UID; the feed's own may hold anything.
    yield "UID:1"
    yield f"{INDEX_PROPERTY}:{index}"
    for name in sorted(DATED & event.moments.keys()):
        moments = event.moments[name] if name in ("EXDATE", "RDATE") else event.moments[name][:1]
        yield from (_date_line(name, each, event, window) for each in moments)
    if event.duration and "DTEND" not in event.moments and DURATION.fullmatch(event.duration):
        yield f"DURATION:{event.duration}"
    if event.sequence.isdigit():
        yield f"SEQUENCE:{event.sequence[:9]}"
    yield from (f"RRULE:{_rule_in_utc(each, event, window)}" for each in event.rules)
    yield "END:VEVENT"


def _rule_in_utc(text: str, event: FeedEvent, window: Window) -> str:
    """Return a rule with its end in UTC: some give a date, or a time by the zone of the start."""
    rule = text.upper().strip(" ;")
    found = LOCAL_END.search(rule)
    if not found or event.all_day or len(event.start.digits) == 8:
        return rule
    zone = "UTC" if event.start.digits.endswith("Z") else event.start.zone
    local = Moment(found[1] if found[2] else f"{found[1]}T235959", zone)
    ends = _instant_or_date(local, event, window)
    return f"{rule[: found.start()]}UNTIL={ends:%Y%m%dT%H%M%SZ}{rule[found.end() :]}"


def _date_line(name: str, moment: Moment, event: FeedEvent, window: Window) -> str:
    ranged = ";RANGE=THISANDFUTURE" if name == "RECURRENCE-ID" and event.this_and_future else ""
    zone = window.zones.get(moment.zone, window.zone)
    if event.all_day or len(moment.digits) == 8:
        return f"{name}{ranged};VALUE=DATE:{_local_date(moment, zone):%Y%m%d}"
    period = ";VALUE=PERIOD" if moment.until else ""
    value = f"{moment.digits}/{moment.until}" if moment.until else moment.digits
    zone_parameter = "" if moment.digits.endswith("Z") else f";TZID={zone}"
    return f"{name}{ranged}{period}{zone_parameter}:{value}"


def _local_date(moment: Moment, zone: str) -> date:
    """Return the local date of a moment."""
    if not moment.digits.endswith("Z"):
        return moment.on
    at = datetime.combine(moment.on, time.fromisoformat(moment.digits[9:15]), UTC)
    return at.astimezone(ZoneInfo(zone)).date()
