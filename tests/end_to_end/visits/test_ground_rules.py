"""The ground rules before a visit, and one tap that asks the sales owner."""

import pytest

from bot.db.tables.visits import visits
from bot.db.visits import ground_rules
from bot.domain.visits.ground_rules import AgendaReply, GroundRule, GroundRules
from sandbox.person import Person
from sandbox.workspace.state import View
from tests.conftest import Nihito
from tests.times import in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, AGENDA = "Brightwater Mill", "How they count. What <!channel> and *stars* do."
QUESTION = "Ada sees Brightwater Mill on Wednesday 11 March"


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, and plan a visit."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    nihito.open_form(ada, "/visit", "plan")
    ada.options("customer.find", MILL)
    ada.submit({"customer": f"new:{MILL}", "on": "2026-03-11", "at": "14:00", "goal": "Listen."})
    nihito.slack.expect_message(to=ada, containing="Planned")
    return ada


@pytest.fixture
def bo(nihito: Nihito) -> Person:
    """Add Bo of sales, who hasn't joined."""
    return nihito.slack.add_user("Bo", tz="Europe/Berlin")


def prepare(nihito: Nihito, ada: Person) -> View:
    home = ada.open_home()
    assert home
    ada.press(home, "ground_rules.prepare")
    nihito.wait_until_idle()
    return ada.wait_for_view()


def ask(nihito: Nihito, ada: Person, whom: Person, agenda: str = AGENDA) -> View:
    form = prepare(nihito, ada)
    ada.fill({"agenda": agenda})
    ada.press(form, "ground_rules.ask_one", whom)
    nihito.wait_until_idle()
    return form


def kept(nihito: Nihito) -> GroundRules:
    with nihito.services.reading(nihito.workspace_id) as tx:
        return ground_rules.get(tx, 1)


@EVERYWHERE
def test_what_is_done_is_kept_and_shown_on_home(nihito: Nihito, ada: Person) -> None:
    prepare(nihito, ada)
    ada.submit({"agenda": AGENDA, "done": ["drafted", "sent"]})
    nihito.wait_until_idle()
    assert kept(nihito) == GroundRules(AGENDA, frozenset({GroundRule.DRAFTED, GroundRule.SENT}))
    shown = "☑ Agenda drafted · ☐ Reviewed with sales · ☑ Sent to the customer"
    assert shown in str(ada.home)
    assert AGENDA in str(prepare(nihito, ada).payload)


