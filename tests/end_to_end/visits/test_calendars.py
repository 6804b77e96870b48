"""A calendar, from the settings to the visit: connected, shown, unavailable and disconnected."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from bot.db import customers
from bot.domain.customers import Stage
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import View
from tests.conftest import ManualClock, Nihito, open_nihito
from tests.operations.operations_fixture import SECRET_KEY
from tests.support.calendar_server import NAME, CalendarServer, calendar_server
from tests.times import T0, T, in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
FEED = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    b"DTSTART;TZID=W. Europe Standard Time:20260309T100000\r\nDURATION:PT1H\r\n"
    b"ATTENDEE:mailto:mara@brightwater.example\r\nSUMMARY:Prices\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with calendar_server() as served:
        served.serve(FEED)
        yield served


@pytest.fixture
def nihito(
    slack: Sandbox, clock: ManualClock, database: str, server: CalendarServer
) -> Iterator[Nihito]:
    """Run a bot that reads calendars from the server; no unexpected message may be left."""
    key = SecretStr(SECRET_KEY)
    with open_nihito(
        slack, clock, database, network=server.network(), nihito_secret_key=key
    ) as opened:
        yield opened
    slack.assert_nothing_else()


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, and add a customer."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        customers.add(tx, "Brightwater Mill", Stage.CUSTOMER, domain="brightwater.example")
    return ada


def settings(nihito: Nihito, person: Person) -> View:
    return nihito.open_form(person, "/visit", "settings")


def shown(nihito: Nihito, person: Person) -> str:
    """Return the settings form as it is sent to Slack."""
    view = settings(nihito, person)
    person.close()
    return str(view.payload)


def connect(nihito: Nihito, person: Person, address: str) -> None:
    settings(nihito, person)
    person.submit({"calendar": address})
    nihito.slack.expect_message(to=person, containing="Your settings are saved.")


@EVERYWHERE
def test_a_calendar_is_connected_in_the_settings_and_its_meetings_are_visits(
    nihito: Nihito, ada: Person, server: CalendarServer
) -> None:
    connect(nihito, ada, server.address().replace("https", "webcal"))
    assert f"Connected to {NAME}. I read it within a minute." in shown(nihito, ada)
    nihito.tick_at(T0)
    assert "You see Brightwater Mill on Monday 9 March." in ada.run("/visit", "next").text
    nihito.clock.at = T(minutes=12)
    told = shown(nihito, ada)
    assert f"Connected to {NAME}, read 12 minutes ago." in told
    # The address is never shown again, nor put into the form.
    assert "ada.ics" not in told


def test_the_brief_comes_for_a_visit_out_of_the_calendar(
    nihito: Nihito, ada: Person, server: CalendarServer
) -> None:
    connect(nihito, ada, server.address())
    nihito.tick_at(T0)
    nihito.tick_at(in_berlin(4))
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill on Monday 9 March.")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://127.0.0.1/ada.ics", "I only read calendars on the open internet."),
        ("https://localhost/ada.ics", "I only read calendars on the open internet."),
        ("http://calendar.made-up.example/ada.ics", "Look for one with https://."),
        ("https://ada:secret@calendar.made-up.example/", "There is a password in this address."),
        ("my calendar", "This is not an address that I can read."),
    ],
)
def test_an_address_that_is_never_asked_is_said_to_be_so_at_its_field(
    nihito: Nihito, ada: Person, address: str, sentence: str
) -> None:
    settings(nihito, ada)
    refused = ada.submit({"calendar": address, "interval": "7"})
    assert sentence in refused.errors["calendar"]
    ada.close()
    # Nothing of the form was saved.
    assert "Connected to" not in shown(nihito, ada)
    assert "Monday 16 March" in ada.run("/visit", "next").text


def test_what_is_wrong_is_shown_and_another_address_mends_it(
    nihito: Nihito, ada: Person, server: CalendarServer
) -> None:
    connect(nihito, ada, server.address("/gone.ics"))
    nihito.tick_at(T0)
    nihito.slack.expect_message(to=ada, containing=f"I cannot read your calendar at {NAME}.")
    assert f"Connected to {NAME}. It is not there." in shown(nihito, ada)
    connect(nihito, ada, server.address())
    nihito.tick_at(T(minutes=1))
    assert f"Connected to {NAME}, read just now." in shown(nihito, ada)


def test_settings_that_are_saved_without_an_address_keep_the_calendar(
    nihito: Nihito, ada: Person, server: CalendarServer
) -> None:
    connect(nihito, ada, server.address())
    settings(nihito, ada)
    ada.submit({"interval": "7"})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    assert "Connected to" in shown(nihito, ada)


def test_a_calendar_is_disconnected_by_a_tick_and_by_leaving(
    nihito: Nihito, ada: Person, server: CalendarServer
) -> None:
    connect(nihito, ada, server.address())
    settings(nihito, ada)
    ada.submit({"calendar_off": ["off"]})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    assert "Connected to" not in shown(nihito, ada)
    connect(nihito, ada, server.address())
    ada.run("/visit", "leave")
    nihito.join(ada)
    assert "Connected to" not in shown(nihito, ada)
    nihito.tick_at(T0)
    assert server.requests == []


def test_who_joins_is_not_asked_for_a_calendar_yet(nihito: Nihito) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    view = nihito.open_form(bo, "/visit", "join")
    assert "secret address" not in str(view.payload)
    bo.close()
