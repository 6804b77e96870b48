"""Read calendar feeds: the bytes of an iCalendar feed to meetings, whatever the bytes are.

Most of a feed is history, and meetings of the PM alone. These are skipped before anything is
parsed, and so is every line that no visit needs: no title and no description is stored, not even
here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import thread_time

from bot.domain.calendars import FeedContents, FeedFault, Meeting
from bot.errors import FeedRefused
from bot.intake.calendars import ics, occurrences, zones
from bot.intake.calendars.events import MAX_MEETING, FeedEvent, parse_event
from bot.intake.calendars.ics import FeedReader, UnreadableEvent
from bot.intake.calendars.occurrences import Window

# Local and UTC dates differ by less.
MARGIN = timedelta(days=2)
MAX_CANDIDATES = 2_000
MAX_ATTENDEES = 20_000
MAX_STEPS = 80_000
MAX_DATES = 5_000
MAX_MEETINGS = 5_000
# CPU time of this thread: waiting for the network is not counted.
MAX_CPU_SECONDS = 1.5
STARTS = re.compile(rb"\nDTSTART[^\r\n:]{0,200}:(\d{8})")
INSTANCE = re.compile(rb"\nRECURRENCE-ID[^\r\n:]{0,200}:(\d{8})")
UNTIL = re.compile(rb"\nRRULE:[^\r\n]{0,200}UNTIL=(\d{8})")
RECURS = re.compile(rb"\n(?:RRULE|RDATE)[;:]")
FOLLOWS = b"RANGE=THISANDFUTURE"


@dataclass
class _Usage:
    """What reading a feed has taken so far."""

    began: float = field(default_factory=thread_time)
    near: int = 0
    attendees: int = 0
    dates: int = 0
    steps: int = 0
    meetings: int = 0

    def check(self) -> None:
        """Raise `FeedRefused` when it is more than any PM's calendar would take."""
        if (
            self.near > MAX_CANDIDATES
            or self.attendees > MAX_ATTENDEES
            or self.dates > MAX_DATES
            or self.steps > MAX_STEPS
            or self.meetings > MAX_MEETINGS
            or thread_time() - self.began > MAX_CPU_SECONDS
        ):
            raise FeedRefused(FeedFault.TOO_MANY_MEETINGS)


def read(
    chunks: Iterable[bytes], since: datetime, until: datetime, zone: str, email: str = ""
) -> FeedContents:
    """Return the meetings of a feed between two instants (aware UTC).

    `zone` (IANA name) is where times without one are meant, and `email` whose calendar it is, in
    lower case. Raises `FeedRefused` when it is no calendar or more than any PM's calendar holds.
    """
    feed, usage = FeedReader(), _Usage()
    near, left_out = _collect(feed, chunks, since, until, usage)
    rest = ics.unfold(bytes(feed.rest))
    own_zone = zones.own_zone(rest)
    default_zone = own_zone or zone
    names = {each.zone for event in near for each in event.all_moments()}
    known = zones.resolve_names(names, rest, until.year, default_zone)
    window = Window(since, until, default_zone, email, known, has_own_zone=own_zone is not None)
    found: list[Meeting] = []
    for group in _with_others(near, email):
        usage.check()
        try:
            usage.steps += occurrences.cost(group, until.date() + MARGIN)
            usage.check()
            found += occurrences.meetings(group, window)
        except UnreadableEvent:
            left_out += 1
        usage.meetings = len(found)
    usage.check()
    nameless = bool(near) and not any(each.emails or each.declined_by for each in near)
    return FeedContents(tuple(found), nameless, left_out)


def _collect(
    feed: FeedReader, chunks: Iterable[bytes], since: datetime, until: datetime, usage: _Usage
) -> tuple[Sequence[FeedEvent], int]:
    """Return the events that may be in the window, and how many of them cannot be read."""
    first = f"{since - MAX_MEETING - MARGIN:%Y%m%d}".encode()
    last = f"{until + MARGIN:%Y%m%d}".encode()
    found, left_out = [], 0
    for event in feed.events(chunks):
        usage.check()
        if not _may_overlap(event, first, last):
            continue
        usage.near += 1
        try:
            parsed = parse_event(ics.unfold(event)).within(first.decode(), last.decode())
        except UnreadableEvent:
            left_out += 1
            continue
        usage.attendees += len(parsed.emails) + len(parsed.declined_by)
        usage.dates += sum(map(len, parsed.moments.values()))
        found.append(parsed)
    return found, left_out


def _may_overlap(event: bytes, first: bytes, last: bytes) -> bool:
    """Return whether an event may concern the days from `first` to `last`, given as digits."""
    starts, instance = STARTS.search(event), INSTANCE.search(event)
    if starts is None or FOLLOWS in event:
        return True
    if instance:
        return first <= starts[1] <= last or first <= instance[1] <= last
    if not RECURS.search(event):
        return first <= starts[1] <= last
    until = UNTIL.search(event)
    return starts[1] <= last and (until is None or until[1] >= first or b"\nRDATE" in event)


def _with_others(near: Sequence[FeedEvent], email: str) -> Iterable[Sequence[FeedEvent]]:
    """Yield the events of each meeting in which someone else takes part."""
    groups: dict[str, list[FeedEvent]] = {}
    for each in near:
        groups.setdefault(each.uid, []).append(each)
    for group in groups.values():
        others = any(each.emails - {email} for each in group)
        if others and not any(each.is_long for each in group if each.original_start is None):
            yield group
