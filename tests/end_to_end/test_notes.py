"""The note that asks for nothing, as a PM sees it."""

import pytest

from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import T, in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST = "Brightwater Mill", "Fernleigh Post"
STORY = "They print it all. Nobody asked."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada on Monday 2 March, with two customers she has seen."""
    ada = nihito.slack.add_user("Ada Quill", tz="Europe/Berlin")
    nihito.join(ada, interval="90")
    for days, name in ((1, MILL), (2, POST)):
        nihito.clock.at = T(days=days)
        nihito.open_form(ada, "/debrief")
        ada.options("customer.find", name)
        chosen = ada.options("customer.find", name)[0]["value"]
        ada.submit({"customer": chosen, "story": STORY})
        nihito.slack.expect_message(to=ada, containing="is kept")
    return ada


def offered(nihito: Nihito, ada: Person, name: str = MILL, days: int = 42) -> Message:
    nihito.tick_at(in_berlin(days))
    return nihito.slack.expect_message(to=ada, containing=f"You saw {name}")


@EVERYWHERE
def test_a_note_is_sent_and_counted(nihito: Nihito, ada: Person) -> None:
    note = offered(nihito, ada)
    assert "Thank you for your time on 3 March" in str(note.blocks)
    assert "Ada" in str(note.blocks)
    ada.press(note, "note.sent")
    nihito.slack.expect_update(note, "Thank you. Your note to Brightwater Mill is counted.")
    assert "Somebody else" not in str(note.blocks)


@EVERYWHERE
def test_somebody_else_until_nobody_is_left(nihito: Nihito, ada: Person) -> None:
    note = offered(nihito, ada)
    ada.press(note, "note.somebody_else")
    nihito.slack.expect_update(note, f"You saw {POST} on 4 March")
    ada.press(note, "note.somebody_else")
    nihito.slack.expect_update(note, f"You saw {POST} on 4 March")
    assert "Nobody else is left whom you have visited in the last year." in str(note.blocks)
    ada.press(note, "note.sent")
    nihito.slack.expect_update(note, f"Your note to {POST} is counted")


@EVERYWHERE
def test_no_more_of_these_and_the_settings_bring_them_back(nihito: Nihito, ada: Person) -> None:
    assert "Notes that ask for nothing" not in str(settings(nihito, ada))
    note = offered(nihito, ada)
    ada.press(note, "note.no_more")
    nihito.slack.expect_update(note, "You will get no more of these.")
    nihito.tick_at(in_berlin(72))
    assert "Notes that ask for nothing" in str(settings(nihito, ada))
    nihito.open_form(ada, "/visit", "settings")
    ada.submit({"notes": ["again"]})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    assert "Notes that ask for nothing" not in str(settings(nihito, ada))
    # The customer offered in April isn't offered again within half a year.
    offered(nihito, ada, POST, 102)


def settings(nihito: Nihito, person: Person) -> object:
    view = nihito.open_form(person, "/visit", "settings")
    person.close()
    return view.payload


def test_settings_that_are_saved_without_the_box_bring_nothing_back(
    nihito: Nihito, ada: Person
) -> None:
    note = offered(nihito, ada)
    ada.press(note, "note.no_more")
    nihito.slack.expect_update(note, "You will get no more of these.")
    nihito.open_form(ada, "/visit", "settings")
    ada.submit({})
    assert "Notes that ask for nothing" in str(settings(nihito, ada))


def test_whoever_has_left_is_told_so_at_the_button(nihito: Nihito, ada: Person) -> None:
    note = offered(nihito, ada)
    pms.leave(nihito.services, actor(nihito, ada))
    ada.press(note, "note.sent")
    nihito.slack.expect_message(to=ada, containing="/visit join")


def actor(nihito: Nihito, person: Person):
    return staff.get_actor(nihito.services, nihito.workspace_id, person.id, nihito.clock.at)
