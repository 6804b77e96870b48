"""What a person does on the page reaches the app as Slack sends it, over real HTTP."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest

from sandbox.page.fields import field_name
from sandbox.person import Person
from sandbox.workspace.state import View
from tests.sandbox.page import newer_blocks as newer
from tests.sandbox.page.page_client import fetch, get_page, post_action
from tests.sandbox.page.toy_app import Toy, add_message, noon, running_toy


@pytest.fixture
def toy() -> Iterator[Toy]:
    with running_toy(now=noon) as running:
        yield running


class Buttons(HTMLParser):
    """The buttons of a page, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.extend([{name: value or "" for name, value in attrs}] if tag == "button" else [])

    def form_of(self, action_id: str, value: str) -> dict[str, str]:
        """Return what the page's script posts when this button is pressed."""
        for button in self.found:
            if (button.get("data-action-id"), button.get("value")) == (action_id, value):
                return {"_block": button["data-block-id"], "_action": action_id, "_value": value}
        raise AssertionError(f"no button {action_id} with {value}")


def form_for(view: View, **values: str) -> dict[str, str]:
    """Return the form fields of an open modal, with texts by block id."""
    typed = {field_name(block, f"{block}_input"): value for block, value in values.items()}
    return {"_view": view.id, **typed}


def open_view(person: Person) -> View:
    person.run("/debrief")
    return person.wait_for_view()


def test_a_slash_command_opens_a_modal_over_the_page(toy: Toy) -> None:
    html = post_action(toy, toy.ada, toy.general, "say", text="/debrief").text
    assert 'role="dialog"' in html
    assert "Debrief" in html


def test_a_command_that_is_not_answered_says_so_in_slacks_words(toy: Toy) -> None:
    html = post_action(toy, toy.ada, toy.general, "say", text="/slow").text
    assert "/slow failed because the app did not respond." in html
    assert (
        "/nope is not a valid command."
        in post_action(toy, toy.ada, toy.general, "say", text="/nope").text
    )


def test_required_inputs_are_asked_for_before_the_app_is(toy: Toy) -> None:
    view = open_view(toy.ada)
    html = post_action(toy, toy.ada, toy.ada.dm, "submit", **form_for(view, story="Kept")).text
    assert "Please complete this required field." in html
    assert "Kept</textarea>" in html
    assert toy.received.forms == []


def test_errors_of_the_app_keep_what_was_typed(toy: Toy) -> None:
    view = open_view(toy.ada)
    form = form_for(view, name="wrong", story="Kept", kind="two")
    html = post_action(toy, toy.ada, toy.ada.dm, "submit", **form).text
    assert "That is not a name." in html
    assert 'value="wrong"' in html
    assert "Kept</textarea>" in html


def test_a_submitted_form_reaches_the_app_as_slack_sends_it(toy: Toy) -> None:
    view = open_view(toy.ada)
    place = json.dumps({"text": {"type": "plain_text", "text": "Cork"}, "value": "cork"})
    form = form_for(view, name="N", story="S", kind="two", at="2026-03-02T09:30", place=place)
    html = post_action(toy, toy.ada, toy.ada.dm, "submit", **form).text
    assert 'role="dialog" aria-modal' not in html
    values = toy.received.forms[-1]
    assert values["at"]["at_input"]["selected_date_time"] == 1772443800
    assert values["place"]["place_input"]["selected_option"]["value"] == "cork"
    assert values["kind"]["kind_input"]["selected_option"]["value"] == "two"
    assert values["city"]["city_input"]["selected_option"] is None


def test_a_form_of_a_modal_that_is_gone_changes_nothing(toy: Toy) -> None:
    view = open_view(toy.ada)
    toy.ada.close()
    html = post_action(toy, toy.ada, toy.ada.dm, "submit", **form_for(view, name="N")).text
    assert "changed in the meantime" in html
    assert toy.received.forms == []


def test_closing_a_modal_tells_the_app_and_not_what_was_typed(toy: Toy) -> None:
    view = open_view(toy.ada)
    post_action(toy, toy.ada, toy.ada.dm, "close", _how="top", **form_for(view, name="Half"))
    assert toy.received.closed[-1]["state"]["values"] == {}
    assert toy.ada.view is None


def test_an_external_select_asks_the_app_as_one_types(toy: Toy) -> None:
    view = open_view(toy.ada)
    query = {"where": f"view:{view.id}", "block": "place", "action": "place_input"}
    html = fetch(toy, f"/options/{toy.ada.id}?{urlencode({**query, 'typed': 'be'})}").text
    assert re.findall(r">(\w+)</li>", html) == ["Aberdeen", "Bergen"]
    short = fetch(toy, f"/options/{toy.ada.id}?{urlencode({**query, 'typed': 'b'})}").text
    assert "Type at least 2 characters" in short
    none = fetch(toy, f"/options/{toy.ada.id}?{urlencode({**query, 'typed': 'xx'})}").text
    assert "No results" in none
    assert toy.received.typed == ["be", "xx"]


