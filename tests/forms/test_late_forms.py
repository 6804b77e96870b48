"""Forms that couldn't be opened in their trigger's three seconds: a button opens the same form."""

from datetime import timedelta
from threading import Event
from time import sleep

import pytest

from bot.app import BACKGROUND_THREADS
from handlers import late_forms
from handlers.requests import RequestKind
from handlers.routing import TRIGGER_SECONDS
from sandbox.person import Person
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.form_helpers import STORY
from tests.times import T

LATE = "Sorry, that took me too long"
OPEN = "form.open"


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


@pytest.fixture
def nudge(nihito: Nihito, ada: Person) -> Message:
    nihito.tick_at(T(days=14))
    return nihito.slack.expect_message(to=ada)


def refuse_next(nihito: Nihito, method: str = "views.open") -> None:
    """Let Slack refuse to open the next form, as its trigger has expired."""
    nihito.slack.fail(method, "trigger_expired")


def fill_queue(nihito: Nihito) -> Event:
    """Occupy all background threads, for longer than a trigger works; return what frees them."""
    released, dispatcher = Event(), nihito.application.dispatcher
    for _ in range(BACKGROUND_THREADS + 1):
        dispatcher.background.submit(released.wait, 30)
    while dispatcher.expected_wait() < TRIGGER_SECONDS:
        sleep(0.05)
    return released


def test_a_command_is_answered_where_it_was_typed_and_its_button_opens_the_same_form(
    nihito: Nihito, ada: Person
):
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.submit({"story": STORY})
    nihito.slack.expect_message(to=ada, containing="is kept")
    stories = nihito.slack.add_channel("stories", members=[ada])
    refuse_next(nihito)
    ada.run("/contact", "Brightwater Mill", channel=stories)
    told = nihito.slack.expect_message(to=stories, containing=LATE)
    assert told.ephemeral_for == ada.id
    ada.press(told, OPEN)
    assert "Brightwater Mill" in str(ada.wait_for_view().payload)


def test_a_button_of_a_nudge_opens_the_form_of_that_nudge(
    nihito: Nihito, ada: Person, nudge: Message
):
    refuse_next(nihito)
    ada.press(nudge, "nudge.been")
    told = nihito.slack.expect_message(to=ada, containing=LATE)
    ada.press(told, OPEN)
    ada.wait_for_view()
    ada.submit({"customer": form_helpers.new_customer(ada), "story": STORY})
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill")


def test_a_choice_in_a_menu_is_kept(nihito: Nihito, ada: Person, nudge: Message):
    refuse_next(nihito)
    ada.press(nudge, "nudge.snooze", "date")
    ada.press(nihito.slack.expect_message(to=ada, containing=LATE), OPEN)
    assert ada.wait_for_view().payload["callback_id"] == "nudge.snooze_date"


@pytest.mark.parametrize("button", ["home.debrief", "home.plan", "home.settings"])
def test_a_button_on_home_is_answered_in_the_conversation_with_the_bot(
    nihito: Nihito, ada: Person, button: str
):
    home = ada.open_home()
    refuse_next(nihito)
    ada.press(home, button)
    told = nihito.slack.expect_message(to=ada, containing=LATE)
    assert (told.channel, told.ephemeral_for) == (ada.dm.id, None)
    ada.press(told, OPEN)
    assert '"where": "home"' in ada.wait_for_view().payload["private_metadata"]


def test_words_behind_a_command_are_there_once(nihito: Nihito, ada: Person):
    refuse_next(nihito)
    ada.run("/debrief", f"Brightwater Mill: {STORY}")
    ada.press(nihito.slack.expect_message(to=ada, containing=LATE), OPEN)
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "story") == f"Brightwater Mill: {STORY}"


