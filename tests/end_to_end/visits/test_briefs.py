"""`/customer NAME`: what a PM reads about a customer before a visit."""

import pytest

from bot.db import customers
from bot.domain.customers import Stage
from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.times import in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
STORY = "They print every order and type it in again. Nobody has told us in six years."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, and add three customers."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        known = {"segment": "Paper", "domain": "brightwater.example", "brand": True}
        mill = customers.add(tx, "Brightwater Mill", Stage.PROSPECT, **known)
        customers.add_person(tx, mill, "Mara Lind", role="buyer")
        customers.add(tx, "Brightwater Post", Stage.CUSTOMER)
        customers.add(tx, "Brightwater Post", Stage.CUSTOMER, region="Ghent")
    return ada


def debrief(nihito: Nihito, person: Person, **more: object) -> None:
    """Save the debrief of a visit to Brightwater Mill today."""
    nihito.open_form(person, "/debrief")
    chosen = person.options("customer.find", "Brightwater Mill")[0]["value"]
    if more:
        form_helpers.unfold(
            nihito, person, person.wait_for_view(), *(["score"] if "nps" in more else [])
        )
    person.submit({"customer": chosen, "story": STORY, **more})
    nihito.slack.expect_message(to=person, containing="is kept")


def told(person: Person, words: str) -> str:
    """Return the plain text of the answer to `/customer`."""
    return person.run("/customer", words).text


@EVERYWHERE
def test_a_brief_tells_who_they_are_and_what_was_heard(nihito: Nihito, ada: Person) -> None:
    debrief(nihito, ada, workaround="They keep prices by hand")
    said = told(ada, "brightwater mill")
    assert "Brightwater Mill, a prospect, Paper. Others look to them." in said
    assert f"Monday 2 March, Ada, video call: {STORY}" in said
    assert "They have told us already, so do not ask again: They keep prices by hand" in said
    assert "People: Mara Lind, buyer" in said
    assert "Cooling down: to see them again before Monday 23 March would be too much." in said
    assert "Nobody wants to tell the same story twice." in said


def test_how_they_were_and_the_last_score_are_told(nihito: Nihito, ada: Person) -> None:
    debrief(nihito, ada, nps="6", nps_why="It is quick, once one has learnt it", mood="mixed")
    told_us = "On Monday 2 March they gave us 6 of 10: It is quick, once one has learnt it."
    said = told(ada, "brightwater mill")
    assert told_us in said
    assert "On Monday 2 March we found them of two minds." in said


def test_who_sees_them_next_is_said(nihito: Nihito, ada: Person) -> None:
    nihito.open_form(ada, "/visit", "plan")
    chosen = ada.options("customer.find", "Brightwater Mill")[0]["value"]
    ada.submit({"customer": chosen, "on": "2026-03-18"})
    nihito.slack.expect_message(to=ada, containing="Planned")
    assert "You see them on Wednesday 18 March." in told(ada, "brightwater.example")
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo)
    assert "Ada sees them on Wednesday 18 March." in told(bo, "brightwater.example")


@pytest.mark.parametrize("sharing", ["private", "no_name"])
def test_what_was_not_to_be_told_under_the_name_is_read_by_its_author_alone(
    nihito: Nihito, ada: Person, sharing: str
) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo)
    debrief(nihito, ada, sharing=sharing, workaround="They keep prices by hand")
    assert STORY in told(ada, "brightwater mill")
    bos = told(bo, "brightwater mill")
    assert "What was heard" not in bos
    assert STORY not in bos
    assert "prices" not in bos


def test_two_of_one_name_are_told_apart(ada: Person) -> None:
    assert told(ada, "brightwater post") == (
        "Which one? Brightwater Post (no. 2); Brightwater Post (Ghent). "
        "Type more of the name, or the domain."
    )
    assert "Brightwater Post, a customer, Ghent." in told(ada, "Brightwater Post (Ghent)")
    assert "Brightwater Post, a customer." in told(ada, "brightwater post (no. 2)")


def test_part_of_a_name_that_several_have_asks_which(ada: Person) -> None:
    assert told(ada, "brightwater").startswith("Which one? Brightwater Mill (brightwater.example)")


def test_a_name_that_nobody_has_is_not_added(nihito: Nihito, ada: Person) -> None:
    assert "I know nobody called “Harrow Tiles”." in told(ada, "Harrow Tiles")
    with nihito.services.reading(nihito.workspace_id) as tx:
        assert customers.list_by_name(tx, "Harrow Tiles") == []


def test_a_brief_is_for_those_who_have_joined(nihito: Nihito, ada: Person) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    bo.run("/customer", "brightwater mill")
    nihito.slack.expect_message(to=bo, containing="This is for people who have joined.")
    assert ada.run("/customer", "help").text.startswith("/customer NAME")


def plan(nihito: Nihito, person: Person, on: str, **more: str) -> None:
    """Plan a visit to Brightwater Mill."""
    nihito.open_form(person, "/visit", "plan")
    chosen = person.options("customer.find", "Brightwater Mill")[0]["value"]
    person.submit({"customer": chosen, "on": on, **more})
    nihito.slack.expect_message(to=person, containing="Planned")


@EVERYWHERE
def test_the_brief_comes_by_itself_on_the_working_day_before(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-09", goal="See how they count.")
    for hour in (14, 16):
        nihito.tick_at(in_berlin(0, hour))
    nihito.tick_at(in_berlin(3, 11))
    nihito.tick_at(in_berlin(4, 9, 29))
    nihito.tick_at(in_berlin(4))
    came = nihito.slack.expect_message(
        to=ada,
        containing="You see Brightwater Mill on Monday 9 March. You want to learn: See how they",
    )
    assert "Mara Lind, buyer" in str(came.blocks)
    nihito.tick_at(in_berlin(7))
    nihito.slack.assert_nothing_else()


def test_a_visit_of_tomorrow_is_too_soon_for_a_brief_of_this_morning(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-03")
    nihito.tick_at(in_berlin(0, 16))
    nihito.tick_at(in_berlin(1))
    nihito.slack.assert_nothing_else()


def test_a_brief_waits_for_whoever_is_away_and_is_left_out_when_it_would_come_too_late(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-11")
    ada.run("/visit", "pause until 12 March")
    for day in (8, 9, 10):
        nihito.tick_at(in_berlin(day))
    nihito.slack.expect_message(to=ada, containing="What did you hear from Brightwater Mill")


def test_whoever_has_left_gets_no_brief(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-11")
    ada.run("/visit", "leave")
    nihito.tick_at(in_berlin(8))
    nihito.slack.assert_nothing_else()
