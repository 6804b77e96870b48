"""The iCalendar text of a feed: its events, one after the other, as it streams in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.calendars import FeedFault
from bot.domain.text import sanitize
from bot.errors import FeedRefused

# Twenty years of a busy calendar, as measured: some 1.5 kB a meeting.
MAX_BYTES = 32 * 2**20
MAX_EVENT_BYTES = 2 * 2**20
# What lies between events: zones, mostly.
MAX_REST_BYTES = 2**20
MAX_EVENTS = 60_000
EVENT_BEGIN, EVENT_END = b"\nBEGIN:VEVENT", b"\nEND:VEVENT"
CALENDAR_BEGIN, CALENDAR_END = b"BEGIN:VCALENDAR", b"END:VCALENDAR"
# Blank lines and the like may follow the end.
END_WITHIN_BYTES = 256
CHUNK_BYTES = 2**16
MAX_LINE_BYTES = 2**17
NAME = re.compile(rb"[A-Za-z0-9-]+")
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^",;:]*)(?:,(?:"[^"]*"|[^",;:]*))*')


class UnreadableEvent(ValueError):
    """An event that says nothing that can be relied upon."""


@dataclass(frozen=True)
class ContentLine:
    """A content line: its name and parameter names in capitals, its value as written."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass
class FeedReader:
    """A reader of one feed; `rest` is what was outside of events, once it is read."""

    rest: bytearray = field(default_factory=bytearray)

    def events(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield each event as written, without its first and last line.

        Raises `FeedRefused` when it is no calendar, has no end, or is too much.
        """
        buffered, count = b"", 0
        for chunk in _calendar_chunks(chunks):
            found, buffered = self._split_events(buffered + chunk)
            count += len(found)
            if (
                count > MAX_EVENTS
                or len(buffered) > MAX_EVENT_BYTES
                or len(self.rest) > MAX_REST_BYTES
            ):
                raise FeedRefused(FeedFault.TOO_LARGE)
            yield from found
        self.rest += buffered
        if CALENDAR_END not in self.rest[-END_WITHIN_BYTES:].upper():
            raise FeedRefused(FeedFault.TRUNCATED)

    def _split_events(self, text: bytes) -> tuple[list[bytes], bytes]:
        """Return the complete events, and what may be the beginning of another one."""
        found: list[bytes] = []
        at = 0
        while (start := text.find(EVENT_BEGIN, at)) >= 0:
            end = text.find(EVENT_END, start)
            self.rest += text[at:start]
            if end < 0:
                return found, text[start:]
            found.append(text[start + len(EVENT_BEGIN) : end])
            at = end + len(EVENT_END)
        boundary = max(at, len(text) - len(EVENT_BEGIN))
        self.rest += text[at:boundary]
        return found, text[boundary:]


def _calendar_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in larger chunks, while they are a calendar of an accepted size."""
    piece, size, begun = bytearray(), 0, False
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise FeedRefused(FeedFault.TOO_LARGE)
        piece += chunk
        if len(piece) >= CHUNK_BYTES:
            yield _check_beginning(piece, begun)
            piece, begun = bytearray(), True
    yield _check_beginning(piece, begun)


def _check_beginning(piece: bytearray, begun: bool) -> bytes:
    if begun:
        return bytes(piece)
    first = bytes(piece).removeprefix(b"\xef\xbb\xbf").lstrip()
    if first[: len(CALENDAR_BEGIN)].upper() != CALENDAR_BEGIN:
        raise FeedRefused(FeedFault.NO_CALENDAR)
    return first


def unfold(text: bytes) -> bytes:
    """Return the text with each of its folded lines on one line."""
    # One replacement after the other: a regular expression would hold each piece in memory.
    return text.replace(b"\r\n", b"\n").replace(b"\n ", b"").replace(b"\n\t", b"")


def content_lines(event: bytes, names: frozenset[bytes]) -> Iterator[ContentLine]:
    """Yield the lines with these names in an unfolded event, but not nested ones, such as alarms'.

    Raises `UnreadableEvent` when one of them is longer than any that means something.
    """
    depth = 0
    for each in event.split(b"\n"):
        name = NAME.match(each)
        known = name[0].upper() if name else b""
        if known in (b"BEGIN", b"END"):
            depth += 1 if known == b"BEGIN" else -1
        elif depth == 0 and known in names:
            if len(each) > MAX_LINE_BYTES:
                raise UnreadableEvent
            yield parse_line(sanitize(each.decode("utf-8", "replace")))


def parse_line(text: str) -> ContentLine:
    """Parse a content line."""
    name = text.partition(":")[0].partition(";")[0]
    at, parameters = len(name), {}
    while found := PARAMETER.match(text, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    return ContentLine(name.upper(), parameters, text[at + 1 :].strip())
