"""A form as Slack sends it back, for the views that are made from a submitted one."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.views import View

TYPED = {
    "plain_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "file_input": "files",
}
INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
}


def submitted(view: View, **answers: Any) -> dict[str, Any]:
    """Build the view as it comes back: with its initial values, overridden by answers by block id.

    Options are answered by their codes; None empties a field.
    """
    payload = view.to_dict()
    inputs = {block["block_id"]: block for block in payload["blocks"] if block["type"] == "input"}
    assert answers.keys() <= inputs.keys()
    values = {
        name: {block["element"]["action_id"]: _state(block["element"], name, answers)}
        for name, block in inputs.items()
    }
    return {**payload, "id": "V0000001", "state": {"values": values}}


def _state(element: Mapping[str, Any], name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    key = TYPED[element["type"]]
    empty: Any = [] if key in ("selected_options", "selected_users", "files") else None
    given = element.get(INITIAL.get(key, ""), empty)
    if name in answers:
        given = _answer(key, answers[name]) if answers[name] is not None else empty
    return {"type": element["type"], key: given}


def _answer(key: str, answer: Any) -> Any:
    if key == "selected_option":
        return _option(answer)
    return [_option(each) for each in answer] if key == "selected_options" else answer


def _option(code: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": "as shown"}, "value": code}
