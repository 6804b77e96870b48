"""Membership: learnt from Slack, current as soon as it changes, never guessed, never waited for."""

from datetime import timedelta

import pytest

from bot.db.staff import actors
from sandbox.person import Person
from tests.conftest import Nihito
from tests.times import T

GUESTS, HELP, WRONG = "full members", "What you can ask for", "Something went wrong"
ONE_MOMENT = "I am just finding out who you are"
EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def met(nihito: Nihito, name: str, **known: object) -> Person:
    """Add a person who has been looked up in Slack."""
    person = nihito.slack.add_user(name, **known)
    person.run("/visit")
    nihito.slack.expect_message(to=person)
    return person


def asked(nihito: Nihito) -> int:
    return sum(each.method == "users.info" for each in nihito.slack.calls)


def forget(nihito: Nihito, person: Person) -> None:
    """Delete a person's staff row, as if they had never been looked up."""
    with nihito.services.transaction(nihito.workspace_id) as tx:
        tx.run(tx.delete(actors.staff).where(actors.staff.c.user_id == person.id))


def test_who_becomes_a_guest_is_turned_away_at_once(nihito: Nihito) -> None:
    ada = met(nihito, "Ada")
    assert HELP in ada.run("/visit").text
    ada.change(is_restricted=True)
    nihito.wait_until_idle()
    assert GUESTS in ada.run("/visit").text


def test_a_guest_who_becomes_a_member_is_let_in_at_once(nihito: Nihito) -> None:
    gil = met(nihito, "Gil", guest=True)
    assert GUESTS in gil.run("/visit").text
    gil.change(is_restricted=False)
    nihito.wait_until_idle()
    assert HELP in gil.run("/visit").text


@pytest.mark.parametrize(
    "error", ["missing_scope", "ratelimited", "no_permission", "invalid_arguments"]
)
def test_a_member_is_not_taken_for_a_stranger_when_slack_does_not_say(
    nihito: Nihito, error: str
) -> None:
    ada = nihito.slack.add_user("Ada")
    nihito.slack.fail("users.info", error)
    for words in (WRONG, HELP):
        assert ada.run("/visit").body == {}
        nihito.slack.expect_message(to=ada, containing=words)


def test_nobody_passes_unknown_while_slack_does_not_say(nihito: Nihito) -> None:
    gil = nihito.slack.add_user("Gil", guest=True)
    nihito.slack.fail("users.info", "500 before", times=None)
    gil.run("/contact")
    told = nihito.slack.expect_message(to=gil, containing=WRONG)
    assert (told.ephemeral_for, gil.view) == (gil.id, None)


@EVERYWHERE
def test_somebody_new_is_acknowledged_before_slack_says_who_they_are(nihito: Nihito) -> None:
    ada = nihito.slack.add_user("Ada")
    nihito.slack.faults.hang_seconds = 0.5
    nihito.slack.fail("users.info", "hang")
    outcome = ada.run("/visit", "help")
    assert (outcome.body, outcome.took < 0.5) == ({}, True)
    nihito.slack.expect_message(to=ada, containing=HELP)


@pytest.mark.parametrize("known", [{"guest": True}, {"single_channel_guest": True}])
def test_a_guest_whom_nobody_knows_yet_is_refused_politely_and_once(
    nihito: Nihito, known: dict[str, bool]
) -> None:
    gil = nihito.slack.add_user("Gil", **known)
    assert gil.run("/debrief").body == {}
    assert nihito.slack.expect_message(to=gil, containing=GUESTS).ephemeral_for == gil.id
    nihito.wait_until_idle()
    assert gil.view is None


def test_a_guest_whom_nobody_knows_yet_is_refused_on_home(nihito: Nihito) -> None:
    gil = nihito.slack.add_user("Gil", guest=True)
    home = gil.open_home()
    assert home is not None
    assert GUESTS in str(home.payload)


def test_a_form_of_somebody_new_stays_open_until_it_is_known_who_they_are(nihito: Nihito) -> None:
    ada = met(nihito, "Ada")
    nihito.open_form(ada, "/visit", "join")
    forget(nihito, ada)
    assert ONE_MOMENT in str(ada.submit().errors)
    nihito.wait_until_idle()
    assert ada.submit().errors == {}
    nihito.slack.expect_message(to=ada, containing="Welcome")


def test_a_search_by_somebody_new_finds_nothing_until_it_is_known_who_they_are(
    nihito: Nihito,
) -> None:
    ada = met(nihito, "Ada")
    nihito.open_form(ada, "/contact")
    forget(nihito, ada)
    assert ada.options("customer.find", "Brightwater") == []
    nihito.wait_until_idle()
    assert ada.options("customer.find", "Brightwater") != []


@EVERYWHERE
def test_after_a_day_somebody_is_taken_as_they_were_and_slack_is_asked_behind_their_back(
    nihito: Nihito,
) -> None:
    ada = met(nihito, "Ada")
    nihito.clock.at = T(hours=25)
    ada.user.is_restricted = True
    nihito.slack.faults.hang_seconds = 0.3
    nihito.slack.fail("users.info", "hang")
    outcome = ada.run("/visit")
    assert HELP in outcome.text
    assert outcome.took < 0.3
    nihito.wait_until_idle()
    assert GUESTS in ada.run("/visit").text


def test_however_much_somebody_does_after_a_day_slack_is_asked_once(nihito: Nihito) -> None:
    ada = met(nihito, "Ada")
    nihito.clock.at = T(hours=25)
    nihito.slack.faults.hang_seconds = 0.2
    nihito.slack.fail("users.info", "hang")
    for _ in range(5):
        assert HELP in ada.run("/visit").text
    nihito.wait_until_idle()
    assert asked(nihito) == 2


def test_when_slack_does_not_say_it_is_asked_again_in_a_while(nihito: Nihito) -> None:
    ada = met(nihito, "Ada")
    nihito.slack.fail("users.info", "500 before")
    for later, count in ((timedelta(0), 2), (timedelta(minutes=1), 2), (timedelta(minutes=6), 3)):
        nihito.clock.at = T(hours=25) + later
        assert HELP in ada.run("/visit").text
        nihito.wait_until_idle()
        assert asked(nihito) == count
