"""The database away: the form stays open with its text, and is saved once when sent again."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import create_engine, text

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

SENTENCE = re.compile(
    r"This could not be saved just now\. Your text is still here: please try again\. "
    r"If it keeps happening, give [0-9a-f]{8} to whoever runs Nihito\."
)
WRONG = re.compile(
    r"Something went wrong on my side, sorry\. Please try again\. "
    r"If it keeps happening, give [0-9a-f]{8} to whoever runs Nihito\."
)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


@contextmanager
def locked(nihito: Nihito) -> Iterator[None]:
    """Lock the SQLite file from another process, for longer than any timeout."""
    file = nihito.services.engine.url.database
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def closed(nihito: Nihito) -> Iterator[None]:
    """Close PostgreSQL to all connections, and end the open ones."""
    url = nihito.services.engine.url
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = url.database
    away = (
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    with admin.connect() as connection:
        for statement in away:
            connection.execute(text(statement))
        yield
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    admin.dispose()


AWAY = {"sqlite": locked, "postgresql": closed}
EVERYWHERE = pytest.mark.parametrize(
    ("database", "away"), AWAY.items(), indirect=["database"], ids=AWAY
)


@EVERYWHERE
def test_a_debrief_stays_open_with_its_text_and_sent_again_is_kept_once(
    nihito: Nihito, ada: Person, away
):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    with away(nihito):
        outcome = ada.submit({"story": STORY})
        assert outcome.errors.keys() == {"story"}
        assert SENTENCE.fullmatch(outcome.errors["story"])
    assert form_helpers.count_rows(nihito, "visits", "debriefs", "customers") == (0, 0, 0)
    assert form_helpers.typed_value(ada, "story") == STORY
    assert ada.submit().errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert form_helpers.count_rows(nihito, "visits", "debriefs", "customers") == (1, 1, 1)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_every_other_form_stays_open_too_and_sent_again_is_kept_once(nihito: Nihito, ada: Person):
    for opening, filling, field, words in (
        (("/visit", "plan"), _plan, "goal", "Planned"),
        (("/visit", "settings"), lambda ada: ada.fill(interval="30"), "interval", "saved"),
        (("/contact", "Brightwater Mill"), _contact, "subject", "Noted"),
    ):
        nihito.open_form(ada, *opening)
        filling(ada)
        with closed(nihito):
            outcome = ada.submit()
            assert outcome.errors.keys() == {field}
            assert SENTENCE.fullmatch(outcome.errors[field])
        assert ada.submit().errors == {}
        nihito.slack.expect_message(to=ada, containing=words)
    assert form_helpers.count_rows(nihito, "visits", "contacts", "customers", "people", "pms") == (
        1,
        1,
        1,
        1,
        1,
    )


def _plan(ada: Person) -> None:
    ada.fill(customer=form_helpers.new_customer(ada), on="2026-03-05", goal="See the export")


def _contact(ada: Person) -> None:
    mara = ada.options("contact.person", "Mara Lind")[-1]
    ada.fill(person=mara, channel="mail", subject="Totals")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_command_says_so_where_it_was_typed_and_a_search_finds_nothing(
    nihito: Nihito, ada: Person
):
    nihito.open_form(ada, "/debrief")
    with closed(nihito):
        assert WRONG.fullmatch(ada.run("/visit", "next").text)
        assert WRONG.fullmatch(ada.run("/debrief", "Brightwater Mill").text)
        assert ada.options("customer.find", "Bright") == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_button_says_so_under_its_message_and_pressed_again_does_its_work(
    nihito: Nihito, ada: Person
):
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada)
    with closed(nihito):
        ada.press(nudge, "nudge.snooze", "tomorrow")
        told = nihito.slack.expect_message(to=ada, containing="Something went wrong on my side")
        assert WRONG.fullmatch(told.text)
    ada.press(nudge, "nudge.snooze", "tomorrow")
    nihito.slack.expect_update(nudge, "Snoozed.")
