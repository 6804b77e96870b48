"""The same submission twice: forms, buttons and windows make one record and one reply."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


def nudged(nihito: Nihito, ada: Person, days: float = 14):
    nihito.tick_at(T(days=days))
    return nihito.slack.expect_message(to=ada)


@EVERYWHERE
def test_a_debrief_sent_twice_is_kept_and_answered_once(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.submit({"story": STORY})
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert nihito.slack.resend_last().body == {}
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "customers", "visits", "debriefs") == (1, 1, 1)


@EVERYWHERE
def test_a_debrief_sent_again_with_more_in_it_loses_nothing(nihito: Nihito, ada: Person):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.fill(story="They print every order.")
    first = form_helpers.submit(nihito, ada, view)
    assert first.acked
    nihito.slack.expect_message(to=ada, containing="debrief for Brightwater Mill is kept")
    ada.submit({"customer": form_helpers.new_customer(ada, "Fern Labs"), "story": STORY})
    nihito.slack.expect_message(to=ada, containing="debrief for Fern Labs is changed")
    (visit,), (debrief,) = (
        form_helpers.table_rows(nihito, "visits"),
        form_helpers.table_rows(nihito, "debriefs"),
    )
    names = {each["id"]: each["name"] for each in form_helpers.table_rows(nihito, "customers")}
    assert (names[visit["customer_id"]], debrief["story"]) == ("Fern Labs", STORY)


@EVERYWHERE
def test_a_plan_sent_twice_is_kept_and_answered_once(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "plan")
    ada.submit({"customer": form_helpers.new_customer(ada), "on": "2026-03-05"})
    nihito.slack.expect_message(to=ada, containing="Planned: Brightwater Mill")
    assert nihito.slack.resend_last().body == {}
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "customers", "visits") == (1, 1)


@EVERYWHERE
def test_a_contact_sent_twice_is_kept_and_answered_once(nihito: Nihito, ada: Person):
    for _ in range(2):
        # Two people of one name: a third must not become four.
        nihito.open_form(ada, "/contact", "Brightwater Mill")
        ada.submit({"person": ada.options("contact.person", "Mara Lind")[-1], "channel": "mail"})
        nihito.slack.expect_message(to=ada, containing="Noted: Mara Lind of Brightwater Mill")
    assert nihito.slack.resend_last().body == {}
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "customers", "contacts") == (1, 2)


def test_a_namesake_is_not_added_once_more_by_a_contact_sent_twice(nihito: Nihito, ada: Person):
    mill = form_helpers.add_namesakes(nihito, "Brightwater Mill", "Mara Lind", 2)
    nihito.open_form(ada, "/contact", "Brightwater Mill")
    assert form_helpers.typed_value(ada, "customer")["value"] == f"customer:{mill}"
    ada.submit({"person": ada.options("contact.person", "Mara Lind")[-1], "channel": "mail"})
    nihito.slack.expect_message(to=ada, containing="Noted")
    nihito.slack.resend_last()
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "people", "contacts") == (3, 1)


@EVERYWHERE
def test_joining_twice_is_one_welcome(nihito: Nihito):
    ada = nihito.slack.add_user("Ada")
    stories = nihito.slack.add_channel("stories", members=[ada])
    nihito.open_form(ada, "/visit", "join")
    ada.submit({"channel": stories.id})
    nihito.slack.expect_message(to=ada, containing="Welcome out of the office.")
    assert nihito.slack.resend_last().body == {}
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "pms", "teams") == (1, 1)


def test_settings_sent_twice_are_answered_once(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "settings")
    ada.submit({"interval": "30"})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    assert nihito.slack.resend_last().body == {}
    nihito.wait_until_idle()
    nihito.slack.assert_nothing_else()


def test_settings_that_change_nothing_keep_a_snooze(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.snooze", "next_week")
    nihito.slack.expect_update(nudge, "Snoozed. I will ask again on Monday 23 March at 09:30")
    nihito.open_form(ada, "/visit", "settings")
    ada.submit()
    assert "Monday 23 March at 09:30" in ada.run("/visit", "next").text


def test_a_second_window_to_join_changes_the_settings_and_says_so(nihito: Nihito):
    ada = nihito.slack.add_user("Ada")
    other = nihito.open_form(ada, "/visit", "join")
    nihito.join(ada)
    form_helpers.choose(other, "interval", "30")
    assert form_helpers.submit(nihito, ada, other).acked
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    assert [each["interval_days"] for each in form_helpers.table_rows(nihito, "pms")] == [30]


def test_two_windows_of_a_debrief_are_two_debriefs_and_each_is_answered(
    nihito: Nihito, ada: Person
):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.been")
    first = ada.wait_for_view()
    ada.fill(customer=form_helpers.new_customer(ada), story=STORY)
    form_helpers.open_over(nihito, ada, first, lambda: ada.press(nudge, "nudge.been"))
    ada.submit({"customer": form_helpers.new_customer(ada, "Fern Labs"), "story": "Another one."})
    nihito.slack.expect_update(nudge, "You saw Fern Labs on Monday 16 March.")
    assert form_helpers.submit(nihito, ada, first).acked
    nihito.slack.expect_message(to=ada, containing="your debrief for Brightwater Mill is kept.")
    assert {each["story"] for each in form_helpers.table_rows(nihito, "debriefs")} == {
        STORY,
        "Another one.",
    }


def test_a_debrief_from_a_nudge_sent_twice_says_so_once(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.been")
    ada.wait_for_view()
    ada.submit({"customer": form_helpers.new_customer(ada), "story": STORY})
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    nihito.slack.resend_last()
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "debriefs") == (1,)


def test_a_plan_from_a_nudge_sent_twice_says_so_once(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.plan")
    ada.wait_for_view()
    ada.submit({"customer": form_helpers.new_customer(ada), "on": "2026-03-18"})
    nihito.slack.expect_update(nudge, "Planned: Brightwater Mill, Wednesday 18 March.")
    nihito.slack.resend_last()
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "visits") == (1,)


@pytest.mark.parametrize(
    ("action", "choice", "words"),
    [
        ("nudge.snooze", "tomorrow", "Snoozed. I will ask again on Tuesday 17 March at 09:30"),
        ("nudge.barrier", "no_time", "No time is a good reason to keep it small."),
    ],
)
def test_a_nudges_button_pressed_twice_does_its_work_once(
    nihito: Nihito, ada: Person, action, choice, words
):
    nudge = nudged(nihito, ada)
    again = form_helpers.second_press(nihito, ada, nudge, action, choice)
    ada.press(nudge, action, choice)
    nihito.slack.expect_update(nudge, words)
    again()
    nihito.slack.expect_update(nudge, words)
    nihito.slack.resend_last()
    assert sum(each["count"] for each in form_helpers.table_rows(nihito, "barriers")) == (
        choice == "no_time"
    )
    nihito.tick_at(T(days=15))
    if choice == "tomorrow":
        nihito.slack.expect_message(to=ada, containing="visit")


def test_a_snooze_form_sent_twice_puts_the_nudge_off_once(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.snooze", "date")
    ada.wait_for_view()
    view = ada.view
    ada.submit({"on": "2026-03-25"})
    nihito.slack.expect_update(nudge, "Wednesday 25 March at 09:30, Berlin time")
    form_helpers.submit(nihito, ada, view)
    nihito.slack.expect_update(nudge, "Wednesday 25 March at 09:30, Berlin time")
    nihito.slack.resend_last()
    nihito.tick_at(T(days=23))
    nihito.slack.expect_message(to=ada, containing="visit")
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "nudges") == (2,)


SETTLED_TEXT = "This nudge is settled: a visit has been logged since."
PRESSES = pytest.mark.parametrize(
    ("action", "choice"),
    [("nudge.snooze", "tomorrow"), ("nudge.barrier", "boss"), ("nudge.someone_else", None)],
)


@PRESSES
@pytest.mark.parametrize("on", ["2026-03-13", "2026-03-19"])
def test_an_older_nudge_pressed_after_a_visit_says_that_it_is_settled(
    nihito: Nihito, ada: Person, action, choice, on
):
    form_helpers.add_namesakes(nihito, "Fern Labs", "Theo Fern", 1)
    due, again = nudged(nihito, ada), nudged(nihito, ada, days=17)
    nihito.clock.at = T(days=17, hours=1)
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.submit({"story": STORY, "on": on})
    nihito.slack.expect_update(again, "You saw Brightwater Mill")
    nihito.slack.expect_message(to=ada, containing="is kept")
    ada.press(due, action, choice)
    nihito.slack.expect_update(due, SETTLED_TEXT)
    nihito.wait_until_idle()
    assert nihito.tick_at(T(days=18)) == []
    assert form_helpers.count_rows(nihito, "nudges", "barriers") == (2, 0)


def test_a_date_chosen_for_a_settled_nudge_is_refused_at_the_date(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.snooze", "date")
    snooze = ada.wait_for_view()
    form_helpers.open_over(nihito, ada, snooze, lambda: ada.run("/debrief", "Brightwater Mill"))
    ada.submit({"story": STORY})
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert form_helpers.submit(nihito, ada, snooze).errors == {"on": SETTLED_TEXT}


def test_a_plan_from_a_settled_nudge_is_kept_and_answered_where_it_was_pressed(
    nihito: Nihito, ada: Person
):
    nudge = nudged(nihito, ada)
    ada.press(nudge, "nudge.plan")
    plan = ada.wait_for_view()
    ada.fill(customer=form_helpers.new_customer(ada, "Fern Labs"), on="2026-03-20")
    form_helpers.open_over(nihito, ada, plan, lambda: ada.run("/debrief", "Brightwater Mill"))
    ada.submit({"story": STORY})
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert form_helpers.submit(nihito, ada, plan).body == {}
    nihito.slack.expect_message(to=ada, containing="Planned: Fern Labs, Friday 20 March.")


def test_a_nudge_of_long_ago_can_still_be_put_off(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    nudged(nihito, ada, days=17)
    nihito.clock.at = T(days=25)
    ada.press(nudge, "nudge.snooze", "tomorrow")
    nihito.slack.expect_update(nudge, "I will ask again on Monday 30 March")


def test_a_nudge_of_somebody_elses_says_so_and_changes_nothing(nihito: Nihito, ada: Person):
    nudge = nudged(nihito, ada)
    ben = form_helpers.new_pm(nihito, "Ben")
    outcome = form_helpers.press_as(nihito, ben, nudge, "nudge.snooze", "tomorrow")
    assert outcome.acked
    nihito.slack.expect_message(to=ben, containing="This belongs to somebody else.")
    assert [each["answer"] for each in form_helpers.table_rows(nihito, "nudges")] == [None]


def test_add_more_pressed_twice_keeps_what_was_typed_in_between(nihito: Nihito, ada: Person):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.fill(story=STORY)
    again = form_helpers.second_press(nihito, ada, view, "debrief.more", None)
    ada.press(view, "debrief.more")
    form_helpers.wait_until(nihito, lambda: "quote" in view.state_values)
    before = view.hash
    ada.fill(quote="We never ask any more.")
    again()
    form_helpers.wait_until(nihito, lambda: view.hash != before)
    assert form_helpers.typed_value(ada, "quote") == "We never ask any more."
    assert form_helpers.typed_value(ada, "story") == STORY


@EVERYWHERE
def test_a_debrief_sent_by_two_clicks_at_once_is_kept_and_answered_once(
    nihito: Nihito, ada: Person
):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.fill(story=STORY)
    with ThreadPoolExecutor(4) as clicks:
        sent = list(clicks.map(lambda _: form_helpers.submit(nihito, ada, view), range(4)))
    assert [each.body for each in sent] == [{}] * 4
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "customers", "visits", "debriefs") == (1, 1, 1)


@EVERYWHERE
def test_a_customer_added_by_four_people_at_once_is_one_customer(nihito: Nihito):
    people = [form_helpers.new_pm(nihito, name) for name in ("Ada", "Ben", "Cleo", "Dan")]
    for person in people:
        nihito.open_form(person, "/debrief", "Brightwater Mill")
        person.fill(story=STORY)
    with ThreadPoolExecutor(4) as clicks:
        assert all(each.acked for each in clicks.map(lambda person: person.submit(), people))
    for person in people:
        nihito.slack.expect_message(to=person, containing="is kept")
    assert form_helpers.count_rows(nihito, "customers", "debriefs") == (1, 4)
