"""Slack slow, away or refusing: what people did is saved, and they are told where they look."""

import pytest

from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

LATE = "Sorry, that took me too long, so Slack didn't open it. Nothing is lost."
AWAY = (
    "Slack did not show my answer, sorry. What you saved is kept; "
    "if you were waiting for a form, please try again."
)
COMMANDS = pytest.mark.parametrize(
    ("command", "words"),
    [("/debrief", ""), ("/visit", "plan"), ("/visit", "settings"), ("/contact", "")],
)
FAULTS = pytest.mark.parametrize(
    ("fault", "sentence"),
    [("trigger_expired", LATE), ("expired_trigger_id", LATE), ("500 before", AWAY), ("429", AWAY)],
)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


@pytest.fixture
def nudge(nihito: Nihito, ada: Person):
    nihito.tick_at(T(days=14))
    return nihito.slack.expect_message(to=ada)


@COMMANDS
@FAULTS
def test_a_form_that_does_not_open_is_explained_where_the_command_was_typed(
    nihito: Nihito, ada: Person, command, words, fault, sentence
):
    stories = nihito.slack.add_channel("stories", members=[ada])
    nihito.slack.fail("views.open", fault)
    ada.run(command, words, channel=stories)
    told = nihito.slack.expect_message(to=stories, containing=sentence)
    assert told.ephemeral_for == ada.id
    assert ada.view is None
    ada.run(command, words, channel=stories)
    ada.wait_for_view()


def test_a_form_that_slack_opens_late_is_there(nihito: Nihito, ada: Person):
    nihito.slack.faults.hang_seconds = 0.2
    nihito.slack.fail("views.open", "hang")
    ada.run("/debrief")
    ada.wait_for_view()


@pytest.mark.parametrize("button", ["home.debrief", "home.plan", "home.settings"])
def test_a_form_that_does_not_open_from_home_is_explained_in_the_conversation_with_the_bot(
    nihito: Nihito, ada: Person, button
):
    home = ada.open_home()
    nihito.slack.fail("views.open", "trigger_expired")
    ada.press(home, button)
    told = nihito.slack.expect_message(to=ada, containing=LATE)
    assert told.channel == ada.dm.id


@pytest.mark.parametrize(
    ("action", "choice"), [("nudge.been", None), ("nudge.plan", None), ("nudge.snooze", "date")]
)
def test_a_form_that_does_not_open_from_a_nudge_is_explained_under_it(
    nihito: Nihito, ada: Person, nudge, action, choice
):
    nihito.slack.fail("views.open", "trigger_expired")
    ada.press(nudge, action, choice)
    assert nihito.slack.expect_message(to=ada, containing=LATE).ephemeral_for == ada.id
    assert [each["answer"] for each in form_helpers.table_rows(nihito, "nudges")] == [None]


def test_add_more_that_slack_does_not_draw_keeps_the_form_and_works_when_pressed_again(
    nihito: Nihito, ada: Person
):
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.fill(story=STORY)
    nihito.slack.fail("views.update", "500 before")
    ada.press(view, "debrief.more")
    nihito.slack.expect_message(to=ada, containing=AWAY)
    assert form_helpers.typed_value(ada, "story") == STORY
    ada.press(view, "debrief.more")
    form_helpers.wait_until(nihito, lambda: "quote" in view.state_values)
    assert form_helpers.typed_value(ada, "story") == STORY


@pytest.mark.parametrize("fault", ["500 before", "reset before", "429", "message_not_found"])
def test_a_snooze_that_slack_does_not_show_is_kept_and_told(
    nihito: Nihito, ada: Person, nudge, fault
):
    nihito.slack.fail("chat.update", fault)
    ada.press(nudge, "nudge.snooze", "tomorrow")
    nihito.slack.expect_message(to=ada, containing=AWAY)
    nihito.tick_at(T(days=15))
    assert "visit" in nihito.slack.expect_message(to=ada).text


def test_a_debrief_whose_nudge_slack_does_not_change_is_kept_and_told(
    nihito: Nihito, ada: Person, nudge
):
    ada.press(nudge, "nudge.been")
    ada.wait_for_view()
    nihito.slack.fail("chat.update", "500 before")
    ada.submit({"customer": form_helpers.new_customer(ada), "story": STORY})
    nihito.slack.expect_message(to=ada, containing=AWAY)
    assert form_helpers.count_rows(nihito, "debriefs") == (1,)


@pytest.mark.parametrize("fault", ["500 before", "reset before", "expired_url", "used_url"])
def test_a_reply_that_is_not_taken_where_the_command_was_typed_comes_as_a_message(
    nihito: Nihito, ada: Person, fault
):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    nihito.slack.fail("response_url", fault)
    assert ada.submit({"story": STORY}).errors == {}
    told = nihito.slack.expect_message(to=ada, containing="debrief for Brightwater Mill is kept.")
    assert (told.channel, told.ephemeral_for) == (ada.dm.id, None)
    assert form_helpers.count_rows(nihito, "debriefs") == (1,)


def test_a_debrief_that_took_longer_than_slack_waits_for_an_answer_is_still_answered(
    nihito: Nihito, ada: Person
):
    stories = nihito.slack.add_channel("stories", members=[ada])
    ada.run("/debrief", "Brightwater Mill", channel=stories)
    ada.wait_for_view()
    nihito.clock.at = T(minutes=31)
    ada.submit({"story": STORY})
    told = nihito.slack.expect_message(to=ada, containing="is kept")
    assert told.channel == ada.dm.id
    nihito.slack.expect_refusal("response_url", "expired_url")


def test_with_slack_gone_altogether_what_was_done_is_kept(nihito: Nihito, ada: Person):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    nihito.slack.fail("*", "500 before", times=None)
    assert ada.submit({"story": STORY}).errors == {}
    nihito.wait_until_idle()
    assert form_helpers.count_rows(nihito, "debriefs") == (1,)


def test_home_that_slack_does_not_draw_is_no_reason_for_a_message(nihito: Nihito, ada: Person):
    nihito.slack.fail("views.publish", "500 before")
    ada.open_home(timeout=0.2)
    nihito.wait_until_idle()
    nihito.slack.assert_nothing_else()


@pytest.fixture
def slow(nihito: Nihito):
    """Make Slack do everything, but respond late."""
    nihito.slack.faults.hang_seconds = 0.2
    for method in ("views.update", "chat.update", "response_url"):
        nihito.slack.fail(method, "hang")


@pytest.mark.usefixtures("slow")
def test_what_slack_shows_slowly_is_shown_once(nihito: Nihito, ada: Person, nudge):
    ada.press(nudge, "nudge.snooze", "tomorrow")
    nihito.slack.expect_update(nudge, "Snoozed.")
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.fill(story=STORY)
    ada.press(view, "debrief.more")
    form_helpers.wait_until(nihito, lambda: "quote" in view.state_values)
    assert ada.submit({"quote": "We never ask."}).errors == {}
    nihito.slack.expect_message(to=ada, containing="is kept")
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")
    nihito.wait_until_idle()
    nihito.slack.assert_nothing_else()
