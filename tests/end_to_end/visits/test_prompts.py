"""The debrief is asked for after a booked visit, on three days at most."""

import pytest

from bot.db.visits import queries as visits
from bot.domain.visits.rules import VisitState
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import in_berlin

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL = "Brightwater Mill"
ASKED = f"What did you hear from {MILL}"
STORY = "They print it all. Nobody asked."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada on Monday 2 March."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    return ada


def plan(nihito: Nihito, person: Person, on: str, at: str | None = None) -> None:
    nihito.open_form(person, "/visit", "plan")
    person.options("customer.find", MILL)
    known = person.options("customer.find", MILL)[0]["value"]
    person.submit({"customer": known, "on": on, "at": at})
    nihito.slack.expect_message(to=person, containing="Planned")


def asked(nihito: Nihito, person: Person, when: str) -> Message:
    return nihito.slack.expect_message(to=person, containing=f"{ASKED} {when}?")


def pass_by(nihito: Nihito, *days: int, hours: tuple[int, ...] = (10, 16)) -> None:
    """Move the clock through some days, at some hours in Berlin."""
    for day in days:
        for hour in hours:
            nihito.tick_at(in_berlin(day, hour, 0))


def state(nihito: Nihito) -> VisitState:
    with nihito.services.reading(nihito.workspace_id) as tx:
        visit = visits.get(tx, 1)
        assert visit
        return visit.state


