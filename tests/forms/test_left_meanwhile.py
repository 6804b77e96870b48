"""A person leaves, or becomes a guest, while a form of theirs is still open."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

NOT_JOINED = "This is for people who have joined. /visit join takes one press."


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


def test_a_debrief_is_kept_and_its_author_told_that_no_team_reads_it(nihito: Nihito, ada: Person):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.run("/visit", "leave")
    ada.press(view, "debrief.more")
    form_helpers.wait_until(nihito, lambda: "quote" in view.state_values)
    assert ada.submit({"story": STORY, "quote": "We never ask."}).errors == {}
    nihito.slack.expect_message(
        to=ada,
        containing="Thank you, your debrief for Brightwater Mill is kept. You have left, so no "
        "team reads it. /visit join brings you back at any time.",
    )
    assert form_helpers.count_rows(nihito, "pms", "debriefs") == (0, 1)


def test_a_debrief_from_a_nudge_is_answered_where_the_nudge_stands(nihito: Nihito, ada: Person):
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada)
    ada.press(nudge, "nudge.been")
    ada.wait_for_view()
    ada.run("/visit", "leave")
    ada.submit({"customer": form_helpers.new_customer(ada), "story": STORY})
    nihito.slack.expect_message(to=ada, containing="is kept. You have left")


def test_a_plan_is_not_kept_and_the_form_says_why(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "plan")
    ada.fill(customer=form_helpers.new_customer(ada), on="2026-03-05", goal="See the export")
    ada.run("/visit", "leave")
    assert ada.submit().errors == {"customer": NOT_JOINED}
    assert form_helpers.typed_value(ada, "goal") == "See the export"
    assert form_helpers.count_rows(nihito, "visits", "customers") == (0, 0)


def test_settings_do_not_bring_anybody_back_by_mistake(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/visit", "settings")
    ada.run("/visit", "leave")
    outcome = ada.submit({"interval": "30"})
    told = "You have not joined, or have left. /visit join takes one press."
    assert outcome.errors == {"interval": told}
    assert form_helpers.count_rows(nihito, "pms") == (0,)


def test_a_snooze_is_refused_in_its_form_and_a_nudge_says_why_when_pressed(
    nihito: Nihito, ada: Person
):
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada)
    ada.press(nudge, "nudge.snooze", "date")
    ada.wait_for_view()
    ada.run("/visit", "leave")
    assert ada.submit({"on": "2026-03-20"}).errors == {"on": NOT_JOINED}
    ada.press(nudge, "nudge.snooze", "tomorrow")
    assert nihito.slack.expect_message(to=ada, containing=NOT_JOINED).ephemeral_for == ada.id
    assert [each["answer"] for each in form_helpers.table_rows(nihito, "nudges")] == [None]


def test_home_left_open_says_why_its_buttons_do_nothing(nihito: Nihito, ada: Person):
    home = ada.open_home()
    ada.run("/visit", "leave")
    ada.press(home, "home.plan")
    assert nihito.slack.expect_message(to=ada, containing=NOT_JOINED).channel == ada.dm.id


def test_joining_from_home_shows_the_home_of_somebody_who_has_joined(nihito: Nihito):
    ada = nihito.slack.add_user("Ada")
    home = ada.open_home()
    ada.press(home, "home.join")
    ada.wait_for_view()
    ada.submit()
    form_helpers.wait_until(
        nihito, lambda: "next visit is due" in str(ada.home.payload["blocks"][0])
    )


def test_whoever_becomes_a_guest_is_refused_in_the_form_and_nothing_is_kept(
    nihito: Nihito, ada: Person
):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.change(is_restricted=True)
    form_helpers.wait_until(
        nihito, lambda: form_helpers.table_rows(nihito, "staff")[0]["standing"] == "guest"
    )
    outcome = ada.submit({"story": STORY})
    told = "Sorry, Nihito is for full members of this workspace."
    assert outcome.errors == {"customer": told}
    assert form_helpers.typed_value(ada, "story") == STORY
    assert form_helpers.count_rows(nihito, "debriefs", "customers") == (0, 0)
