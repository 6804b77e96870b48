"""Calendar feeds: the right meetings from each product, and one refusal for hostile ones."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import thread_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.calendars import FeedContents, Meeting, Venue
from bot.errors import FeedRefused
from bot.intake.calendars.reader import read
from tests.intake.hostile_feeds import (
    FEED_FOOT,
    FEED_HEAD,
    HOSTILE,
    WHO,
    HostileFeed,
    calendar,
    event,
)
from tests.times import T

HIDDEN = "\u202e\u200b"
FEEDS = Path(__file__).parent / "feeds"
ADA = "ada@example.com"
MARA, OTTO = "mara@brightwater.example", "otto@fernleigh.example"
BERLIN = ZoneInfo("Europe/Berlin")


def reading(chunks: Iterable[bytes], zone: str = "Europe/Berlin") -> FeedContents:
    """Read what a feed holds in the sixty days from yesterday on, for Ada."""
    return read(chunks, T(days=-1), T(days=60), zone, ADA)


def meetings(chunks: Iterable[bytes], zone: str = "Europe/Berlin") -> list[Meeting]:
    return sorted(reading(chunks, zone).meetings, key=lambda each: f"{each.starts}")


def made_by(maker: str) -> dict[str, list[Meeting]]:
    """Read a product's feed; return its meetings by the end of their ids."""
    found: dict[str, list[Meeting]] = {}
    for each in meetings([(FEEDS / f"{maker}.ics").read_bytes()]):
        found.setdefault(each.uid, []).append(each)
    return found


def when(meeting: Meeting) -> str:
    """Return when a meeting begins, in Berlin's time."""
    at = meeting.starts
    return f"{at.astimezone(BERLIN):%d %b %H:%M}" if isinstance(at, datetime) else f"{at:%d %b}"


def test_google_single_meetings_name_who_takes_part_but_no_rooms() -> None:
    (single,) = made_by("google")["g-single@google.com"]
    assert single.emails == {MARA}
    assert (single.starts, single.ends) == (T(days=3, hours=-3), T(days=3, hours=-2))
    assert single.venue is Venue.VIDEO


def test_google_moved_excluded_and_declined_instances_are_told_apart() -> None:
    weekly = made_by("google")["g-weekly@google.com"]
    assert [when(each) for each in weekly] == [
        "02 Mar 14:00",
        # Not the 9th, which was removed; the 16th takes place on the 17th.
        "17 Mar 16:00",
        "23 Mar 14:00",
        # Summer time has begun.
        "30 Mar 14:00",
        "06 Apr 14:00",
        "13 Apr 14:00",
        "20 Apr 14:00",
        "27 Apr 14:00",
    ]
    assert [when(each) for each in weekly if not each.takes_place] == ["23 Mar 14:00"]
    assert weekly[0].venue is Venue.IN_PERSON
    assert len({each.key for each in weekly}) == 8


def test_google_all_day_meetings_have_dates_and_what_is_private_or_past_is_not_read() -> None:
    google = made_by("google")
    (all_day,) = google["g-allday@google.com"]
    assert (when(all_day), all_day.ends_at, all_day.minutes) == ("26 Mar", None, None)
    assert google.keys() == {"g-single@google.com", "g-weekly@google.com", "g-allday@google.com"}


def test_outlook_names_zones_as_windows_does_or_tells_them_by_their_offsets() -> None:
    outlook = {uid[-4:]: found for uid, found in made_by("outlook").items()}
    assert [when(each) for each in outlook["AAAA"]] == ["05 Mar 14:00"]
    assert outlook["AAAA"][0].venue is Venue.VIDEO
    # In New York summer time has begun, in Berlin it hasn't.
    assert [when(each) for each in outlook["DDDD"]] == ["12 Mar 15:00"]
    assert outlook["DDDD"][0].venue is Venue.UNKNOWN


def test_outlook_days_from_midnight_to_midnight_and_cancelled_meetings_are_seen() -> None:
    outlook = {uid[-4:]: found for uid, found in made_by("outlook").items()}
    assert [when(each) for each in outlook["BBBB"]] == ["10 Mar"]
    assert [each.takes_place for each in outlook["CCCC"]] == [False]


def test_apple_hides_addresses_behind_its_own_and_moves_one_of_three() -> None:
    (found,) = made_by("apple").values()
    assert [when(each) for each in found] == ["04 Mar 14:30", "19 Mar 10:00", "01 Apr 14:30"]
    assert {each.emails for each in found} == {frozenset({MARA})}