@EVERYWHERE
def test_an_hour_after_the_end_and_then_three_working_days_and_no_nudge_beside_it(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-12", "14:00")
    pass_by(nihito, 0, 9)
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    nihito.tick_at(in_berlin(10, 15, 44))
    nihito.tick_at(in_berlin(10, 15, 45))
    asked(nihito, ada, "today")
    for day in (11, 14, 15):
        pass_by(nihito, day)
        asked(nihito, ada, "on Thursday 12 March")
    pass_by(nihito, 16)
    nihito.slack.expect_message(to=ada, containing="Your first customer visit is due")
    pass_by(nihito, 17, 18)
    nihito.slack.assert_nothing_else()


def test_a_visit_without_a_time_is_asked_about_in_the_morning_after(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-03")
    pass_by(nihito, 0, 1)
    pass_by(nihito, 2)
    asked(nihito, ada, "on Tuesday 3 March")


@EVERYWHERE
def test_write_it_down_opens_the_debrief_of_that_very_visit(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-03")
    pass_by(nihito, 2)
    prompt = asked(nihito, ada, "on Tuesday 3 March")
    ada.press(prompt, "prompt.write")
    form = ada.wait_for_view()
    assert MILL in str(form.payload)
    ada.submit({"story": STORY})
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert state(nihito) is VisitState.HELD
    nihito.tick_at(in_berlin(2, 16, 5))
    nihito.slack.expect_update(prompt, "Written down: Brightwater Mill, Tuesday 3 March.")
    pass_by(nihito, 3, 4)
    nihito.slack.assert_nothing_else()


def test_a_visit_that_took_place_before_its_date_is_held_all_the_same(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-04")
    pass_by(nihito, 1)
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    pass_by(nihito, 3)
    ada.press(asked(nihito, ada, "on Wednesday 4 March"), "prompt.write")
    ada.wait_for_view()
    ada.submit({"story": STORY, "on": "2026-03-03"})
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert state(nihito) is VisitState.HELD


@EVERYWHERE
def test_it_did_not_happen_calls_the_visit_off(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-03")
    pass_by(nihito, 2, hours=(10,))
    prompt = asked(nihito, ada, "on Tuesday 3 March")
    ada.press(prompt, "prompt.not_held")
    told = "Called off: Brightwater Mill, Tuesday 3 March. Your next visit is due on Monday 16"
    nihito.slack.expect_update(prompt, told)
    assert state(nihito) is VisitState.CALLED_OFF
    pass_by(nihito, 3, 4)
    nihito.slack.assert_nothing_else()


def test_a_debrief_from_anywhere_ends_the_prompts(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-03")
    nihito.clock.at = in_berlin(1, 15)
    nihito.open_form(ada, "/debrief")
    known = ada.options("customer.find", MILL)[0]["value"]
    ada.submit({"customer": known, "story": STORY, "on": "2026-03-03"})
    nihito.slack.expect_message(to=ada, containing="is kept")
    pass_by(nihito, 2, 3)
    nihito.slack.assert_nothing_else()


def test_a_visit_that_is_moved_is_asked_about_after_its_new_date(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-02", "14:00")
    nihito.tick_at(in_berlin(0, 15, 50))
    prompt = asked(nihito, ada, "today")
    home = ada.open_home()
    assert home
    ada.press(home, "planned.change")
    nihito.wait_until_idle()
    ada.submit({"on": "2026-03-05", "at": "11:00"})
    nihito.wait_until_idle()
    nihito.tick_at(in_berlin(0, 16, 5))
    nihito.slack.expect_update(prompt, "Changed: Brightwater Mill, Thursday 5 March at 11:00.")
    pass_by(nihito, 1, 2)
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    nihito.tick_at(in_berlin(3, 12, 44))
    nihito.tick_at(in_berlin(3, 12, 45))
    asked(nihito, ada, "today")


def test_a_visit_that_was_asked_about_and_takes_place_later_that_day_is_asked_about_the_next(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-02", "14:00")
    nihito.tick_at(in_berlin(0, 15, 50))
    asked(nihito, ada, "today")
    home = ada.open_home()
    assert home
    ada.press(home, "planned.change")
    nihito.wait_until_idle()
    ada.submit({"at": "15:45"})
    nihito.wait_until_idle()
    nihito.tick_at(in_berlin(0, 17))
    nihito.tick_at(in_berlin(1))
    asked(nihito, ada, "on Monday 2 March")


def test_home_asks_too(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-03")
    pass_by(nihito, 2)
    prompt = asked(nihito, ada, "on Tuesday 3 March")
    home = ada.open_home()
    assert home
    assert "What did you hear?" in str(home.payload)
    ada.press(home, "prompt.not_held")
    nihito.wait_until_idle()
    assert "What did you hear?" not in str(ada.home)
    nihito.tick_at(in_berlin(2, 16, 5))
    nihito.slack.expect_update(prompt, "Called off")


def test_whoever_is_away_is_asked_once_when_back(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-12", "14:00")
    pass_by(nihito, 9)
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    nihito.clock.at = in_berlin(10, 15)
    ada.run("/visit", "pause until 24 March")
    pass_by(nihito, 10, 11, 14, 21)
    pass_by(nihito, 22)
    asked(nihito, ada, "on Thursday 12 March")
    pass_by(nihito, 23, 24, 25)
    nihito.slack.assert_nothing_else()


@EVERYWHERE
def test_a_prompt_that_waited_for_quiet_hours_and_a_nudge_do_not_come_on_one_day(
    nihito: Nihito, ada: Person
) -> None:
    plan(nihito, ada, "2026-03-12")
    pass_by(nihito, 9)
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    for day in (11, 14):
        pass_by(nihito, day)
        asked(nihito, ada, "on Thursday 12 March")
    ada.set_quiet_hours(int(in_berlin(15, 8).timestamp()), int(in_berlin(16, 9, 15).timestamp()))
    nihito.wait_until_idle()
    pass_by(nihito, 15)
    came = []
    for day in (16, 17):
        before = len(ada.messages())
        pass_by(nihito, day)
        came += [each.text.partition(" ")[0] for each in ada.messages()[before:]]
        assert len(came) == day - 15
        nihito.slack.expect_message(to=ada)
    assert sorted(came) == ["What", "Your"]


def test_why_says_that_the_debrief_comes_first(nihito: Nihito, ada: Person) -> None:
    plan(nihito, ada, "2026-03-16")
    pass_by(nihito, 11)
    nihito.slack.expect_message(to=ada, containing="You see Brightwater Mill")
    pass_by(nihito, 15)
    asked(nihito, ada, "on Monday 16 March")
    said = ada.run("/visit", "why").text
    assert "My next nudge comes on Friday 20 March" in said
    assert "First I ask what you heard from Brightwater Mill, Monday 16 March." in said
