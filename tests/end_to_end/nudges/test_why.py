"""`/visit why`: why a nudge came or didn't, end to end."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.times import in_berlin


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    return ada


def why(person: Person) -> str:
    """Return the answer to `/visit why`."""
    return person.run("/visit", "why").text


def test_whoever_has_just_joined_hears_what_is_counted(ada: Person) -> None:
    assert why(ada) == (
        "I have not nudged you yet. "
        "Like the others here, you see a customer every two weeks. "
        "No visit has been logged since you joined on Monday 2 March. "
        "Your next visit is due on Monday 16 March. "
        "My next nudge comes on Monday 16 March at 09:30, Berlin time."
    )


def test_a_nudge_that_came_is_explained_with_what_follows_it(nihito: Nihito, ada: Person) -> None:
    nihito.tick_at(in_berlin(14))
    nihito.slack.expect_message(to=ada, containing="visit is due")
    told = why(ada)
    assert "My last nudge came on Monday 16 March at 09:30, Berlin time: a visit was due." in told
    assert "You have not answered it." in told
    assert "My next nudge comes on Thursday 19 March" in told
    assert "It is the one follow-up" in told


def test_a_snooze_is_told_with_its_end(nihito: Nihito, ada: Person) -> None:
    nihito.tick_at(in_berlin(14))
    nudge = nihito.slack.expect_message(to=ada, containing="visit is due")
    ada.press(nudge, "nudge.snooze", "three_days")
    nihito.slack.expect_update(nudge, "Snoozed")
    assert "You snoozed it until Thursday 19 March at 09:30, Berlin time." in why(ada)


def test_a_pause_is_the_reason_and_its_days_are_not_counted(ada: Person) -> None:
    ada.run("/visit", "pause until 9 March")
    told = why(ada)
    assert "You have paused me until Monday 9 March." in told
    assert "The 7 days that you were away do not count." in told


def test_quiet_hours_are_the_reason_why_a_nudge_waits(nihito: Nihito, ada: Person) -> None:
    ada.set_quiet_hours(int(in_berlin(14, 7).timestamp()), int(in_berlin(14, 11).timestamp()))
    nihito.tick_at(in_berlin(14, 9, 0))
    nihito.tick_at(in_berlin(14))
    assert "The nudge for Monday 16 March waits: your status or your hours" in why(ada)


def test_a_nudge_that_slack_refused_is_not_hidden(nihito: Nihito, ada: Person) -> None:
    nihito.slack.fail("chat.postMessage", "messages_tab_disabled")
    nihito.tick_at(in_berlin(14))
    assert "The nudge for Monday 16 March did not come: Slack refused it." in why(ada)


def test_a_booked_visit_is_the_reason_for_silence(nihito: Nihito, ada: Person) -> None:
    nihito.open_form(ada, "/visit", "plan")
    ada.options("customer.find", "Brightwater Mill")
    ada.submit({"customer": "new:Brightwater Mill", "kind": "phone", "on": "2026-03-18"})
    nihito.slack.expect_message(to=ada, containing="Planned")
    told = why(ada)
    assert "You see Brightwater Mill on Wednesday 18 March, and I keep quiet until it is" in told


def test_whoever_has_not_joined_is_told_how(nihito: Nihito) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    bo.run("/visit", "why")
    nihito.slack.expect_message(to=bo, containing="You have not joined yet.")
