"""A debrief is changed and withdrawn, and what depends on it changes with it."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T0, T

BOTH = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
FRIDAY = T(days=4, hours=2)


@pytest.fixture
def stories(nihito: Nihito):
    return nihito.slack.add_channel("stories")


@pytest.fixture
def ada(nihito: Nihito, stories) -> Person:
    ada = nihito.slack.add_user("Ada")
    stories.members.append(ada.id)
    nihito.join(ada, channel=stories.id)
    return ada


@pytest.fixture
def confirmation(nihito: Nihito, ada: Person):
    """Return the confirmation of Ada's debrief of Brightwater Mill."""
    return debriefed(nihito, ada, "Brightwater Mill", STORY)


def debriefed(nihito: Nihito, person, customer: str, story: str, **more):
    nihito.open_form(person, "/debrief", customer)
    person.submit({"story": story, **more})
    return nihito.slack.expect_message(to=person, containing="is kept")


def change(person, confirmation):
    person.press(confirmation, "debrief.change")
    return person.wait_for_view()


def due(person) -> str:
    return str(person.run("/visit", "next").text)


def test_a_debrief_is_changed_with_all_its_words_and_the_digest_says_so_in_place(
    nihito: Nihito, ada: Person, stories, confirmation
):
    nihito.tick_at(FRIDAY)
    digest = nihito.slack.expect_message(to=stories, containing=STORY)
    change(ada, confirmation)
    assert form_helpers.typed_value(ada, "story") == STORY
    ada.submit({"story": "They print no more. We saw it."})
    nihito.slack.expect_message(to=ada, containing="The story in the digest changes with it.")
    nihito.tick_at(FRIDAY)
    changed = nihito.slack.expect_update(digest, "They print no more. We saw it.")
    assert "A story was changed or taken back after this was posted." in changed.text
    assert STORY not in changed.text


@BOTH
def test_a_debrief_that_is_taken_back_leaves_the_digest_and_no_words_behind(
    nihito: Nihito, ada: Person, stories, confirmation
):
    debriefed(nihito, ada, "Fern Labs", "Another story. Of another customer.")
    nihito.tick_at(FRIDAY)
    digest = nihito.slack.expect_message(to=stories, containing=STORY)
    view = change(ada, confirmation)
    ada.press(view, "debrief.take_back")
    form_helpers.wait_until(
        nihito, lambda: "is taken back. The visit still counts." in str(view.payload)
    )
    nihito.tick_at(FRIDAY)
    changed = nihito.slack.expect_update(digest, "Another story.")
    assert "Brightwater" not in changed.text
    assert form_helpers.count_rows(nihito, "visits", "debriefs", "workarounds") == (2, 1, 0)
    assert STORY not in str(form_helpers.table_rows(nihito, "debriefs"))


def test_a_digest_of_which_everything_is_taken_back_says_that_alone(
    nihito: Nihito, ada: Person, stories, confirmation
):
    nihito.tick_at(FRIDAY)
    digest = nihito.slack.expect_message(to=stories, containing=STORY)
    view = change(ada, confirmation)
    ada.press(view, "debrief.take_back")
    form_helpers.wait_until(nihito, lambda: "is taken back" in str(view.payload))
    nihito.tick_at(FRIDAY)
    changed = nihito.slack.expect_update(digest, "What stood here was taken back")
    assert STORY not in changed.text


def test_a_story_that_is_made_private_leaves_the_digest(
    nihito: Nihito, ada: Person, stories, confirmation
):
    nihito.tick_at(FRIDAY)
    digest = nihito.slack.expect_message(to=stories, containing=STORY)
    change(ada, confirmation)
    ada.submit({"sharing": "private"})
    nihito.slack.expect_message(to=ada, containing="is changed")
    nihito.tick_at(FRIDAY)
    nihito.slack.expect_update(digest, "What stood here was taken back")


@BOTH
def test_a_visit_that_never_took_place_counts_no_more(nihito: Nihito, ada: Person):
    before = due(ada)
    nihito.clock.at = T(days=3)
    confirmation = debriefed(nihito, ada, "Brightwater Mill", STORY)
    assert due(ada) != before
    view = change(ada, confirmation)
    ada.press(view, "debrief.never_held")
    form_helpers.wait_until(nihito, lambda: "The visit counts for nobody." in str(view.payload))
    assert due(ada) == before
    (visit,), (customer,) = (
        form_helpers.table_rows(nihito, "visits"),
        form_helpers.table_rows(nihito, "customers"),
    )
    assert (visit["state"], customer["last_visit_on"]) == ("called_off", None)


