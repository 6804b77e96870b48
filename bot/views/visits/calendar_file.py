"""Calendar files: a planned visit as an iCalendar event (RFC 5545), with its comment."""

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.visits.plans import IcsEvent
from bot.views import block_kit

FILE_NAME = "visit.ics"
FILE_COMMENT = "Your visit, for your calendar. After a change, press the button again."
UTC_FORMAT = "%Y%m%dT%H%M%SZ"
# A line has at most 75 octets; a continuation begins with a space.
MAX_OCTETS = 75


def render_ics(known: IcsEvent) -> bytes:
    """Render the calendar file, as UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nihito//Visits//EN",
        "BEGIN:VEVENT",
        f"UID:{known.uid}",
        f"DTSTAMP:{known.made_at:{UTC_FORMAT}}",
        f"SEQUENCE:{known.version}",
        *_time_lines(known),
        f"SUMMARY:{_escape(f'Visit: {block_kit.one_line(known.customer)}')}",
        *([f"DESCRIPTION:{_escape(known.description)}"] if known.description else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(b"\r\n ".join(_fold(line)) + b"\r\n" for line in lines)


def upload_refused_message() -> block_kit.Message:
    """Build the message for a PM whose file Slack refused."""
    return block_kit.text_message(
        "Slack did not take the calendar file. If it keeps happening, ask whoever runs Nihito to "
        "give Slack the manifest again: the app needs the scope ",
        block_kit.code("files:write"),
        ".",
    )


def _time_lines(known: IcsEvent) -> Iterator[str]:
    if known.starts_at is None or known.ends_at is None:
        yield f"DTSTART;VALUE=DATE:{known.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{known.on + timedelta(days=1):%Y%m%d}"
        return
    yield f"DTSTART:{known.starts_at:{UTC_FORMAT}}"
    if known.ends_at > known.starts_at:
        yield f"DTEND:{known.ends_at:{UTC_FORMAT}}"


def _escape(text: str) -> str:
    lines = [block_kit.CONTROL_CHARACTERS.sub(" ", line) for line in text.splitlines()]
    escaped = "\n".join(lines).replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return escaped.replace("\n", r"\n")


def _fold(line: str) -> Iterator[bytes]:
    room, chunk = MAX_OCTETS, b""
    for each in line:
        octets = each.encode()
        if len(chunk) + len(octets) > room:
            yield chunk
            room, chunk = MAX_OCTETS - 1, b""
        chunk += octets
    yield chunk
