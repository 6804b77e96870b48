"""Calendars: meetings with known customers become visits, and follow what the feed says."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import Connection, event, select

from bot.db.calendars import feeds
from bot.db.staff import pms
from bot.db.tables.calendars import feeds as feeds_table
from bot.db.tables.calendars import meetings as meetings_table
from bot.db.tables.columns import metadata
from bot.db.visits import queries as visits
from bot.domain.calendars import FeedChange, FeedFault
from bot.domain.customers import Stage
from bot.domain.debriefs.rules import Draft, FormSession
from bot.domain.visits.rules import VisitKind
from bot.errors import VisitFollowsCalendar
from bot.operations.calendars import feeds as calendars
from bot.operations.debriefs import recording as debriefs
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import pms as pm_operations
from bot.operations.visits import plans
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import ManualClock
from tests.operations.operations_fixture import SECRET_KEY, BotWorkspace, open_workspace
from tests.support.calendar_server import LOOPBACK, NAME, CalendarServer, calendar_server
from tests.support.counted_writes import counted_writes
from tests.times import T0, T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MARA, OTTO = "mara@brightwater.example", "otto@fernleigh.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with calendar_server() as served:
        yield served


@pytest.fixture
def workspace(
    slack: Sandbox, clock: ManualClock, database: str, server: CalendarServer
) -> Iterator[BotWorkspace]:
    """Yield a workspace that fetches from the server; no unexpected message may be left."""
    opened = open_workspace(slack, clock, database, server.network())
    yield opened
    opened.services.engine.dispose()
    slack.assert_nothing_else()


@dataclass
class CalendarOfPm:
    """A PM's calendar, as its product serves it: meetings by their id."""

    workspace: BotWorkspace
    server: CalendarServer
    pm: Person
    meetings: dict[str, str] = field(default_factory=dict)

    def add_meeting(self, uid: str, begins: str, *lines: str, who: str = MARA) -> None:
        """Add a meeting of an hour, in Berlin's time, with some more lines."""
        more = [f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{each}" for each in who.split()]
        when = [f"DTSTART;TZID=Europe/Berlin:{begins}", "DURATION:PT1H"]
        if len(begins) == 8:
            when = [f"DTSTART;VALUE=DATE:{begins}"]
        event = ["BEGIN:VEVENT", f"UID:{uid}", *when, *more, *lines, "END:VEVENT"]
        self.meetings[uid] = "\r\n".join(event)

    def read_at(self, at: datetime) -> list[tuple[str, str]]:
        """Serve it, tick the clock, and return the PM's visits: dates and states."""
        parts = ["BEGIN:VCALENDAR", "VERSION:2.0", *self.meetings.values(), "END:VCALENDAR", ""]
        self.server.serve("\r\n".join(parts).encode())
        self.tick_at(at)
        return [(f"{each.on:%d %b}", str(each.state)) for each in self.visits()]

    def tick_at(self, at: datetime) -> None:
        self.workspace.clock.at = at
        calendars.poll(self.workspace.services, self.workspace.workspace_id, at)

    def visits(self) -> list[visits.Visit]:
        with self.workspace.services.reading(self.workspace.workspace_id) as tx:
            rows = tx.run(tx.select(visits.visits).order_by(visits.visits.c.id))
            found = [visits.get(tx, row.id) for row in rows if row.pm_id == self.pm.id]
        return [each for each in found if each]

    def stored_visits(self) -> feeds.StoredFeed:
        with self.workspace.services.reading(self.workspace.workspace_id) as tx:
            found = feeds.get(tx, self.pm.id)
        assert found is not None
        return found

    def connect(self, path: str = "/ada.ics") -> None:
        wanted = FeedChange(self.server.address(path), disconnect=False)
        actor = self.workspace.actor(self.pm)
        assert calendars.change(self.workspace.services, actor, wanted, self.workspace.clock.at)


@pytest.fixture
def pm_calendar(workspace: BotWorkspace, server: CalendarServer) -> CalendarOfPm:
    """Connect Ada's calendar at noon; add two customers and their people."""
    mill = workspace.add_customer("Brightwater Mill", domain="brightwater.example")
    workspace.add_person(mill, "Mara Lind", email=MARA)
    workspace.add_customer("Fernleigh Post", domain="fernleigh.example")
    pm_calendar = CalendarOfPm(workspace, server, workspace.add_pm("Ada"))
    pm_calendar.connect()
    return pm_calendar


@EVERY_DATABASE
def test_a_meeting_with_a_known_person_becomes_a_visit(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000", "LOCATION:Mill Lane 1")
    assert pm_calendar.read_at(T0) == [("06 Mar", "booked")]
    (visit,) = pm_calendar.visits()
    assert (visit.kind, visit.minutes) == (VisitKind.ON_SITE, 60)
    assert visit.ends_at == in_berlin(4, 11, 0)


def test_a_domain_is_enough_and_strangers_and_colleagues_are_none(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.workspace.slack.add_user("Bo")
    pm_calendar.workspace.add_customer("House", domain="example.com")
    pm_calendar.add_meeting("1", "20260306T100000", who="new@fernleigh.example")
    pm_calendar.add_meeting("2", "20260309T100000", who="nobody@unknown.example bo@example.com")
    pm_calendar.add_meeting("3", "20260310T100000", who="ada@example.com someone@gmail.com")
    assert pm_calendar.read_at(T0) == [("06 Mar", "booked")]


def test_internal_customers_are_seen_by_those_who_are_known_alone(
    pm_calendar: CalendarOfPm,
) -> None:
    sales = pm_calendar.workspace.add_customer("Sales", Stage.INTERNAL, domain="sales.example")
    pm_calendar.workspace.add_person(sales, "Lea", email="lea@sales.example")
    pm_calendar.add_meeting("1", "20260306T100000", who="max@sales.example")
    pm_calendar.add_meeting("2", "20260309T100000", who="lea@sales.example")
    assert pm_calendar.read_at(T0) == [("09 Mar", "booked")]


def test_several_customers_in_one_meeting_are_a_visit_each(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000", who=f"{MARA} {OTTO} jo@brightwater.example")
    assert pm_calendar.read_at(T0) == [("06 Mar", "booked")] * 2
    assert len({each.customer_id for each in pm_calendar.visits()}) == 2


def test_how_those_in_it_meet_is_told_by_what_it_says(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000", "DESCRIPTION:Join https://acme.zoom.us/j/1")
    pm_calendar.add_meeting("2", "20260309T100000")
    pm_calendar.add_meeting("3", "20260310", "LOCATION:Mill Lane 1")
    pm_calendar.read_at(T0)
    kinds = [(each.kind, each.minutes, each.ends_at is None) for each in pm_calendar.visits()]
    assert kinds == [
        (VisitKind.VIDEO, 60, False),
        (VisitKind.PHONE, 60, False),
        (VisitKind.ON_SITE, None, True),
    ]


@EVERY_DATABASE
def test_a_meeting_that_moves_moves_its_visit_to_and_fro(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    pm_calendar.add_meeting("1", "20260312T150000")
    assert pm_calendar.read_at(T(hours=1)) == [("12 Mar", "booked")]
    assert pm_calendar.visits()[0].ends_at == in_berlin(10, 16, 0)
    pm_calendar.add_meeting("1", "20260306T100000")
    assert pm_calendar.read_at(T(hours=2)) == [("06 Mar", "booked")]


@EVERY_DATABASE
@pytest.mark.parametrize("how", ["cancelled", "declined", "gone", "without them"])
def test_a_meeting_that_is_off_calls_its_visit_off_and_on_again(
    pm_calendar: CalendarOfPm, how: str
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    before = pm_calendar.meetings["1"]
    pm_calendar.read_at(T0)
    if how == "cancelled":
        pm_calendar.add_meeting("1", "20260306T100000", "STATUS:CANCELLED")
    elif how == "declined":
        pm_calendar.add_meeting(
            "1", "20260306T100000", "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com"
        )
    elif how == "gone":
        del pm_calendar.meetings["1"]
    else:
        pm_calendar.add_meeting("1", "20260306T100000", who="max@unknown.example")
    assert pm_calendar.read_at(T(hours=1)) == [("06 Mar", "called_off")]
    pm_calendar.meetings["1"] = before
    assert pm_calendar.read_at(T(hours=2)) == [("06 Mar", "booked")]
    assert len(pm_calendar.visits()) == 1


def test_a_meeting_that_was_moved_out_of_sight_is_off_until_it_comes_near(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    pm_calendar.add_meeting("1", "20260612T100000")
    assert pm_calendar.read_at(T(hours=1)) == [("06 Mar", "called_off")]
    assert pm_calendar.read_at(T(days=50)) == [("12 Jun", "booked")]


def test_a_visit_that_was_held_is_never_touched_nor_made_again(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260303T100000")
    pm_calendar.read_at(T0)
    now = pm_calendar.workspace.clock.at = in_berlin(1, 12)
    mill = pm_calendar.visits()[0].customer_id
    # Described as a day off, as people do.
    draft = Draft(mill, date(2026, 3, 3), "They print it.")
    debriefs.record(
        pm_calendar.workspace.services,
        pm_calendar.workspace.actor(pm_calendar.pm),
        draft,
        FormSession("k"),
        now,
    )
    assert pm_calendar.read_at(now + HOUR) == [("03 Mar", "held")]
    pm_calendar.add_meeting("1", "20260303T140000", "STATUS:CANCELLED")
    assert pm_calendar.read_at(now + 2 * HOUR) == [("03 Mar", "held")]
    pm_calendar.meetings.clear()
    assert pm_calendar.read_at(now + 3 * HOUR) == [("03 Mar", "held")]


def test_a_debrief_with_another_date_makes_no_second_visit(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260303T100000")
    pm_calendar.read_at(T0)
    now = pm_calendar.workspace.clock.at = in_berlin(2, 9)
    mill = pm_calendar.visits()[0].customer_id
    draft = Draft(mill, date(2026, 3, 4), "They print it.")
    debriefs.record(
        pm_calendar.workspace.services,
        pm_calendar.workspace.actor(pm_calendar.pm),
        draft,
        FormSession("k"),
        now,
    )
    assert pm_calendar.read_at(now + HOUR) == [("04 Mar", "held")]


def test_a_debrief_is_of_the_last_meeting_and_not_of_one_before_it(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260303T100000", "RRULE:FREQ=WEEKLY;COUNT=2")
    pm_calendar.read_at(T0)
    now = pm_calendar.workspace.clock.at = in_berlin(8, 12)
    draft = Draft(pm_calendar.visits()[0].customer_id, date(2026, 3, 10), "They print it.")
    debriefs.record(
        pm_calendar.workspace.services,
        pm_calendar.workspace.actor(pm_calendar.pm),
        draft,
        FormSession("k"),
        now,
    )
    assert pm_calendar.read_at(now + HOUR) == [("03 Mar", "booked"), ("10 Mar", "held")]


def test_what_the_pm_has_planned_is_not_doubled(pm_calendar: CalendarOfPm) -> None:
    mill = pm_calendar.workspace.add_customer("Harrow Tiles", domain="harrow.example")
    pm_calendar.workspace.add_booked_visit(pm_calendar.pm, mill, date(2026, 3, 6))
    pm_calendar.add_meeting("1", "20260306T100000", who="ines@harrow.example")
    pm_calendar.add_meeting("2", "20260309T100000", who="ines@harrow.example")
    pm_calendar.add_meeting("3", "20260309T150000", who="ines@harrow.example")
    assert pm_calendar.read_at(T0) == [("06 Mar", "booked"), ("09 Mar", "booked")]


def test_what_was_planned_anew_while_a_meeting_was_off_is_not_doubled(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260309T100000")
    pm_calendar.read_at(T0)
    before = pm_calendar.meetings.pop("1")
    pm_calendar.read_at(T(hours=1))
    pm_calendar.workspace.add_booked_visit(
        pm_calendar.pm, pm_calendar.visits()[0].customer_id, date(2026, 3, 9)
    )
    pm_calendar.meetings["1"] = before
    assert pm_calendar.read_at(T(hours=2)) == [("09 Mar", "called_off"), ("09 Mar", "booked")]


def test_of_two_on_one_day_the_other_stays_when_the_first_goes(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260309T100000")
    pm_calendar.add_meeting("2", "20260309T150000")
    pm_calendar.read_at(T0)
    pm_calendar.add_meeting("1", "20260309T100000", "STATUS:CANCELLED")
    assert pm_calendar.read_at(T(hours=1)) == [("09 Mar", "called_off"), ("09 Mar", "booked")]


def test_nothing_that_was_over_before_the_calendar_was_connected_is_a_visit(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260302T100000")
    pm_calendar.add_meeting("2", "20260301")
    pm_calendar.add_meeting("3", "20260302T123000")
    pm_calendar.add_meeting("4", "20260305T100000", "RRULE:FREQ=WEEKLY;COUNT=2")
    assert pm_calendar.read_at(T0) == [
        ("02 Mar", "booked"),
        ("05 Mar", "booked"),
        ("12 Mar", "booked"),
    ]


def test_what_has_taken_place_stays_when_the_feed_lets_go_of_it(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260303T100000")
    pm_calendar.read_at(T0)
    pm_calendar.meetings.clear()
    assert pm_calendar.read_at(in_berlin(1, 12)) == [("03 Mar", "booked")]


def test_a_meeting_of_two_pms_is_a_visit_of_each(pm_calendar: CalendarOfPm) -> None:
    bo = CalendarOfPm(
        pm_calendar.workspace,
        pm_calendar.server,
        pm_calendar.workspace.add_pm("Bo"),
        pm_calendar.meetings,
    )
    bo.connect()
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    assert [len(each.visits()) for each in (pm_calendar, bo)] == [1, 1]


# Nudges and briefs


@EVERY_DATABASE
def test_a_visit_that_is_called_off_silences_no_longer(pm_calendar: CalendarOfPm) -> None:
    workspace = pm_calendar.workspace
    pm_calendar.add_meeting("1", "20260320T100000")
    pm_calendar.read_at(T0)
    # Due on the 16th, and held until the 20th is over and its debrief no longer asked for.
    nudges.enqueue_due(workspace.services, workspace.workspace_id, in_berlin(14))
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert pms.get(tx, pm_calendar.pm.id).next_nudge.on == date(2026, 3, 26)
    pm_calendar.meetings.clear()
    pm_calendar.read_at(in_berlin(15, 8))
    workspace.tick_at(in_berlin(15, 8, 1))
    workspace.tick_at(in_berlin(15))
    workspace.slack.expect_message(to=pm_calendar.pm, containing="due")


def test_a_visit_silences_nudges_from_the_moment_it_is_found(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260320T100000")
    pm_calendar.read_at(T0)
    pm_calendar.workspace.tick_at(in_berlin(14))
    pm_calendar.workspace.tick_at(in_berlin(15))
    pm_calendar.workspace.slack.assert_nothing_else()


def test_the_brief_comes_before_the_day_to_which_a_meeting_was_moved(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    pm_calendar.add_meeting("1", "20260312T100000")
    pm_calendar.read_at(T(hours=1))
    for day in (3, 8):
        pm_calendar.workspace.tick_at(in_berlin(day))
    pm_calendar.workspace.tick_at(in_berlin(9))
    pm_calendar.workspace.slack.expect_message(to=pm_calendar.pm, containing="on Thursday 12 March")
    pm_calendar.workspace.tick_at(in_berlin(10))
    pm_calendar.workspace.slack.assert_nothing_else()


def test_there_is_no_brief_for_what_was_called_off(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    pm_calendar.meetings.clear()
    pm_calendar.read_at(T(hours=1))
    pm_calendar.workspace.tick_at(in_berlin(3))
    pm_calendar.workspace.slack.assert_nothing_else()


# Fetching


def test_it_is_asked_for_each_half_hour_and_what_has_not_changed_is_not_sent(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    pm_calendar.server.pages.clear()
    body = "\r\n".join(["BEGIN:VCALENDAR", pm_calendar.meetings["1"], "END:VCALENDAR", ""]).encode()
    pm_calendar.server.serve(body, ETag='"one"')
    for minutes in range(1, 100):
        pm_calendar.tick_at(T(minutes=minutes))
    statuses = [headers.get("If-None-Match") for _, headers in pm_calendar.server.requests]
    assert statuses[:3] == [None, None, '"one"']
    assert len(statuses) in (3, 4)
    assert pm_calendar.stored_visits().fault is None
    # Days pass, so the whole feed is read a few times a day.
    pm_calendar.tick_at(T(hours=9))
    assert pm_calendar.server.requests[-1][1].get("If-None-Match") is None


@EVERY_DATABASE
def test_copies_of_the_process_do_not_ask_for_the_same_one(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    for number in range(12):
        CalendarOfPm(
            pm_calendar.workspace, pm_calendar.server, pm_calendar.workspace.add_pm(f"P{number}")
        ).connect()
    pm_calendar.server.serve(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    threads = [threading.Thread(target=pm_calendar.tick_at, args=[T0]) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(pm_calendar.server.requests) == 13


def test_an_answer_to_an_address_that_was_changed_meanwhile_counts_for_nothing(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")

    def page(handler: object) -> None:
        pm_calendar.connect("/other.ics")
        served(handler)

    pm_calendar.read_at(T(days=-1))
    served = pm_calendar.server.pages["/ada.ics"]
    pm_calendar.server.pages["/ada.ics"] = page
    pm_calendar.tick_at(T0)
    assert pm_calendar.visits() == []
    assert pm_calendar.stored_visits().checked_at is None


def test_a_lost_address_is_told_of_once_and_shown_until_it_works(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.tick_at(T0)
    assert pm_calendar.stored_visits().fault is FeedFault.NOT_FOUND
    pm_calendar.workspace.tick_at(T0)
    pm_calendar.workspace.slack.expect_message(
        to=pm_calendar.pm, containing=f"your calendar at {NAME}. It is not"
    )
    for hours in range(1, 72, 6):
        pm_calendar.workspace.tick_at(T(hours=hours))
    pm_calendar.add_meeting("1", "20260316T100000")
    pm_calendar.read_at(T(hours=80))
    assert (pm_calendar.stored_visits().fault, pm_calendar.stored_visits().failures) == (None, 0)
    pm_calendar.server.pages.clear()
    # Unavailable again: that is another message.
    for minutes in range(2):
        pm_calendar.workspace.tick_at(T(hours=93, minutes=minutes))
    pm_calendar.workspace.slack.expect_message(to=pm_calendar.pm, containing=NAME)


def test_a_server_that_stumbles_is_told_of_after_a_day_only(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.server.serve(b"", status=500)
    for hours in range(0, 24, 2):
        pm_calendar.workspace.tick_at(T(hours=hours))
    assert pm_calendar.stored_visits().fault is FeedFault.HTTP_ERROR
    assert pm_calendar.workspace.messages(pm_calendar.pm) == []
    # Fetched less and less often.
    assert len(pm_calendar.server.requests) < 12
    pm_calendar.workspace.tick_at(T(hours=32))
    pm_calendar.workspace.tick_at(in_berlin(2))
    pm_calendar.workspace.slack.expect_message(
        to=pm_calendar.pm, containing="The answer is an error."
    )


def test_what_is_told_is_withdrawn_when_it_works_again_before_the_hour(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.tick_at(in_berlin(0, 20))
    pm_calendar.add_meeting("1", "20260316T100000")
    pm_calendar.read_at(in_berlin(1, 5))
    pm_calendar.workspace.tick_at(in_berlin(1))
    pm_calendar.workspace.slack.assert_nothing_else()


def test_a_calendar_that_names_nobody_is_shown_to_and_is_no_failure(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000", who="")
    pm_calendar.read_at(T0)
    assert (pm_calendar.stored_visits().fault, pm_calendar.stored_visits().failures) == (
        FeedFault.NO_ATTENDEES,
        0,
    )
    pm_calendar.workspace.tick_at(T(days=3))
    pm_calendar.workspace.slack.assert_nothing_else()


def test_what_cannot_be_followed_is_counted(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000", "RRULE:FREQ=SECONDLY;COUNT=1000000000")
    pm_calendar.read_at(T0)
    assert pm_calendar.stored_visits().skipped == 1
    assert pm_calendar.visits() == []


# Secrets


def test_the_address_is_kept_encrypted_and_nothing_of_a_meeting_is_kept(
    pm_calendar: CalendarOfPm, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    pm_calendar.add_meeting("uid-hunter1", "20260306T100000", "SUMMARY:hunter2", "LOCATION:hunter3")
    pm_calendar.add_meeting(
        "uid-hunter4", "20260309T100000", "SUMMARY:hunter5", who="hunter6@unknown.example"
    )
    pm_calendar.connect("/hunter7.ics")
    pm_calendar.server.pages["/hunter7.ics"] = lambda handler: pm_calendar.server.pages["/ada.ics"](
        handler
    )
    assert pm_calendar.read_at(T0) == [("06 Mar", "booked")]
    with pm_calendar.workspace.services.engine.connect() as connection:
        rows = [
            repr(row)
            for table in metadata.tables.values()
            for row in connection.execute(table.select())
        ]
    assert not [row for row in rows if "hunter" in row]
    assert "hunter" not in caplog.text + capsys.readouterr().err


def test_a_key_is_changed_by_putting_another_before_it(
    pm_calendar: CalendarOfPm,
    slack: Sandbox,
    clock: ManualClock,
    database: str,
    server: CalendarServer,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    before = pm_calendar.stored_visits().address
    new = Fernet.generate_key().decode()
    both = SecretStr(f"{new}, {SECRET_KEY}")
    rotated = open_workspace(slack, clock, database, server.network(), nihito_secret_key=both)
    assert CalendarOfPm(rotated, server, pm_calendar.pm, pm_calendar.meetings).read_at(T0) == [
        ("06 Mar", "booked")
    ]
    assert pm_calendar.stored_visits().address != before
    assert Fernet(new).decrypt(pm_calendar.stored_visits().address).decode() == server.address()
    rotated.services.engine.dispose()


def test_without_its_key_a_calendar_waits_and_says_so(
    pm_calendar: CalendarOfPm,
    slack: Sandbox,
    clock: ManualClock,
    database: str,
    server: CalendarServer,
) -> None:
    other = SecretStr(Fernet.generate_key().decode())
    lost = open_workspace(slack, clock, database, server.network(), nihito_secret_key=other)
    calendars.poll(lost.services, lost.workspace_id, T0)
    assert pm_calendar.stored_visits().fault is FeedFault.NOT_DECRYPTABLE
    none = open_workspace(slack, clock, database, server.network(), nihito_secret_key=SecretStr(""))
    calendars.poll(none.services, none.workspace_id, T(days=1))
    assert not calendars.is_available(none.services)
    for each in (lost, none):
        each.services.engine.dispose()


# Leaving


def test_whoever_leaves_or_disconnects_is_not_asked_for_and_keeps_their_visits(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    actor = pm_calendar.workspace.actor(pm_calendar.pm)
    services = pm_calendar.workspace.services
    assert calendars.change(services, actor, FeedChange("", disconnect=True), T0)
    assert not calendars.change(services, actor, FeedChange("", disconnect=True), T0)
    pm_calendar.meetings.clear()
    assert pm_calendar.read_at(T(days=1)) == [("06 Mar", "booked")]
    pm_calendar.connect()
    pm_operations.leave(services, actor)
    with services.engine.connect() as connection:
        assert connection.execute(select(feeds_table)).all() == []
        assert len(connection.execute(select(meetings_table)).all()) == 1


def test_who_connects_again_does_not_get_their_visits_twice(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260306T100000")
    pm_calendar.read_at(T0)
    pm_calendar.connect()
    pm_calendar.add_meeting("1", "20260309T100000")
    assert pm_calendar.read_at(T(hours=1)) == [("09 Mar", "booked")]


def test_one_calendar_that_trips_us_up_does_not_keep_the_others_waiting(
    workspace: BotWorkspace, server: CalendarServer
) -> None:
    def is_open(ip: object) -> bool:
        if ip != LOOPBACK:
            raise RuntimeError("ours")
        return True

    numbers = {"odd.example": ["127.0.0.2"], NAME: ["127.0.0.1"]}
    ways = server.network(is_public=is_open, resolve=lambda name, _port: numbers[name])
    server.serve(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    for name in numbers:
        wanted = FeedChange(server.address(name=name), disconnect=False)
        calendars.change(workspace.services, workspace.actor(workspace.add_pm(name)), wanted, T0)
    calendars.poll(replace(workspace.services, network=ways), workspace.workspace_id, T0)
    assert [path for path, _ in server.requests] == ["/ada.ics"]


def test_a_dry_run_asks_for_nothing(pm_calendar: CalendarOfPm) -> None:
    calendars.poll(pm_calendar.workspace.services.dry_run(), pm_calendar.workspace.workspace_id, T0)
    assert pm_calendar.server.requests == []


@EVERY_DATABASE
def test_many_meetings_become_visits_in_parts(pm_calendar: CalendarOfPm) -> None:
    for day in range(3, 28):
        pm_calendar.add_meeting(str(day), f"202603{day:02}T100000")
    with counted_writes(pm_calendar.workspace.services.engine) as found:
        assert len(pm_calendar.read_at(T0)) == 25
    assert sum(found) > 200 > max(found)


@EVERY_DATABASE
def test_a_calendar_that_is_replaced_while_it_is_read_makes_no_visits(
    pm_calendar: CalendarOfPm,
) -> None:
    engine, readings = pm_calendar.workspace.services.engine, 0

    def replace_it(connection: Connection) -> None:
        nonlocal readings
        readings += bool(connection.get_execution_options().get("reading"))
        # The first reading finds the PM, the second what is to change.
        if readings == 2:
            readings += 1
            pm_calendar.connect("/other.ics")

    pm_calendar.add_meeting("1", "20260310T100000")
    event.listen(engine, "commit", replace_it)
    assert pm_calendar.read_at(T0) == []
    assert readings > 2


def test_a_talk_to_very_many_customers_is_no_visit(pm_calendar: CalendarOfPm) -> None:
    for number in range(6):
        pm_calendar.workspace.add_customer(f"Guest {number}", domain=f"guest{number}.example")
    guests = " ".join(f"jo@guest{number}.example" for number in range(6))
    pm_calendar.add_meeting("1", "20260306T100000", who=guests)
    pm_calendar.add_meeting("2", "20260309T100000", who=" ".join(guests.split()[:5]))
    assert pm_calendar.read_at(T0) == [("09 Mar", "booked")] * 5


@EVERY_DATABASE
def test_a_visit_that_was_planned_by_hand_goes_where_its_meeting_goes(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.workspace.add_booked_visit(pm_calendar.pm, 1, date(2026, 3, 10))
    pm_calendar.add_meeting("1", "20260310T100000")
    assert pm_calendar.read_at(T0) == [("10 Mar", "booked")]
    pm_calendar.add_meeting("1", "20260312T100000")
    assert pm_calendar.read_at(T(hours=1)) == [("12 Mar", "booked")]
    pm_calendar.meetings.clear()
    assert pm_calendar.read_at(T(hours=2)) == [("12 Mar", "called_off")]


def test_a_second_meeting_of_a_day_does_not_tear_at_the_visit_of_the_first(
    pm_calendar: CalendarOfPm,
) -> None:
    pm_calendar.add_meeting("1", "20260310T100000")
    pm_calendar.add_meeting("2", "20260310T150000")
    for hours in range(3):
        assert pm_calendar.read_at(T(hours=hours)) == [("10 Mar", "booked")]
    (visit,) = pm_calendar.visits()
    assert visit.ends_at == in_berlin(8, 11, 0)


def test_a_visit_that_follows_a_calendar_is_moved_there(pm_calendar: CalendarOfPm) -> None:
    pm_calendar.add_meeting("1", "20260310T100000")
    pm_calendar.read_at(T0)
    workspace, actor = pm_calendar.workspace, pm_calendar.workspace.actor(pm_calendar.pm)
    (visit,) = pm_calendar.visits()
    stands = plans.get_planned(workspace.services, actor, visit.id)
    for other in ({"on": date(2026, 3, 12)}, {"at": time(15)}, {"minutes": 30}):
        moved = replace(stands.choices, **other)
        with pytest.raises(VisitFollowsCalendar):
            plans.change(workspace.services, actor, visit.id, stands.version, moved, T0)
    said = replace(stands.choices, goal="See them print.")
    plans.change(workspace.services, actor, visit.id, stands.version, said, T0)
    assert pm_calendar.visits()[0].goal == "See them print."
