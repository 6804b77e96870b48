"""Promises: the owner is reminded once, on the due date, and answers what became of it."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
WHAT = "Send the roadmap, without dates."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


def promise(nihito: Nihito, person, on: str, **more):
    """Submit a debrief with a promise due on a date; return the author's confirmation."""
    view = nihito.open_form(person, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, person, view, "promise")
    person.submit({"story": STORY, "promise": WHAT, "promise_on": on, **more})
    return nihito.slack.expect_message(to=person, containing="is kept")


@BOTH
def test_a_promise_is_reminded_of_on_its_date_and_never_again(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-05")
    nihito.tick_at(T(days=2))
    nihito.tick_at(T(days=3))
    told = nihito.slack.expect_message(to=ada, containing="You promised Brightwater Mill something")
    assert "by today" in told.text
    assert WHAT in told.text
    for hours in range(1, 24):
        nihito.tick_at(T(days=3, hours=hours))
    nihito.tick_at(T(days=4))
    assert "Thursday 5 March, which has passed" in str(ada.open_home().payload)


def test_a_promise_for_a_sunday_is_reminded_of_on_the_friday(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-08")
    nihito.tick_at(T(days=4))
    told = nihito.slack.expect_message(to=ada, containing="You promised")
    assert "by Sunday 8 March" in told.text


def test_what_was_kept_is_not_asked_about(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-05")
    home = ada.open_home()
    assert WHAT in str(home.payload)
    ada.press(home, "promise.kept")
    form_helpers.wait_until(nihito, lambda: WHAT not in str(ada.home.payload))
    nihito.tick_at(T(days=3))
    assert [str(each["kept_on"]) for each in form_helpers.table_rows(nihito, "promises")] == [
        "2026-03-02"
    ]


def test_a_reminder_is_answered_where_it_stands(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-05")
    nihito.tick_at(T(days=3))
    told = nihito.slack.expect_message(to=ada, containing="You promised")
    ada.press(told, "promise.kept")
    nihito.slack.expect_update(told, f"Kept, what Brightwater Mill was promised: {WHAT}")


def test_a_week_more_is_a_new_date_with_a_reminder_of_its_own(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-05")
    nihito.tick_at(T(days=3))
    told = nihito.slack.expect_message(to=ada, containing="You promised")
    ada.press(told, "promise.put_off")
    nihito.slack.expect_update(told, "I will remind you again on Thursday 12 March")
    nihito.tick_at(T(days=9))
    nihito.tick_at(T(days=10))
    nihito.slack.expect_message(to=ada, containing="You promised")


def test_whoever_is_to_keep_it_is_told_at_once_and_reminded_on_the_day(nihito: Nihito, ada: Person):
    sam = nihito.slack.add_user("Sam", tz="Europe/Berlin")
    promise(nihito, ada, "2026-03-05", promise_owner=sam)
    nihito.tick_at(T(minutes=1))
    told = nihito.slack.expect_message(to=sam, containing="Ada promised Brightwater Mill")
    assert "something that you keep by Thursday 5 March" in told.text
    nihito.tick_at(T(days=3))
    reminder = nihito.slack.expect_message(to=sam, containing="that you keep by today")
    sam.press(reminder, "promise.kept")
    nihito.slack.expect_update(reminder, "Kept")


def test_nobody_but_author_and_owner_says_that_a_promise_is_kept(nihito: Nihito, ada: Person):
    ben = form_helpers.new_pm(nihito, "Ben")
    promise(nihito, ada, "2026-03-05")
    nihito.tick_at(T(days=3))
    told = nihito.slack.expect_message(to=ada, containing="You promised")
    form_helpers.press_as(
        nihito, ben, told, "promise.kept", str(form_helpers.table_rows(nihito, "promises")[0]["id"])
    )
    nihito.slack.expect_message(to=ben, containing="This belongs to somebody else.")
    assert [each["kept_on"] for each in form_helpers.table_rows(nihito, "promises")] == [None]


def test_a_promise_that_moves_with_its_debrief_is_reminded_of_on_the_new_date_alone(
    nihito: Nihito, ada: Person
):
    told = promise(nihito, ada, "2026-03-05")
    ada.press(told, "debrief.change")
    ada.wait_for_view()
    ada.submit({"promise_on": "2026-03-06"})
    nihito.slack.expect_message(to=ada, containing="is changed")
    nihito.tick_at(T(days=3))
    nihito.tick_at(T(days=4))
    nihito.slack.expect_message(to=ada, containing="You promised")


def test_a_promise_of_a_debrief_that_is_taken_back_is_not_reminded_of(nihito: Nihito, ada: Person):
    told = promise(nihito, ada, "2026-03-05")
    ada.press(told, "debrief.change")
    view = ada.wait_for_view()
    ada.press(view, "debrief.take_back")
    form_helpers.wait_until(nihito, lambda: "is taken back" in str(view.payload))
    nihito.tick_at(T(days=3))
    nihito.slack.assert_nothing_else()


def test_whoever_is_away_is_reminded_once_they_are_back(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-05")
    ada.run("/visit", "pause until 2026-03-09")
    nihito.tick_at(T(days=3))
    nihito.tick_at(T(days=7))
    told = nihito.slack.expect_message(to=ada, containing="You promised")
    assert "which has passed" in told.text


def test_a_brief_tells_what_they_were_promised_and_what_they_were_told(nihito: Nihito, ada: Person):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view, "promise", "answer")
    typed = {"promise": WHAT, "promise_on": "2026-03-05", "answer": "Totals"}
    ada.submit({"story": STORY, **typed, "answer_said": "Not before summer."})
    nihito.slack.expect_message(to=ada, containing="is kept")
    said = ada.run("/customer", "Brightwater Mill").text
    assert f"We have promised them: {WHAT} (You keep it by Thursday 5 March)" in said
    assert "They have been told: Totals: “Not before summer.” (Ada, Monday 2 March)" in said


def test_a_promise_told_in_private_is_not_read_by_others(nihito: Nihito, ada: Person):
    ben = form_helpers.new_pm(nihito, "Ben")
    promise(nihito, ada, "2026-03-05", sharing="private")
    assert WHAT not in ben.run("/customer", "Brightwater Mill").text
    assert WHAT in ada.run("/customer", "Brightwater Mill").text


@BOTH
def test_another_owner_is_told_and_reminded_in_place_of_the_first(nihito: Nihito, ada: Person):
    sam, tom = (nihito.slack.add_user(name, tz="Europe/Berlin") for name in ("Sam", "Tom"))
    told = promise(nihito, ada, "2026-03-05", promise_owner=sam)
    nihito.tick_at(T(minutes=1))
    nihito.slack.expect_message(to=sam, containing="Ada promised")
    ada.press(told, "debrief.change")
    ada.wait_for_view()
    ada.submit({"promise_owner": tom})
    nihito.slack.expect_message(to=ada, containing="is changed")
    nihito.tick_at(T(minutes=2))
    nihito.slack.expect_message(to=tom, containing="Ada promised")
    nihito.tick_at(T(days=3))
    nihito.slack.expect_message(to=tom, containing="that you keep by today")


def test_a_guest_can_keep_no_promise_and_is_told_nothing(nihito: Nihito, ada: Person):
    gil = nihito.slack.add_user("Gil", guest=True)
    nihito.tick_at(T(minutes=1))
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view, "promise")
    filled = {"story": STORY, "promise": WHAT, "promise_on": "2026-03-05", "promise_owner": gil}
    refused = "Only full members of this workspace can keep a promise. Choose somebody else."
    assert ada.submit(filled).errors == {"promise_owner": refused}
    assert form_helpers.count_rows(nihito, "debriefs") == (0,)


def test_what_somebody_who_has_left_was_to_keep_falls_back_to_the_author(
    nihito: Nihito, ada: Person
):
    sam = nihito.slack.add_user("Sam", tz="Europe/Berlin")
    promise(nihito, ada, "2026-03-05", promise_owner=sam)
    nihito.tick_at(T(minutes=1))
    nihito.slack.expect_message(to=sam, containing="Ada promised")
    sam.change(deleted=True)
    form_helpers.wait_until(
        nihito, lambda: "deactivated" in str(form_helpers.table_rows(nihito, "staff"))
    )
    nihito.tick_at(T(days=3))
    nihito.tick_at(T(days=3, minutes=1))
    nihito.tick_at(T(days=4))
    nihito.slack.expect_message(to=ada, containing="You promised Brightwater Mill")


@BOTH
def test_another_promise_is_not_kept_because_the_one_in_its_place_was(nihito: Nihito, ada: Person):
    told = promise(nihito, ada, "2026-03-05")
    ada.press(ada.open_home(), "promise.kept")
    nihito.wait_until_idle()
    ada.press(told, "debrief.change")
    ada.wait_for_view()
    ada.submit({"promise": "An invoice with totals", "promise_on": "2026-03-06"})
    nihito.slack.expect_message(to=ada, containing="is changed")
    nihito.tick_at(T(days=3))
    nihito.tick_at(T(days=4))
    nihito.slack.expect_message(to=ada, containing="An invoice with totals")


@BOTH
def test_a_promise_that_is_made_anew_after_its_debrief_was_taken_back_is_reminded_of(
    nihito: Nihito, ada: Person
):
    told = promise(nihito, ada, "2026-03-05")
    ada.press(told, "debrief.change")
    view = ada.wait_for_view()
    nihito.tick_at(T(days=3))
    nihito.slack.expect_message(to=ada, containing="You promised")
    ada.press(view, "debrief.take_back")
    form_helpers.wait_until(nihito, lambda: "is taken back" in str(view.payload))
    ada.close()
    nihito.clock.at = T(days=3, hours=1)
    promise(nihito, ada, "2026-03-06")
    nihito.tick_at(T(days=4))
    nihito.slack.expect_message(to=ada, containing="You promised")


def test_a_week_more_pressed_twice_is_one_week(nihito: Nihito, ada: Person):
    promise(nihito, ada, "2026-03-05")
    nihito.tick_at(T(days=3))
    told = nihito.slack.expect_message(to=ada, containing="You promised")
    value = next(
        each["value"] for each in told.blocks[-1]["elements"] if "put_off" in each["action_id"]
    )
    again = form_helpers.second_press(nihito, ada, told, "promise.put_off", value)
    ada.press(told, "promise.put_off")
    nihito.slack.expect_update(told, "on Thursday 12 March")
    again()
    nihito.slack.expect_update(told, "on Thursday 12 March")
    assert [str(each["on"]) for each in form_helpers.table_rows(nihito, "promises")] == [
        "2026-03-12"
    ]
