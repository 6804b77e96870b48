"""Hostile calendar feeds that no product writes, and large ones that some do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.domain.calendars import FeedFault

FEED_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Made up//EN\r\n"
FEED_FOOT = "END:VCALENDAR\r\n"
WHO = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:mara@brightwater.example\r\n"
NEXT_WEEK = (
    "DTSTART;TZID=Europe/Berlin:20260309T100000\r\nDTEND;TZID=Europe/Berlin:20260309T110000\r\n"
)
MEGABYTE = 2**20


@dataclass(frozen=True)
class HostileFeed:
    """Bytes as they stream in, and the expected result.

    That is a refusal, or so many meetings and so many left out.
    """

    chunks: Callable[[], Iterable[bytes]]
    fault: FeedFault | None = None
    meetings: int = 0
    left_out: int = 0


def event(*lines: str, uid: object = 1, when: str = NEXT_WEEK, who: str = WHO) -> str:
    """Build an event of next week, with some more lines."""
    more = "".join(f"{each}\r\n" for each in lines)
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\n{when}{who}{more}END:VEVENT\r\n"


def calendar(*events: str) -> Iterable[bytes]:
    """Build a feed of these events, in chunks as the network delivers them."""
    text = "".join((FEED_HEAD, *events, FEED_FOOT)).encode()
    return (text[start : start + 2**16] for start in range(0, len(text), 2**16))


def feed_of(*events: str) -> Callable[[], Iterable[bytes]]:
    return lambda: calendar(*events)


def rule(text: str, start: str = "20260302") -> Callable[[], Iterable[bytes]]:
    """Build a series with this recurrence rule."""
    when = f"DTSTART;TZID=Europe/Berlin:{start}T100000\r\nDURATION:PT1H\r\n"
    return feed_of(event(f"RRULE:{text}", when=when))


def endless(line: bytes, size: int) -> Callable[[], Iterable[bytes]]:
    """Build an event that never ends."""

    def chunks() -> Iterable[bytes]:
        yield FEED_HEAD.encode() + b"BEGIN:VEVENT\r\nUID:1\r\n"
        piece = line * (2**16 // len(line))
        for _ in range(size // len(piece)):
            yield piece

    return chunks


def span(start: str, end: str) -> str:
    return f"DTSTART:{start}00Z\r\nDTEND:{end}00Z\r\n"


def history(count: int) -> Iterable[bytes]:
    """Build years of meetings with long invitations, and one of next week."""
    yield FEED_HEAD.encode()
    text = "DESCRIPTION:" + "\\n".join(
        "What we want to talk about\\, and where." for _ in range(30)
    )
    folded = "\r\n ".join(text[start : start + 73] for start in range(0, len(text), 73))
    for number in range(count):
        day = f"{2006 + number % 20}{number % 12 + 1:02}{number % 28 + 1:02}"
        yield event(folded, uid=number, when=span(f"{day}T1000", f"{day}T1100")).encode()
    yield event(uid="next").encode() + FEED_FOOT.encode()


def busy() -> Iterable[bytes]:
    """Build ten meetings a day with twelve people each, and thirty series of five years."""
    addresses = (f"mailto:p{number}@made{number}.example" for number in range(12))
    who = "".join(f"ATTENDEE;CN=P;PARTSTAT=ACCEPTED:{each}\r\n" for each in addresses)
    days = [f"2026{month:02}{day:02}" for month in (3, 4) for day in range(1, 29)]
    events = [
        event(uid=f"{day}-{hour}", when=span(f"{day}T{hour:02}00", f"{day}T{hour:02}30"), who=who)
        for day in days
        for hour in range(8, 18)
    ]
    when = "DTSTART;TZID=Europe/Berlin:20210301T080000\r\nDURATION:PT15M\r\n"
    rule = "RRULE:FREQ=WEEKLY;BYDAY=MO,WE"
    series = [event(rule, uid=f"s{number}", when=when, who=who) for number in range(30)]
    return calendar(*events, *series)


def dates(name: str, count: int) -> str:
    """Build so many dates of next week, a minute apart."""
    values = (f"202603{9 + n // 1440:02}T{n // 60 % 24:02}{n % 60:02}00Z" for n in range(count))
    return f"{name}:{','.join(values)}"


def instances(count: int) -> Iterable[bytes]:
    """Build a series with more overridden instances than it has."""
    made = (
        event(f"RECURRENCE-ID:202603{9 + n % 20:02}T{n // 60 % 24:02}{n % 60:02}00Z")
        for n in range(count)
    )
    return calendar(event("RRULE:FREQ=DAILY"), *made)


MOVED = "RECURRENCE-ID;RANGE=THISANDFUTURE:99980101T100000Z"
ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Odd\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\n"
    "RRULE:FREQ=SECONDLY\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+9959\r\n"
    "END:STANDARD\r\nEND:VTIMEZONE\r\n"
)
ODD_ZONE = "DTSTART;TZID=Odd:20260309T100000\r\nDTEND;TZID=../../etc/passwd:20260309T110000\r\n"

HOSTILE: Mapping[str, HostileFeed] = {
    "nothing": HostileFeed(list, FeedFault.NO_CALENDAR),
    "a page to sign in": HostileFeed(
        lambda: [b"<!doctype html><title>Sign in"], FeedFault.NO_CALENDAR
    ),
    "a calendar cut short": HostileFeed(
        lambda: [b"".join(calendar(event()))[:-20]], FeedFault.TRUNCATED
    ),
    "50 MB in one event": HostileFeed(
        endless(b"X-A:aaaaaaaa\r\n", 50 * MEGABYTE), FeedFault.TOO_LARGE
    ),
    "50 MB in one line": HostileFeed(
        endless(b"aaaaaaaaaaaaaaaa", 50 * MEGABYTE), FeedFault.TOO_LARGE
    ),
    "50 MB of meetings": HostileFeed(lambda: history(36_000), FeedFault.TOO_LARGE),
    "50 MB of nothing": HostileFeed(
        lambda: [FEED_HEAD.encode(), *[b"\r\n" * 2**15] * 800], FeedFault.TOO_LARGE
    ),
    "26 MB of history": HostileFeed(lambda: history(19_000), meetings=1),
    "a very busy calendar": HostileFeed(busy, meetings=556 + 30 * 18),
    "every second for ever": HostileFeed(rule("FREQ=SECONDLY"), left_out=1),
    "every second, 10^9 times": HostileFeed(rule("FREQ=SECONDLY;COUNT=1000000000"), left_out=1),
    "every day, 10^9 times": HostileFeed(rule("FREQ=DAILY;COUNT=1000000000"), meetings=61),
    "every day since the year 1": HostileFeed(
        rule("FREQ=DAILY", "00010101"), FeedFault.TOO_MANY_MEETINGS
    ),
    "every 0 days": HostileFeed(rule("FREQ=DAILY;INTERVAL=0"), left_out=1),
    "every 10^9 days": HostileFeed(rule("FREQ=DAILY;INTERVAL=1000000000"), left_out=1),
    "a minute of seconds a day": HostileFeed(
        rule(f"FREQ=DAILY;BYSECOND={','.join(map(str, range(60)))}"), left_out=1
    ),
    "30 February": HostileFeed(rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), left_out=1),
    "a sixth Monday": HostileFeed(rule("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"), left_out=1),
    "Mondays that are Tuesdays": HostileFeed(rule("FREQ=DAILY;INTERVAL=7;BYDAY=TU"), left_out=1),
    "a rule of 100 kB": HostileFeed(rule(f"FREQ=DAILY;BYMONTHDAY={'1,' * 50_000}1"), left_out=1),
    "2,000 series of 20 years": HostileFeed(
        feed_of(
            *(
                event("RRULE:FREQ=DAILY", uid=n, when="DTSTART:20060302T100000Z\r\n")
                for n in range(2_000)
            )
        ),
        FeedFault.TOO_MANY_MEETINGS,
    ),
    "2,000 extra dates": HostileFeed(feed_of(event(dates("RDATE", 2_000))), meetings=2_000),
    "4,500 extra dates": HostileFeed(
        feed_of(event(dates("RDATE", 4_500))), FeedFault.TOO_MANY_MEETINGS
    ),
    "20,000 extra dates": HostileFeed(
        feed_of(*(event(dates("RDATE", 2_000), uid=n) for n in range(10))),
        FeedFault.TOO_MANY_MEETINGS,
    ),
    "20,000 dates left out": HostileFeed(
        feed_of(*(event(dates("EXDATE", 2_000), uid=n) for n in range(10))),
        FeedFault.TOO_MANY_MEETINGS,
    ),
    "1,500 odd instances": HostileFeed(lambda: instances(1_500), meetings=1_493),
    "a series moved by 8,000 years": HostileFeed(
        feed_of(event("RRULE:FREQ=DAILY"), event(MOVED)), meetings=54, left_out=1
    ),
    "3,000 meetings next week": HostileFeed(
        feed_of(*(event(uid=n) for n in range(3_000))), FeedFault.TOO_MANY_MEETINGS
    ),
    "2,000 meetings next week": HostileFeed(
        feed_of(*(event(uid=n) for n in range(2_000))), meetings=2_000
    ),
    "60,000 empty events": HostileFeed(
        feed_of("BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 60_000), FeedFault.TOO_MANY_MEETINGS
    ),
    "100,000 who take part": HostileFeed(
        feed_of(
            *(
                event(
                    uid=n,
                    who="".join(f"ATTENDEE:mailto:p{m}@made-up.example\r\n" for m in range(10_000)),
                )
                for n in range(10)
            )
        ),
        FeedFault.TOO_MANY_MEETINGS,
    ),
    "events inside events, 100,000 deep": HostileFeed(
        feed_of(event("BEGIN:VALARM\r\n" * 100_000)), meetings=1
    ),
    "a fold at each letter": HostileFeed(
        feed_of(event("DESCRIPTION:" + "\r\n a" * 400_000)), meetings=1
    ),
    "a million parameters": HostileFeed(
        feed_of(event("ATTENDEE" + ";A=b" * 400_000 + ":mailto:a@b.example")), left_out=1
    ),
    "zones of an odd kind": HostileFeed(feed_of(ZONE * 500, event(when=ODD_ZONE)), meetings=1),
    "no start": HostileFeed(feed_of(event(when="")), left_out=1),
    "a day that there is not": HostileFeed(
        feed_of(event(when="DTSTART:20260231T100000Z\r\n")), left_out=1
    ),
    "the end of time": HostileFeed(
        feed_of(event(when="DTSTART:20260309T100000Z\r\nDTEND:99991231T235959Z\r\n"))
    ),
    "an end before the start": HostileFeed(
        feed_of(event(when="DTSTART:20260309T100000Z\r\nDTEND:20260308T100000Z\r\n")), meetings=1
    ),
}
