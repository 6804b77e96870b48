"""What Slack sends back for a press, and what a view shows, for tests of readers."""

from collections.abc import Mapping
from typing import Any


def pressed(message: Mapping[str, Any], action_id: str, value: str, nth: int = 0) -> dict[str, Any]:
    """Build the payload of an action id's nth element; `value` is a button's or an option's."""
    block, element = [
        (block, element)
        for block in message["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory") or {})
        if element.get("action_id") == action_id
    ][nth]
    action = {"block_id": block["block_id"], "action_id": action_id, "type": element["type"]}
    if element["type"] == "button":
        assert element["value"] == value
        return {"actions": [{**action, "value": value}]}
    (option,) = [each for each in element["options"] if each["value"] == value]
    return {"actions": [{**action, "selected_option": option}]}


def shown_texts(value: object) -> list[str]:
    """Return every text that is shown, in order."""
    if isinstance(value, Mapping):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for each in value.values() for text in shown_texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in shown_texts(each)]
    return []


def shown_text(arguments: Mapping[str, Any]) -> str:
    """Return all that the blocks of a message or a view show, in one line."""
    return " ".join(" ".join(shown_texts(arguments["blocks"])).split())