@EVERYWHERE
def test_one_tap_asks_the_sales_owner_once_and_what_is_fine_is_ticked_in_silence(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    form = ask(nihito, ada, bo)
    assert "Bo is asked." in str(form.payload)
    nihito.tick_at(in_berlin(0, 14))
    asked = nihito.slack.expect_message(to=bo, containing=QUESTION)
    assert "at 14:00, Berlin time" in asked.text
    assert AGENDA in str(asked.blocks)
    bo.press(asked, "ground_rules.fine")
    nihito.slack.expect_update(asked, "The agenda for Brightwater Mill is fine with you")
    nihito.tick_at(in_berlin(0, 15))
    assert kept(nihito).done == {GroundRule.REVIEWED}
    assert "Bo says: fine with me." in str(prepare(nihito, ada).payload)


def test_pressed_twice_and_in_two_windows_they_are_asked_once(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    stale = prepare(nihito, ada)
    ada.fill({"agenda": AGENDA})
    asking = dict(stale.payload)
    ada.press(stale, "ground_rules.ask_one", bo)
    nihito.wait_until_idle()
    stale.payload = asking
    ada.press(stale, "ground_rules.ask_one", nihito.slack.add_user("Cleo"))
    nihito.wait_until_idle()
    assert "Bo is asked." in str(stale.payload)
    nihito.tick_at(in_berlin(0, 14))
    nihito.slack.expect_message(to=bo, containing=QUESTION)


@EVERYWHERE
def test_whoever_wants_to_talk_is_brought_to_the_pm_in_one_line(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    ask(nihito, ada, bo)
    nihito.tick_at(in_berlin(0, 14))
    asked = nihito.slack.expect_message(to=bo, containing=QUESTION)
    bo.press(asked, "ground_rules.talk")
    nihito.slack.expect_update(asked, "You would like to talk")
    nihito.tick_at(in_berlin(0, 15))
    nihito.slack.expect_message(
        to=ada, containing="Bo would like to talk about your agenda for Brightwater Mill."
    )
    assert kept(nihito).reply is AgendaReply.TALK


def test_a_guest_a_robot_and_oneself_are_not_asked(nihito: Nihito, ada: Person) -> None:
    gil, sam = nihito.slack.add_user("Gil", guest=True), nihito.slack.add_user("Sam", stranger=True)
    for whom, why in (
        (gil, "Gil is a guest here and cannot be asked."),
        (sam, "is not of this company and cannot be asked."),
        (ada, "That is you."),
    ):
        assert why in str(ask(nihito, ada, whom).payload)
        assert AGENDA in str(ada.wait_for_view().state_values)
    assert kept(nihito).asked_user_id is None
    nihito.tick_at(in_berlin(0, 14))
    nihito.slack.assert_nothing_else()


def test_without_an_agenda_there_is_nothing_to_ask(nihito: Nihito, ada: Person, bo: Person) -> None:
    assert "Write the agenda first" in str(ask(nihito, ada, bo, "").payload)
    nihito.tick_at(in_berlin(0, 14))
    nihito.slack.assert_nothing_else()


def test_a_question_about_a_visit_that_was_called_off_is_not_asked(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    ask(nihito, ada, bo)
    ada.close()
    home = ada.open_home()
    assert home
    ada.press(home, "planned.call_off")
    nihito.wait_until_idle()
    nihito.tick_at(in_berlin(0, 14))
    assert bo.messages() == []


def test_an_answer_comes_too_late_for_a_visit_that_was_called_off(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    ask(nihito, ada, bo)
    nihito.tick_at(in_berlin(0, 14))
    asked = nihito.slack.expect_message(to=bo, containing=QUESTION)
    ada.close()
    home = ada.open_home()
    assert home
    ada.press(home, "planned.call_off")
    nihito.wait_until_idle()
    bo.press(asked, "ground_rules.talk")
    nihito.slack.expect_message(to=bo, containing="This visit has been called off.")
    nihito.tick_at(in_berlin(0, 15))
    nihito.slack.assert_nothing_else()


def test_the_brief_says_what_is_still_open(nihito: Nihito, ada: Person) -> None:
    prepare(nihito, ada)
    ada.submit({"agenda": AGENDA, "done": ["drafted"]})
    nihito.tick_at(in_berlin(8))
    brief = nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    assert "The agenda is still to be reviewed with sales and sent to the customer." in brief.text


def test_what_is_fine_stays_reviewed_in_a_form_that_was_left_open(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    ask(nihito, ada, bo)
    nihito.tick_at(in_berlin(1))
    question = nihito.slack.expect_message(to=bo, containing=QUESTION)
    bo.press(question, "ground_rules.fine")
    nihito.wait_until_idle()
    nihito.slack.expect_update(question, "fine")
    ada.submit({"agenda": AGENDA, "done": ["drafted"]})
    nihito.wait_until_idle()
    assert GroundRule.REVIEWED in kept(nihito).done


def test_a_question_about_a_visit_that_is_over_is_not_asked(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    ask(nihito, ada, bo)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        moved = tx.update(visits).where(visits.c.id == 1)
        tx.run(moved.values(on=in_berlin(-1).date(), ends_at=None))
    nihito.tick_at(in_berlin(1))
    ada.close(clear_all=True)
    nihito.slack.assert_nothing_else()
