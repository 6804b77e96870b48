"""`/visit snooze`: the last nudge snoozed by typing."""

import pytest

from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import in_berlin


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    return ada


@pytest.fixture
def nudge(nihito: Nihito, ada: Person) -> Message:
    """Return the nudge that came to Ada on Monday 16 March."""
    nihito.tick_at(in_berlin(14))
    return nihito.slack.expect_message(to=ada, containing="due")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("", "Tuesday 17 March"),
        ("3 days", "Thursday 19 March"),
        ("until monday", "Monday 23 March"),
    ],
)
def test_the_last_nudge_is_put_off_where_it_stands(
    nihito: Nihito, ada: Person, nudge: Message, words: str, day: str
) -> None:
    told = f"Snoozed. I will ask again on {day} at 09:30, Berlin time."
    assert ada.run("/visit", f"snooze {words}".strip()).text == told
    nihito.slack.expect_update(nudge, told)


def test_it_is_back_when_it_was_said_to_be(nihito: Nihito, ada: Person, nudge: Message) -> None:
    ada.run("/visit", "snooze 3 days")
    nihito.slack.expect_update(nudge, "Snoozed.")
    nihito.tick_at(in_berlin(16))
    nihito.tick_at(in_berlin(17))
    nihito.slack.expect_message(to=ada, containing="due")


def test_without_a_nudge_there_is_nothing_to_snooze(ada: Person) -> None:
    told = "You have no nudge to snooze. /visit pause keeps me quiet for a while."
    assert ada.run("/visit", "snooze").text == told


def test_what_cannot_be_understood_is_said_with_what_can(ada: Person, nudge: Message) -> None:
    told = ada.run("/visit", "snooze for ages").text
    assert nudge
    assert told == (
        "I cannot tell until when. Try /visit snooze 3 days, /visit snooze 2 weeks or "
        "/visit snooze until 24 March."
    )


def test_a_nudge_that_a_visit_has_answered_is_not_put_off(
    nihito: Nihito, ada: Person, nudge: Message
) -> None:
    nihito.open_form(ada, "/debrief")
    chosen = ada.options("customer.find", "Brightwater Mill")[0]["value"]
    ada.submit({"customer": chosen, "story": "They count by hand. It takes a day."})
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    assert "This nudge is settled" in ada.run("/visit", "snooze").text