def test_fastmail_gives_a_duration_and_a_conference() -> None:
    (found,) = made_by("fastmail").values()
    assert [(when(each), each.minutes, each.venue) for each in found] == [
        ("06 Mar 10:30", 45, Venue.VIDEO)
    ]
    assert found[0].emails == {OTTO, MARA}


def test_nextcloud_times_without_a_zone_that_anybody_knows_are_the_pms() -> None:
    found = made_by("nextcloud")
    assert [when(*found[uid]) for uid in ("nc-float", "nc-unknown", "nc-nowhere")] == [
        "09 Mar 10:00",
        "10 Mar 10:00",
        "11 Mar 10:00",
    ]
    assert [when(each) for each in found["nc-rdates"]] == ["12 Mar 09:00", "20 Mar 09:00"]


def test_a_feed_that_names_its_zone_means_it_where_none_is_given() -> None:
    floating = event(when="DTSTART:20260309T100000\r\nDURATION:PT1H\r\n")
    (found,) = meetings(calendar("X-WR-TIMEZONE:Asia/Tokyo\r\n", floating))
    assert found.starts == datetime(2026, 3, 9, 1, tzinfo=UTC)
    (at_home,) = meetings(calendar(floating), zone="America/New_York")
    assert at_home.starts == datetime(2026, 3, 9, 14, tzinfo=UTC)


def test_proton_series_keep_their_hour_over_the_change_of_clocks() -> None:
    found = made_by("proton")
    assert [when(each) for each in found["proton-1@proton.me"]] == ["27 Mar 09:00", "03 Apr 09:00"]
    # In UTC, in a feed that names its zone: at that zone's hour.
    assert [when(each) for each in found["proton-2@proton.me"]] == ["25 Mar 09:00", "01 Apr 09:00"]


def test_what_is_by_utc_stays_so_in_a_feed_without_a_zone() -> None:
    weekly = event(
        "RRULE:FREQ=WEEKLY;COUNT=2", when="DTSTART:20260325T080000Z\r\nDURATION:PT1H\r\n"
    )
    assert [when(each) for each in meetings(calendar(weekly))] == ["25 Mar 09:00", "01 Apr 10:00"]


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("20260323T235959Z", "23 Mar"),
        ("20260323", "23 Mar"),
        # New York's local time, when it is 14:00 in UTC.
        ("20260323T100000", "23 Mar"),
        ("20260323T095959", "16 Mar"),
        ("20260322", "16 Mar"),
    ],
)
def test_a_series_ends_on_the_day_that_is_said(end: str, last: str) -> None:
    when_new_york = "DTSTART;TZID=America/New_York:20260309T100000\r\nDURATION:PT1H\r\n"
    series = event(f"RRULE:FREQ=WEEKLY;UNTIL={end}", when=when_new_york)
    assert when(meetings(calendar(series))[-1])[:6] == last
    day = event(f"RRULE:FREQ=WEEKLY;UNTIL={end}", when="DTSTART;VALUE=DATE:20260309\r\n")
    assert when(meetings(calendar(day))[-1]) == f"{'23' if end >= '20260323' else '16'} Mar"


def test_a_moved_meeting_keeps_its_key_and_another_instance_has_another() -> None:
    (before,) = meetings(calendar(event()))
    (after,) = meetings(calendar(event(when="DTSTART:20260312T100000Z\r\nDURATION:PT1H\r\n")))
    assert before.key == after.key
    assert before.starts != after.starts
    (other,) = meetings(calendar(event(uid=2)))
    assert other.key != before.key


def test_whoever_has_declined_is_not_there() -> None:
    no = WHO.replace("ACCEPTED", "DECLINED")
    assert meetings(calendar(event(who=no))) == []
    other = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:otto@fernleigh.example\r\n"
    (found,) = meetings(calendar(event(who=no + other)))
    assert found.emails == {OTTO}


def test_an_instance_that_is_moved_out_of_sight_or_into_it_is_followed() -> None:
    series = event("RRULE:FREQ=WEEKLY")
    away = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260316T100000",
        when="DTSTART:20260901T100000Z\r\nDURATION:PT1H\r\n",
    )
    here = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260907T100000",
        when="DTSTART:20260318T100000Z\r\nDURATION:PT1H\r\n",
    )
    found = [when(each)[:6] for each in meetings(calendar(series, away, here))]
    assert found[:3] == ["09 Mar", "18 Mar", "23 Mar"]


def test_zones_that_windows_names_need_not_be_told_about() -> None:
    in_tokyo = "DTSTART;TZID=Tokyo Standard Time:20260309T180000\r\nDURATION:PT1H\r\n"
    assert [when(each) for each in meetings(calendar(event(when=in_tokyo)))] == ["09 Mar 10:00"]


