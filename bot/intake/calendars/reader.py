"""Feeds: the bytes of an iCalendar feed to meetings, whatever the bytes are.

Most of a feed is history, and meetings of the PM alone. It is left aside before anything is parsed,
and so is every line that no visit needs: no title and no description is kept, not even here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import thread_time

from bot.domain.calendars import FeedFault, Meeting, Reading
from bot.errors import FeedRefused
from bot.intake.calendars import ics, zones
from bot.intake.calendars import occurrences as series
from bot.intake.calendars.events import LONGEST_MEETING, Entry, entry
from bot.intake.calendars.ics import Feed, Unreadable
from bot.intake.calendars.occurrences import Window

# Local dates and UTC differ by less.
MARGIN = timedelta(days=2)
MOST_NEAR = 2_000
MOST_NAMED = 20_000
MOST_STEPS = 80_000
MOST_DATES = 5_000
MOST_MEETINGS = 5_000
# Of this thread's own time: waiting for the network is not counted.
SECONDS = 1.5
STARTS = re.compile(rb"\nDTSTART[^\r\n:]{0,200}:(\d{8})")
INSTANCE = re.compile(rb"\nRECURRENCE-ID[^\r\n:]{0,200}:(\d{8})")
UNTIL = re.compile(rb"\nRRULE:[^\r\n]{0,200}UNTIL=(\d{8})")
RECURS = re.compile(rb"\n(?:RRULE|RDATE)[;:]")
FOLLOWS = b"RANGE=THISANDFUTURE"


@dataclass
class _Limits:
    """What reading a feed has taken so far."""

    began: float = field(default_factory=thread_time)
    near: int = 0
    named: int = 0
    dates: int = 0
    steps: int = 0
    meetings: int = 0

    def check(self) -> None:
        """Raises `FeedRefused` when it is more than any PM's calendar would take."""
        if (
            self.near > MOST_NEAR
            or self.named > MOST_NAMED
            or self.dates > MOST_DATES
            or self.steps > MOST_STEPS
            or self.meetings > MOST_MEETINGS
            or thread_time() - self.began > SECONDS
        ):
            raise FeedRefused(FeedFault.TOO_MUCH)


def read(
    chunks: Iterable[bytes], since: datetime, until: datetime, zone: str, email: str = ""
) -> Reading:
    """The meetings of a feed between two instants (aware UTC).

    `zone` (IANA name) is where times without one are meant, and `email` whose calendar it is, in
    lower case. Raises `FeedRefused` when it is no calendar or more than any PM's calendar holds.
    """
    feed, limits = Feed(), _Limits()
    near, left_out = _gathered(feed, chunks, since, until, limits)
    rest = ics.unfolded(bytes(feed.rest))
    own = zones.own_of(rest)
    home = own or zone
    names = {each.zone for kept in near for each in kept.all_moments()}
    known = zones.named(names, rest, until.year, home)
    window = Window(since, until, home, email, known, is_own=own is not None)
    found: list[Meeting] = []
    for group in _with_others(near, email):
        limits.check()
        try:
            limits.steps += series.cost(group, until.date() + MARGIN)
            limits.check()
            found += series.meetings(group, window)
        except Unreadable:
            left_out += 1
        limits.meetings = len(found)
    limits.check()
    nameless = bool(near) and not any(each.emails or each.declined_by for each in near)
    return Reading(tuple(found), nameless, left_out)


def _gathered(
    feed: Feed, chunks: Iterable[bytes], since: datetime, until: datetime, limits: _Limits
) -> tuple[Sequence[Entry], int]:
    """What may be in the window, and how much of it cannot be read."""
    first = f"{since - LONGEST_MEETING - MARGIN:%Y%m%d}".encode()
    last = f"{until + MARGIN:%Y%m%d}".encode()
    found, left_out = [], 0
    for event in feed.events(chunks):
        limits.check()
        if not _touches(event, first, last):
            continue
        limits.near += 1
        try:
            kept = entry(ics.unfolded(event)).within(first.decode(), last.decode())
        except Unreadable:
            left_out += 1
            continue
        limits.named += len(kept.emails) + len(kept.declined_by)
        limits.dates += sum(map(len, kept.moments.values()))
        found.append(kept)
    return found, left_out


def _touches(event: bytes, first: bytes, last: bytes) -> bool:
    """Whether an event may have to do with the days from `first` to `last`, as they are written."""
    starts, instance = STARTS.search(event), INSTANCE.search(event)
    if starts is None or FOLLOWS in event:
        return True
    if instance:
        return first <= starts[1] <= last or first <= instance[1] <= last
    if not RECURS.search(event):
        return first <= starts[1] <= last
    until = UNTIL.search(event)
    return starts[1] <= last and (until is None or until[1] >= first or b"\nRDATE" in event)


def _with_others(near: Sequence[Entry], email: str) -> Iterable[Sequence[Entry]]:
    """The entries of each meeting that somebody else takes part in."""
    groups: dict[str, list[Entry]] = {}
    for each in near:
        groups.setdefault(each.uid, []).append(each)
    for group in groups.values():
        others = any(each.emails - {email} for each in group)
        if others and not any(each.is_long for each in group if each.instance is None):
            yield group