def test_a_quote_longer_than_a_button_holds_is_there_and_saved_once(nihito: Nihito, ada: Person):
    stories = nihito.slack.add_channel("stories", members=[ada])
    quote = ("We print it. " * 200).strip()
    said = ada.say(stories, quote)
    refuse_next(nihito)
    ada.shortcut("debrief.from_message", message=said)
    ada.press(nihito.slack.expect_message(to=stories, containing=LATE), OPEN)
    ada.wait_for_view()
    assert form_helpers.typed_value(ada, "quote") == quote
    assert form_helpers.count_rows(nihito, "unfinished") == (1,)


def test_what_would_have_been_pushed_is_opened(nihito: Nihito, ada: Person):
    home = ada.open_home()
    ada.press(home, "home.hypotheses")
    listed = ada.wait_for_view()
    refuse_next(nihito, "views.push")
    ada.press(listed, "hypothesis.state")
    told = nihito.slack.expect_message(to=ada, containing=LATE)
    ada.close(clear_all=True)
    ada.press(told, OPEN)
    assert ada.wait_for_view().payload["callback_id"] == "hypothesis.stated"


def test_a_form_that_is_late_twice_has_its_button_each_time(
    nihito: Nihito, ada: Person, nudge: Message
):
    refuse_next(nihito)
    ada.press(nudge, "nudge.been")
    told = nihito.slack.expect_message(to=ada, containing=LATE)
    refuse_next(nihito)
    ada.press(told, OPEN)
    again = nihito.slack.expect_message(to=ada, containing=LATE)
    ada.press(again, OPEN)
    ada.wait_for_view()


def test_a_button_pressed_days_later_opens_the_form_of_that_day(
    nihito: Nihito, ada: Person, nudge: Message
):
    refuse_next(nihito)
    ada.press(nudge, "nudge.snooze", "date")
    told = nihito.slack.expect_message(to=ada, containing=LATE)
    nihito.clock.at = T(days=18)
    ada.press(told, OPEN)
    in_a_week = (T(days=18) + timedelta(days=7)).date().isoformat()
    assert in_a_week in str(ada.wait_for_view().payload)


@pytest.mark.parametrize("transport", ["http", "socket"], indirect=True)
def test_with_a_full_queue_a_command_is_answered_in_its_acknowledgement(
    nihito: Nihito, ada: Person
):
    released = fill_queue(nihito)
    answer = ada.run("/debrief", "")
    released.set()
    assert (LATE in answer.text, answer.took < 1) == (True, True)
    nihito.wait_until_idle()
    assert ada.view is None
    nihito.slack.assert_nothing_else()


def test_with_a_full_queue_a_button_is_answered_at_once(
    nihito: Nihito, ada: Person, nudge: Message
):
    released = fill_queue(nihito)
    ada.press(nudge, "nudge.been")
    told = nihito.slack.expect_message(to=ada, containing=LATE, timeout=2)
    released.set()
    nihito.wait_until_idle()
    ada.press(told, OPEN)
    ada.wait_for_view()


def test_a_form_whose_turn_comes_too_late_is_not_asked_for(nihito: Nihito, ada: Person):
    released = Event()
    background = nihito.application.dispatcher.background
    for _ in range(BACKGROUND_THREADS):
        background.submit(released.wait, 30)
    ada.run("/debrief", "")
    released.wait(3.1)
    released.set()
    nihito.slack.expect_message(to=ada, containing=LATE)
    nihito.wait_until_idle()
    assert not [each for each in nihito.slack.calls if each.method == "views.open"][1:]


@pytest.mark.parametrize(("typed", "fits"), [("x" * 1900, True), ("\U0001f600" * 1900, False)])
def test_the_button_holds_what_slack_lets_it(typed: str, fits: bool):
    value = late_forms.pack_request(RequestKind.COMMAND, {"command": "/debrief", "text": typed})
    assert bool(value) == fits


def test_a_command_too_long_for_a_button_is_to_be_tried_again(nihito: Nihito, ada: Person):
    refuse_next(nihito)
    ada.run("/contact", "x" * 2000)
    told = nihito.slack.expect_message(to=ada, containing="Please try again.")
    assert OPEN not in str(told.blocks)