def test_of_two_versions_of_a_meeting_the_later_counts() -> None:
    old = event("SEQUENCE:1", when="DTSTART:20260310T100000Z\r\nDURATION:PT1H\r\n")
    new = event("SEQUENCE:2", when="DTSTART:20260311T100000Z\r\nDURATION:PT1H\r\n")
    assert [when(each) for each in meetings(calendar(new, old))] == ["11 Mar 11:00"]


def test_a_cancelled_instance_is_told_and_the_others_stay() -> None:
    series = event("RRULE:FREQ=WEEKLY;COUNT=2")
    gone = event("RECURRENCE-ID;TZID=Europe/Berlin:20260316T100000", "STATUS:CANCELLED")
    found = meetings(calendar(series, gone))
    assert sorted((each.recurrence[:10], each.cancelled) for each in found) == [
        ("2026-03-09", False),
        ("2026-03-16", True),
    ]


def test_a_calendar_that_names_nobody_says_so() -> None:
    assert reading(calendar(event(who=""))).has_no_attendees
    assert not reading(calendar(event(who=""), event(uid=2))).has_no_attendees
    assert not reading(calendar()).has_no_attendees


def test_a_meeting_of_weeks_is_none() -> None:
    assert meetings(calendar(event(when="DTSTART:20260309T100000Z\r\nDURATION:P3W\r\n"))) == []


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_a_feed_holds_it_gives_meetings_or_is_refused_in_time(
    hostile: HostileFeed,
) -> None:
    before = thread_time()
    fault, found = None, FeedContents(())
    try:
        found = reading(hostile.chunks())
    except FeedRefused as refused:
        fault = refused.fault
    # The time to build fifty megabytes is counted too.
    assert thread_time() - before < 4
    told = fault, len(found.meetings), found.skipped
    assert told == (hostile.fault, hostile.meetings, hostile.left_out)


LINES = st.sampled_from(
    [
        *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
        *("UID", "SEQUENCE", "ATTENDEE", "STATUS", "BEGIN", "END", "X-WR-TIMEZONE", "TZID"),
    ]
)
VALUES = st.sampled_from(
    [
        *("20260309T100000Z", "20260309", "00010101T000000", "99991231T235959Z", "20261399"),
        *("20260309T256199", "P1D", "PT0S", "-P1D", "P999W", "FREQ=DAILY", "FREQ=WEEKLY;UNTIL=x"),
        *("FREQ=MONTHLY;BYDAY=-1MO", "FREQ=DAILY;COUNT=0", "FREQ=YEARLY;UNTIL=20270101"),
        *("1", "VEVENT", "VALARM", "CANCELLED", "mailto:mara@brightwater.example", "²", "\r", ","),
        *("20260310T100000Z/PT1H", "20260310T100000Z/x", "Europe/Berlin", "../../etc", ""),
    ]
)
PARAMETERS = st.sampled_from(
    ["", ";TZID=Europe/Berlin", ";TZID=Nowhere", ";VALUE=DATE", ';X="', ";RANGE=THISANDFUTURE"]
)
EVENT = st.lists(st.tuples(LINES, PARAMETERS, VALUES), max_size=8)


@settings(deadline=None, max_examples=150)
@given(st.lists(EVENT, max_size=3))
def test_no_lines_make_the_reader_raise_anything_but_its_refusal(
    found: list[list[tuple[str, str, str]]],
) -> None:
    events = (
        event(*(f"{name}{parameters}:{value}" for name, parameters, value in lines))
        for lines in found
    )
    expect_no_other_error(calendar(*events))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=400), st.integers(1, 7))
def test_no_bytes_make_the_reader_raise_anything_but_its_refusal(junk: bytes, size: int) -> None:
    text = (
        FEED_HEAD.encode() + b"BEGIN:VEVENT\r\n" + junk + b"\r\nEND:VEVENT\r\n" + FEED_FOOT.encode()
    )
    expect_no_other_error([text[start : start + size] for start in range(0, len(text), size)])
    expect_no_other_error([junk])


def expect_no_other_error(chunks: Iterable[bytes]) -> None:
    with suppress(FeedRefused):
        found = reading(chunks).meetings
        assert all(str(each.starts) <= str(T(days=75)) for each in found)


def test_invisible_characters_in_an_address_are_left_out() -> None:
    who = WHO.replace("mara@", f"mara{HIDDEN}@")
    [meeting] = meetings(calendar(event(who=who)))
    assert meeting.emails == {MARA}