def test_a_date_that_is_changed_moves_what_is_due_back(nihito: Nihito, ada: Person):
    nihito.clock.at = T(days=10)
    confirmation = debriefed(nihito, ada, "Brightwater Mill", STORY)
    assert "Thursday 26 March" in due(ada)
    change(ada, confirmation)
    ada.submit({"on": "2026-03-09"})
    nihito.slack.expect_message(to=ada, containing="is changed")
    assert "Monday 23 March" in due(ada)
    assert str(form_helpers.table_rows(nihito, "customers")[0]["last_visit_on"]) == "2026-03-09"


@BOTH
def test_a_visit_counts_for_whoever_came_along_and_answers_their_nudge(nihito: Nihito, ada: Person):
    ben = form_helpers.new_pm(nihito, "Ben")
    nihito.tick_at(T(days=14))
    hers = nihito.slack.expect_message(to=ada)
    his = nihito.slack.expect_message(to=ben)
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view, "fellows")
    ada.submit({"story": STORY, "fellows": [ben]})
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.slack.expect_update(hers, "You saw Brightwater Mill")
    nihito.slack.expect_update(his, "You saw Brightwater Mill")
    assert "Monday 30 March" in due(ben)
    assert form_helpers.count_rows(nihito, "visits") == (1,)


def test_whoever_is_said_to_have_come_along_by_mistake_is_due_as_before(
    nihito: Nihito, ada: Person
):
    ben = form_helpers.new_pm(nihito, "Ben")
    before = due(ben)
    nihito.clock.at = T(days=3)
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view, "fellows")
    ada.submit({"story": STORY, "fellows": [ben]})
    confirmation = nihito.slack.expect_message(to=ada, containing="is kept")
    assert due(ben) != before
    change(ada, confirmation)
    ada.submit({"fellows": []})
    nihito.slack.expect_message(to=ada, containing="is changed")
    assert due(ben) == before


def test_nobody_but_its_author_changes_a_debrief(nihito: Nihito, ada: Person, confirmation):
    ben = form_helpers.new_pm(nihito, "Ben")
    value = str(form_helpers.table_rows(nihito, "debriefs")[0]["id"])
    form_helpers.press_as(nihito, ben, confirmation, "debrief.change", value)
    nihito.slack.expect_message(to=ben, containing="This belongs to somebody else.")
    assert ben.view is None
    assert ada.view is None


def test_a_debrief_that_was_taken_back_meanwhile_cannot_be_saved_and_keeps_its_words(
    nihito: Nihito, ada: Person, confirmation
):
    view = change(ada, confirmation)
    form_helpers.open_over(nihito, ada, view, lambda: ada.press(confirmation, "debrief.change"))
    other = ada.view
    ada.press(other, "debrief.take_back")
    form_helpers.wait_until(nihito, lambda: "is taken back" in str(other.payload))
    outcome = form_helpers.submit(nihito, ada, view)
    assert "has been taken back" in str(outcome.errors)
    assert form_helpers.count_rows(nihito, "debriefs") == (0,)


def test_changes_that_were_left_half_way_are_there_again_and_not_in_another_debrief(
    nihito: Nihito, ada: Person, confirmation
):
    change(ada, confirmation)
    ada.fill(story="Half a")
    nihito.wait_until_idle()
    ada.close()
    nihito.slack.expect_message(to=ada, containing="kept for two weeks")
    nihito.open_form(ada, "/debrief")
    assert form_helpers.typed_value(ada, "story") is None
    ada.close()
    change(ada, confirmation)
    assert form_helpers.typed_value(ada, "story") == "Half a"


def test_home_changes_a_debrief_too(nihito: Nihito, ada: Person, confirmation):
    assert confirmation
    home = ada.open_home()
    ada.press(home, "debrief.change")
    ada.wait_for_view()
    ada.submit({"story": "Another one."})
    nihito.wait_until_idle()
    assert [each["story"] for each in form_helpers.table_rows(nihito, "debriefs")] == [
        "Another one."
    ]


