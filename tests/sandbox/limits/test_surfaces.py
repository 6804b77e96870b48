"""Limits across all the blocks of a message or a view."""

from typing import Any

import pytest

from sandbox.limits import check_message, check_metadata, check_view

Json = dict[str, Any]

WORD = {"type": "plain_text", "text": "Word"}
DIVIDER = {"type": "divider"}
TYPED = {"type": "input", "label": WORD, "element": {"type": "plain_text_input"}}


def button(action_id: str) -> Json:
    return {"type": "button", "text": WORD, "action_id": action_id}


def actions(*names: str, **more: Any) -> Json:
    return {"type": "actions", "elements": [button(name) for name in names], **more}


def card(action_id: str) -> Json:
    return {"type": "card", "title": WORD, "actions": [button(action_id)]}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": WORD, "submit": WORD, "blocks": list(blocks), **more}


def without(view: Json, key: str) -> Json:
    return {name: value for name, value in view.items() if name != key}


def test_a_message_needs_text_or_blocks() -> None:
    assert [p.code for p in check_message([], "")] == ["no_text"]
    assert check_message([], "Hello") == []
    assert check_message([DIVIDER], "") == []


def test_a_block_id_stands_once() -> None:
    blocks = [{**DIVIDER, "block_id": name} for name in ("one", "two", "one")]
    assert [p.pointer for p in check_message(blocks, "")] == ["/blocks/2/block_id"]
    assert [p.pointer for p in check_view(modal(*blocks))] == ["/blocks/2/block_id"]


def test_an_action_id_stands_once_in_a_block_and_may_return_in_the_next() -> None:
    assert check_message([actions("yes", "no"), actions("yes", "no")], "") == []
    (problem,) = check_message([actions("yes", "yes")], "")
    assert problem.pointer == "/blocks/0/elements/1/action_id"
    assert "'yes'" in problem.text


def test_the_cards_of_a_carousel_may_share_their_action_ids() -> None:
    assert check_message([{"type": "carousel", "elements": [card("go"), card("go")]}], "") == []


def test_the_blocks_of_a_container_are_looked_at_one_by_one() -> None:
    container = {"type": "container", "title": WORD, "child_blocks": [actions("go", "go")]}
    (problem,) = check_message([container], "")
    assert problem.pointer == "/blocks/0/child_blocks/0/elements/1/action_id"


def test_one_element_of_a_view_has_the_focus() -> None:
    focused = {**TYPED, "element": {"type": "plain_text_input", "focus_on_load": True}}
    assert check_view(modal(focused, TYPED)) == []
    (problem,) = check_view(modal(focused, focused))
    assert problem.pointer == "/blocks/1/element/focus_on_load"


def test_a_message_has_one_table() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert [p.pointer for p in check_message([table, DIVIDER, table], "")] == ["/blocks/2"]


def test_a_response_url_is_only_asked_for_in_the_inputs_of_a_modal() -> None:
    select = {"type": "conversations_select", "response_url_enabled": True}
    assert check_view(modal({**TYPED, "element": select})) == []
    accessory = {"type": "section", "text": WORD, "accessory": select}
    for problems in (check_view(modal(accessory)), check_message([accessory], "")):
        assert [p.pointer for p in problems] == ["/blocks/0/accessory/response_url_enabled"]


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    (problem,) = check_view(without(modal(TYPED), "submit"))
    assert (problem.code, problem.pointer) == ("invalid_arguments", "/submit")
    assert check_view(without(modal(DIVIDER), "submit")) == []


def test_home_takes_inputs_without_a_submit_button() -> None:
    assert check_view({"type": "home", "blocks": [TYPED]}) == []


@pytest.mark.parametrize("key", ["title", "submit", "close"])
def test_home_has_no_title_and_no_buttons_of_its_own(key: str) -> None:
    view = {"type": "home", "blocks": [DIVIDER], key: WORD}
    assert [p.pointer for p in check_view(view)] == [f"/{key}"]


@pytest.mark.parametrize("key", ["title", "blocks", "type"])
def test_a_modal_needs_a_type_a_title_and_blocks(key: str) -> None:
    assert [p.pointer for p in check_view(without(modal(DIVIDER), key))] == [f"/{key}"]


@pytest.mark.parametrize("key", ["title", "submit", "close"])
def test_what_frames_a_modal_is_plain_text(key: str) -> None:
    view = modal(DIVIDER) | {key: {"type": "mrkdwn", "text": "*Word*"}}
    assert [p.pointer for p in check_view(view)] == [f"/{key}/type"]


@pytest.mark.parametrize("key", ["id", "hash", "state", "root_view_id"])
def test_a_view_may_not_be_sent_back_as_it_came(key: str) -> None:
    assert [p.pointer for p in check_view(modal(DIVIDER, **{key: "V1"}))] == [f"/{key}"]


@pytest.mark.parametrize("key", ["private_metadata", "callback_id", "external_id"])
def test_what_a_view_keeps_for_the_app_may_be_empty(key: str) -> None:
    assert check_view(modal(DIVIDER, **{key: ""})) == []


def test_a_file_input_is_not_dispatched() -> None:
    block = {**TYPED, "element": {"type": "file_input"}}
    assert check_view(modal({**block, "dispatch_action": False})) == []
    (problem,) = check_view(modal({**block, "dispatch_action": True}))
    assert problem.pointer == "/blocks/0/dispatch_action"


def test_all_problems_are_told_at_once() -> None:
    blocks = [{"type": "header"}, {"type": "unheard_of"}, {"type": "section", "text": ""}]
    assert [p.pointer for p in check_message(blocks, "")] == [
        "/blocks/0/text",
        "/blocks/1/type",
        "/blocks/2/text",
    ]


def test_metadata_is_an_event_type_with_a_payload() -> None:
    assert check_metadata({"event_type": "sent", "event_payload": {"id": "1", "n": {}}}) == []


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        (None, "invalid_metadata_format"),
        ("{}", "invalid_metadata_format"),
        ({}, "invalid_metadata_schema"),
        ({"event_type": "sent"}, "invalid_metadata_schema"),
        ({"event_type": "", "event_payload": {}}, "invalid_metadata_schema"),
        ({"event_type": "sent", "event_payload": "1"}, "invalid_metadata_schema"),
        ({"event_type": "sent", "event_payload": {}, "more": 1}, "invalid_metadata_schema"),
    ],
)
def test_metadata_of_another_form_is_refused(metadata: Any, code: str) -> None:
    assert {p.code for p in check_metadata(metadata)} == {code}


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        ("x", None),
        (True, [None]),
        ({"a": 1.5}, {"a": {}}),
        ([{"a": 1}, "x"], [{"a": [1]}]),
        ([], [[]]),
    ],
)
def test_the_values_of_metadata_are_at_most_one_object_deep(kept: Any, broken: Any) -> None:
    assert check_metadata({"event_type": "sent", "event_payload": {"it": kept}}) == []
    problems = check_metadata({"event_type": "sent", "event_payload": {"it": broken}})
    assert [p.pointer for p in problems] == ["/metadata/event_payload/it"]