@pytest.mark.parametrize(
    ("block", "typed", "offered"),
    [
        ("owner", "be", ["Ben Okoro"]),
        ("owner", "dora", []),
        ("room", "", ["#general", "#leads", "#shared-desk"]),
        ("where", "gen", ["#general"]),
        ("tags", "t", ["Two", "Three"]),
    ],
)
def test_a_select_offers_what_fits_the_text(
    toy: Toy, block: str, typed: str, offered: list[str]
) -> None:
    view = open_view(toy.ada)
    query = {"where": f"view:{view.id}", "block": block, "action": f"{block}_input"}
    html = fetch(toy, f"/options/{toy.ada.id}?{urlencode({**query, 'typed': typed})}").text
    assert re.findall(r'role="option"[^>]*>([^<]+)</li>', html) == offered


def test_nobody_uses_somebody_elses_view(toy: Toy) -> None:
    view = open_view(toy.ada)
    html = post_action(
        toy, toy.ben, toy.general, "press", _where=f"view:{view.id}", _block="x", _action="y"
    ).text
    assert "changed in the meantime" in html


def test_pressing_a_button_sends_what_slack_sends(toy: Toy) -> None:
    toy.ada.run("/gallery")
    message = toy.ada.messages()[-1]
    where = f"message:{message.channel}:{message.ts}"
    html = post_action(
        toy, toy.ada, toy.ada.dm, "press", _where=where, _block="acts", _action="plan"
    ).text
    assert "Planned 🎯" in html
    assert "(edited)" in html
    assert toy.received.actions[-1]["value"] == "plan"


@pytest.mark.parametrize(
    ("block", "action_id", "value"),
    [
        (newer.card("Cork Mill"), "plan_card", "Cork Mill"),
        (newer.carousel(), "plan_card", "Alder & Sons"),
        (newer.container(), "read", "story"),
        (newer.container(is_collapsible=True), "been", "yes"),
        (newer.context_actions(), "rate", "good"),
        (newer.context_actions(), "rate", "bad"),
        (newer.context_actions(), "remove", "all"),
    ],
)
def test_a_button_inside_a_newer_block_reaches_the_app(
    toy: Toy, block: dict[str, Any], action_id: str, value: str
) -> None:
    message = add_message(toy, [block])
    page = Buttons(get_page(toy, toy.ada, toy.ada.dm).text)
    form = page.form_of(action_id, value) | {"_where": f"message:{message.channel}:{message.ts}"}
    html = post_action(toy, toy.ada, toy.ada.dm, "press", **form).text
    assert "changed in the meantime" not in html
    sent = toy.received.actions[-1]
    assert (sent["action_id"], sent["value"]) == (action_id, value)
    assert sent["block_id"] == form["_block"]


def test_a_feedback_button_is_sent_with_its_own_text(toy: Toy) -> None:
    message = add_message(toy, [newer.context_actions()])
    toy.ada.press(message, "rate", "bad")
    sent = toy.received.actions[-1]
    assert (sent["type"], sent["text"]["text"]) == ("feedback_buttons", "Bad idea")
    with pytest.raises(AssertionError, match="rate has no button 'fair'; it has good and bad"):
        toy.ada.press(message, "rate", "fair")


def test_an_icon_button_is_sent_with_its_value_however_it_is_pressed(toy: Toy) -> None:
    toy.ada.press(add_message(toy, [newer.context_actions()]), "remove")
    sent = toy.received.actions[-1]
    assert (sent["type"], sent["value"], sent["text"]["text"]) == ("icon_button", "all", "Remove")


def test_a_choice_in_a_message_is_sent_at_once_and_stays_chosen(toy: Toy) -> None:
    toy.ada.run("/gallery")
    message = toy.ada.messages()[-1]
    where = f"message:{message.channel}:{message.ts}"
    form = {"_where": where, "_block": "moods", "_action": "mood", "moods/mood": "two"}
    html = post_action(toy, toy.ada, toy.ada.dm, "press", **form).text
    assert toy.received.actions[-1]["selected_option"]["value"] == "two"
    assert re.search(r'value="two" checked', html)


def test_a_shortcut_of_a_message_runs(toy: Toy) -> None:
    message = toy.ben.say(toy.general, "I mailed them")
    where = f"message:{message.channel}:{message.ts}"
    html = post_action(
        toy, toy.ada, toy.general, "shortcut", _shortcut="contact", _where=where
    ).text
    assert 'role="dialog"' in html
