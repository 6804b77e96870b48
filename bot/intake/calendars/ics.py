"""The text of an iCalendar feed: its events, one after the other, as it streams in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.calendars import FeedFault
from bot.errors import FeedRefused

# Twenty years of a busy calendar, as measured: some 1.5 kB a meeting.
LARGEST = 32 * 2**20
LARGEST_EVENT = 2 * 2**20
# What stands between events: zones, mostly.
LARGEST_REST = 2**20
MOST_EVENTS = 60_000
BEGIN, END = b"\nBEGIN:VEVENT", b"\nEND:VEVENT"
FIRST, LAST = b"BEGIN:VCALENDAR", b"END:VCALENDAR"
# Blank lines and the like may follow.
LAST_WITHIN = 256
PIECE = 2**16
LONGEST_LINE = 2**17
NAME = re.compile(rb"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^",;:]*)(?:,(?:"[^"]*"|[^",;:]*))*')


class Unreadable(ValueError):
    """An event that says nothing that can be relied upon."""


@dataclass(frozen=True)
class Line:
    """A line: its name in capitals, its parameters by name in capitals, its value as it stands."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass
class Feed:
    """A feed that is being read; `rest` is what stood outside of events, once it is."""

    rest: bytearray = field(default_factory=bytearray)

    def events(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Each event as it stands, without its first and last line.

        Raises `FeedRefused` when it is no calendar, has no end, or is too much.
        """
        held, count = b"", 0
        for chunk in _of_a_calendar(chunks):
            found, held = self._cut(held + chunk)
            count += len(found)
            if count > MOST_EVENTS or len(held) > LARGEST_EVENT or len(self.rest) > LARGEST_REST:
                raise FeedRefused(FeedFault.TOO_LARGE)
            yield from found
        self.rest += held
        if LAST not in self.rest[-LAST_WITHIN:].upper():
            raise FeedRefused(FeedFault.CUT_SHORT)

    def _cut(self, text: bytes) -> tuple[list[bytes], bytes]:
        """The events that are complete, and what may be the beginning of another one."""
        found: list[bytes] = []
        at = 0
        while (start := text.find(BEGIN, at)) >= 0:
            end = text.find(END, start)
            self.rest += text[at:start]
            if end < 0:
                return found, text[start:]
            found.append(text[start + len(BEGIN) : end])
            at = end + len(END)
        cut = max(at, len(text) - len(BEGIN))
        self.rest += text[at:cut]
        return found, text[cut:]


def _of_a_calendar(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces, as long as they are a calendar of a size to be read."""
    piece, size, begun = bytearray(), 0, False
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST:
            raise FeedRefused(FeedFault.TOO_LARGE)
        piece += chunk
        if len(piece) >= PIECE:
            yield _piece(piece, begun)
            piece, begun = bytearray(), True
    yield _piece(piece, begun)


def _piece(piece: bytearray, begun: bool) -> bytes:
    if begun:
        return bytes(piece)
    first = bytes(piece).removeprefix(b"\xef\xbb\xbf").lstrip()
    if first[: len(FIRST)].upper() != FIRST:
        raise FeedRefused(FeedFault.NO_CALENDAR)
    return first


def unfolded(text: bytes) -> bytes:
    """The text with each of its lines on one line."""
    # One after the other: a pattern would hold each piece in memory.
    return text.replace(b"\r\n", b"\n").replace(b"\n ", b"").replace(b"\n\t", b"")


def lines(event: bytes, names: frozenset[bytes]) -> Iterator[Line]:
    """The lines of those names in what is unfolded, but for what is nested in it, as alarms are.

    Raises `Unreadable` when one of them is longer than any that means something.
    """
    depth = 0
    for each in event.split(b"\n"):
        name = NAME.match(each)
        known = name[0].upper() if name else b""
        if known in (b"BEGIN", b"END"):
            depth += 1 if known == b"BEGIN" else -1
        elif depth == 0 and known in names:
            if len(each) > LONGEST_LINE:
                raise Unreadable
            yield line(each.decode("utf-8", "replace"))


def line(text: str) -> Line:
    """A line, taken apart."""
    name = text.partition(":")[0].partition(";")[0]
    at, parameters = len(name), {}
    while found := PARAMETER.match(text, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    return Line(name.upper(), parameters, text[at + 1 :].strip())
