"""Feed events: what a visit needs of one event in a feed, and nothing else of it."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Self
from urllib.parse import unquote

from bot.domain.calendars import Venue
from bot.intake.calendars import ics
from bot.intake.calendars.ics import ContentLine, UnreadableEvent

MAX_MEETING = timedelta(days=14)
# A series that is moved further is another series.
MAX_MOVE = timedelta(days=366)
EMAIL_LENGTH = 320
MAX_RULES = 4
DATED = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
ALL_DAY = "X-MICROSOFT-CDO-ALLDAYEVENT"
NAMES = frozenset(
    name.encode()
    for name in (
        *DATED,
        *("UID", "DURATION", "SEQUENCE", "RRULE", "STATUS", "LOCATION", ALL_DAY),
        *("ATTENDEE", "ORGANIZER"),
    )
)
VIDEO = re.compile(
    rb"https://[^\s\"<>]{0,80}(?:zoom\.us/|meet\.google\.com/|teams\.(?:microsoft|live)\.com/|"
    rb"webex\.com/|whereby\.com/|meet\.jit\.si/|gotomeeting\.com/|chime\.aws/)|"
    rb"\nX-GOOGLE-CONFERENCE[;:]|\nX-MICROSOFT-[A-Z]{0,40}URL:http|\nCONFERENCE[;:]"
)
VIDEO_PLACE = re.compile(r"microsoft teams|google meet|\bzoom\b|\bwebex\b|https?://", re.IGNORECASE)
PHONE_PLACE = re.compile(r"(tel:)?[-+0-9 ()/.]{5,}")
DATE_VALUE = re.compile("[0-9]{8}(T[0-9]{6}Z?)?")
DURATION = re.compile(
    r"\+?P(?:([0-9]{1,3})W)?(?:([0-9]{1,4})D)?"
    r"(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,6})M)?(?:[0-9]{1,6}S)?)?"
)
NO_DURATION = (0, 0, 0, 0)
ROOMS = frozenset({"RESOURCE", "ROOM"})


@dataclass(frozen=True)
class Moment:
    """A date, or a time of day on it: digits as written, and the zone's name if one is given.

    `until` is the end of a period, as written.
    """

    digits: str
    zone: str = ""
    until: str = ""

    @property
    def on(self) -> date:
        """Return its date, in whatever zone."""
        return date.fromisoformat(self.digits[:8])


@dataclass(frozen=True)
class FeedEvent:
    """An event: a meeting, a series of them, or one instance of a series that was changed."""

    uid: str
    moments: Mapping[str, Sequence[Moment]]
    rules: tuple[str, ...]
    duration: str
    sequence: str
    this_and_future: bool
    all_day: bool
    emails: frozenset[str]
    declined_by: frozenset[str]
    cancelled: bool
    venue: Venue

    @property
    def start(self) -> Moment:
        """Return when it begins."""
        return self.moments["DTSTART"][0]

    @property
    def original_start(self) -> Moment | None:
        """Return when an instance of a series would have begun; None for any other event."""
        found = self.moments.get("RECURRENCE-ID")
        return found[0] if found else None

    def all_moments(self) -> Iterator[Moment]:
        """Return all dates and times in it."""
        return chain.from_iterable(self.moments.values())

    def within(self, first: str, last: str) -> Self:
        """Return it without the dates of its series outside of two dates, given as digits."""
        near = {
            name: [each for each in found if first <= each.digits[:8] <= last]
            for name, found in self.moments.items()
            if name in ("EXDATE", "RDATE")
        }
        return replace(self, moments={**self.moments, **near})

    @property
    def stated_length(self) -> timedelta:
        """Return its stated duration, which some events have instead of an end."""
        found = DURATION.fullmatch(self.duration)
        weeks, days, hours, minutes = (
            (int(each or 0) for each in found.groups()) if found else NO_DURATION
        )
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)

    @property
    def is_long(self) -> bool:
        """Return whether it lasts longer than any meeting."""
        ends = self.moments.get("DTEND")
        length = ends[0].on - self.start.on if ends else self.stated_length
        return length > MAX_MEETING

    @property
    def recurs(self) -> bool:
        """Return whether it takes place more than once."""
        return bool(self.rules) or "RDATE" in self.moments


def parse_event(event: bytes) -> FeedEvent:
    """Parse an unfolded event. Raises `UnreadableEvent`."""
    found = list(ics.content_lines(event, NAMES))
    values = {each.name: each.value for each in reversed(found)}
    participants = [each for each in found if each.name in ("ATTENDEE", "ORGANIZER")]
    declined_by, emails = _emails(participants)
    parsed = FeedEvent(
        uid=values.get("UID", ""),
        moments=_parse_moments(found),
        rules=tuple(dict.fromkeys(each.value for each in found if each.name == "RRULE")),
        duration=values.get("DURATION", ""),
        sequence=values.get("SEQUENCE", ""),
        this_and_future=any(each.parameters.get("RANGE") == "THISANDFUTURE" for each in found),
        all_day=values.get(ALL_DAY, "").upper() == "TRUE",
        emails=emails - declined_by,
        declined_by=declined_by,
        cancelled=values.get("STATUS", "").upper() == "CANCELLED",
        venue=_venue(event, values.get("LOCATION", "")),
    )
    return _validate(parsed)


def _parse_moments(lines: Iterable[ContentLine]) -> Mapping[str, Sequence[Moment]]:
    found: dict[str, list[Moment]] = {}
    for each in lines:
        if each.name in DATED:
            values = [_parse_moment(value, each) for value in each.value.split(",")]
            found.setdefault(each.name, []).extend(values)
    return found


def _parse_moment(value: str, line: ContentLine) -> Moment:
    begins, _, ends = value.strip().partition("/")
    is_valid_end = not ends or DATE_VALUE.fullmatch(ends) or DURATION.fullmatch(ends)
    if not (DATE_VALUE.fullmatch(begins) and is_valid_end and _is_date(begins)):
        raise UnreadableEvent
    return Moment(begins, line.parameters.get("TZID", ""), ends)


def _is_date(digits: str) -> bool:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _validate(event: FeedEvent) -> FeedEvent:
    if not event.uid or "DTSTART" not in event.moments or len(event.rules) > MAX_RULES:
        raise UnreadableEvent
    original_start = event.original_start
    if original_start is None:
        return event
    if event.this_and_future and abs(event.start.on - original_start.on) > MAX_MOVE:
        raise UnreadableEvent
    # An instance doesn't decide how its series repeats.
    own = {name: each for name, each in event.moments.items() if name not in ("EXDATE", "RDATE")}
    return replace(event, moments=own, rules=())


def _emails(lines: Iterable[ContentLine]) -> tuple[frozenset[str], frozenset[str]]:
    """Return who has declined, and who takes part, rooms excluded."""
    found: tuple[set[str], set[str]] = set(), set()
    for each in lines:
        declined = each.parameters.get("PARTSTAT", "").upper() == "DECLINED"
        if each.parameters.get("CUTYPE", "").upper() not in ROOMS:
            found[not declined].add(_email(each))
    return frozenset(found[0] - {""}), frozenset(found[1] - {""})


def _email(line: ContentLine) -> str:
    """Return the mail address of an attendee or organizer, in lower case, or ""."""
    scheme, _, rest = line.value.partition(":")
    # Some calendars replace the address with one of their own, and give it in a parameter.
    text = line.parameters.get("EMAIL", "") or (unquote(rest) if scheme.lower() == "mailto" else "")
    address = text.strip().lower()
    known = re.fullmatch(r"[^@\s]+@[^@\s]+", address) and len(address) <= EMAIL_LENGTH
    return address if known else ""


def _venue(event: bytes, location: str) -> Venue:
    place = location.strip()
    if VIDEO.search(event) or VIDEO_PLACE.search(place):
        return Venue.VIDEO
    return Venue.IN_PERSON if place and not PHONE_PLACE.fullmatch(place) else Venue.UNKNOWN
