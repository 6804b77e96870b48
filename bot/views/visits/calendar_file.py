"""Invitations: a planned visit as a calendar file (RFC 5545), and what is said with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.views import block_kit as kit

FILE = "visit.ics"
WITH_IT = "Your visit, for your calendar. After a change, press the button again."
UTC_TIME = "%Y%m%dT%H%M%SZ"
# A line has at most 75 octets; one that goes on begins with a space.
OCTETS = 75


@dataclass(frozen=True)
class Invitation:
    """What a calendar is told; instants are aware UTC, None where only the date is known.

    `uid` stays the same for a visit and `version` is raised with each change.
    """

    uid: str
    version: int
    made_at: datetime
    customer: str
    description: str
    on: date
    starts_at: datetime | None
    ends_at: datetime | None


def calendar(known: Invitation) -> bytes:
    """The file, UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nihito//Visits//EN",
        "BEGIN:VEVENT",
        f"UID:{known.uid}",
        f"DTSTAMP:{known.made_at:{UTC_TIME}}",
        f"SEQUENCE:{known.version}",
        *_times(known),
        f"SUMMARY:{_escaped(f'Visit: {kit.one_line(known.customer)}')}",
        *([f"DESCRIPTION:{_escaped(known.description)}"] if known.description else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(b"\r\n ".join(_folded(line)) + b"\r\n" for line in lines)


def refused() -> kit.Message:
    """What somebody is told whose file Slack did not take."""
    return kit.say(
        "Slack did not take the calendar file. If it keeps happening, ask whoever runs Nihito to "
        "give Slack the manifest again: the app needs the scope ",
        kit.code("files:write"),
        ".",
    )


def _times(known: Invitation) -> Iterator[str]:
    if known.starts_at is None or known.ends_at is None:
        yield f"DTSTART;VALUE=DATE:{known.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{known.on + timedelta(days=1):%Y%m%d}"
        return
    yield f"DTSTART:{known.starts_at:{UTC_TIME}}"
    if known.ends_at > known.starts_at:
        yield f"DTEND:{known.ends_at:{UTC_TIME}}"


def _escaped(text: str) -> str:
    lines = [kit.CONTROLS.sub(" ", line) for line in text.splitlines()]
    said = "\n".join(lines).replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return said.replace("\n", r"\n")


def _folded(line: str) -> Iterator[bytes]:
    room, part = OCTETS, b""
    for each in line:
        octets = each.encode()
        if len(part) + len(octets) > room:
            yield part
            room, part = OCTETS - 1, b""
        part += octets
    yield part
