"""A planned visit as a calendar file."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.visits.plans import IcsEvent
from bot.views.visits.calendar_file import MAX_OCTETS, render_ics

KNOWN = IcsEvent(
    "visit-7@t1.nihito",
    2,
    datetime(2026, 3, 2, 12, tzinfo=UTC),
    "Brightwater Mill",
    "Listen.",
    date(2026, 3, 11),
    datetime(2026, 3, 11, 13, tzinfo=UTC),
    datetime(2026, 3, 11, 13, 45, tzinfo=UTC),
)
# The text that a calendar makes of each escape.
MEANS = {r"\n": "\n", r"\,": ",", r"\;": ";", r"\\": "\\"}


def lines(file: bytes) -> list[str]:
    """Return the content lines, unfolded as the RFC says: before decoding, octet by octet."""
    return file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def value(known: IcsEvent, name: str) -> str:
    (line,) = (each for each in lines(render_ics(known)) if each.startswith(name))
    return re.sub(r"\\.", lambda found: MEANS[found[0]], line.partition(":")[2])


def test_a_visit_with_a_time_is_told_in_utc() -> None:
    assert lines(render_ics(KNOWN)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nihito//Visits//EN",
        "BEGIN:VEVENT",
        "UID:visit-7@t1.nihito",
        "DTSTAMP:20260302T120000Z",
        "SEQUENCE:2",
        "DTSTART:20260311T130000Z",
        "DTEND:20260311T134500Z",
        "SUMMARY:Visit: Brightwater Mill",
        "DESCRIPTION:Listen.",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_visit_without_a_time_takes_a_day() -> None:
    told = lines(render_ics(replace(KNOWN, starts_at=None, ends_at=None)))
    assert "DTSTART;VALUE=DATE:20260311" in told
    assert "DTEND;VALUE=DATE:20260312" in told


def test_a_visit_of_no_known_length_has_no_end() -> None:
    assert "DTEND" not in render_ics(replace(KNOWN, ends_at=KNOWN.starts_at)).decode()


@given(st.text(max_size=300))
def test_whatever_was_typed_comes_back_and_breaks_no_line(text: str) -> None:
    readable = "".join(each for each in text if each.isprintable() or each == "\n").strip("\n")
    known = replace(KNOWN, description=readable)
    file = render_ics(known)
    assert all(len(each) <= MAX_OCTETS for each in file.split(b"\r\n"))
    assert b"\n" not in file.replace(b"\r\n", b"")
    for each in file.split(b"\r\n"):
        each.decode()
    if readable:
        assert value(known, "DESCRIPTION") == readable


@given(st.text())
def test_no_name_makes_a_line_of_its_own(name: str) -> None:
    file = render_ics(replace(KNOWN, customer=name, description="BEGIN:VALARM\r\nX:\rY"))
    assert [each for each in lines(file) if each.startswith(("BEGIN", "X", "Y"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
    ]