@BOTH
def test_a_debrief_that_is_written_anew_after_it_was_taken_back_is_of_the_same_visit(
    nihito: Nihito, ada: Person
):
    confirmation = debriefed(nihito, ada, "Brightwater Mill", STORY)
    view = change(ada, confirmation)
    ada.press(view, "debrief.take_back")
    form_helpers.wait_until(nihito, lambda: "is taken back" in str(view.payload))
    ada.close()
    debriefed(nihito, ada, "Brightwater Mill", "Another story. Of the same visit.")
    assert form_helpers.count_rows(nihito, "visits", "debriefs") == (1, 1)


def test_a_story_that_is_shared_a_month_later_is_new_to_the_next_digest(
    nihito: Nihito, ada: Person
):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    form_helpers.unfold(nihito, ada, view)
    ada.submit({"story": STORY, "sharing": "private"})
    confirmation = nihito.slack.expect_message(to=ada, containing="It stays private.")
    nihito.clock.at = T(days=35)
    change(ada, confirmation)
    ada.submit({"sharing": "share"})
    nihito.slack.expect_message(to=ada, containing="is changed")
    (kept,) = form_helpers.table_rows(nihito, "debriefs")
    assert (kept["shared_at"], kept["created_at"]) == (T(days=35), T0)


def test_the_theme_of_a_private_pain_is_not_offered_to_others(nihito: Nihito, ada: Person):
    ben = form_helpers.new_pm(nihito, "Ben")
    for who, sharing in ((ada, "private"), (ben, "share")):
        view = nihito.open_form(who, "/debrief", f"Customer of {who.name}")
        form_helpers.unfold(nihito, who, view, "pain")
        offered = who.options("theme.find", f"Theme of {who.name}")[-1]["value"]
        who.submit({"story": STORY, "pain": "x", "pain_theme": offered, "sharing": sharing})
        nihito.slack.expect_message(to=who, containing="is kept")
    view = nihito.open_form(ben, "/debrief", "Fern Labs")
    form_helpers.unfold(nihito, ben, view, "pain")
    found = [each["value"] for each in ben.options("theme.find", "theme of")]
    assert found == ["Theme of Ben", "theme of"]


def test_typing_on_in_a_debrief_that_was_taken_back_elsewhere_is_kept_as_a_new_one(
    nihito: Nihito, ada: Person
):
    confirmation = debriefed(nihito, ada, "Brightwater Mill", STORY)
    view = change(ada, confirmation)
    form_helpers.open_over(nihito, ada, view, lambda: ada.press(confirmation, "debrief.change"))
    other = ada.view
    late = form_helpers.second_press(nihito, ada, view, "debrief.typed", None, block_id="story")
    ada.press(other, "debrief.take_back")
    form_helpers.wait_until(nihito, lambda: "is taken back" in str(other.payload))
    assert late().acked
    nihito.wait_until_idle()
    assert [each["debrief_id"] for each in form_helpers.table_rows(nihito, "unfinished")] == [None]


def test_a_debrief_of_long_ago_is_found_among_the_earlier_ones_and_changed(
    nihito: Nihito, ada: Person
):
    for day in range(2, 9):
        nihito.clock.at = T(days=day)
        view = nihito.open_form(ada, "/debrief", f"Customer {day}")
        form_helpers.unfold(nihito, ada, view)
        ada.submit({"story": STORY, "sharing": "private"})
        nihito.slack.expect_message(to=ada, containing="is kept")
    home = ada.open_home()
    assert "Customer 2" not in str(home.payload)
    ada.press(home, "home.earlier")
    listed = ada.wait_for_view()
    oldest = form_helpers.table_rows(nihito, "debriefs")[0]["id"]
    ada.press(listed, "debrief.change", block_id=f"debrief.change:{oldest}")
    form_helpers.wait_until(nihito, lambda: ada.view is not listed and ada.view)
    assert form_helpers.typed_value(ada, "customer")["text"]["text"] == "Customer 2"
    ada.submit({"story": "Another one."})
    form_helpers.wait_until(nihito, lambda: ada.view is None)
    assert form_helpers.table_rows(nihito, "debriefs")[0]["story"] == "Another one."
