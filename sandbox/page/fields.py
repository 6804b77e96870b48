"""Form fields of a surface's elements: their names, and how a posted form is read."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sandbox.workspace.elements import (
    Element,
    PlacedElement,
    all_options,
    find_elements,
    state_entry,
)
from sandbox.workspace.state import Block, StateValues

TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")


class Form(Protocol):
    """A posted form: all values of a field, in the order of the page."""

    def getlist(self, key: Any) -> list[Any]: ...


def field_name(block_id: str, action_id: str) -> str:
    """Return the form field's name of an element: both ids quoted, as any character is allowed."""
    return f"{quote(block_id, safe='')}/{quote(action_id, safe='')}"


def find_element(blocks: Sequence[Block], block_id: str, action_id: str) -> PlacedElement | None:
    """Return the element with these ids, or None if it is no longer on the surface."""
    for placed in find_elements(blocks):
        if (placed.block_id, placed.action_id) == (block_id, action_id):
            return placed
    return None


def read_state(blocks: Sequence[Block], form: Form, zone: ZoneInfo) -> StateValues:
    """Read a posted form as Slack's `state.values`; `zone` is the person's."""
    state: StateValues = {}
    for placed in find_elements(blocks):
        if placed.kind.stateful:
            entry = read_field(placed, form, zone)
            state.setdefault(placed.block_id, {})[placed.action_id] = entry
    return state


def read_field(placed: PlacedElement, form: Form, zone: ZoneInfo) -> dict[str, Any]:
    """Read one element's entry in `state.values`."""
    name = field_name(placed.block_id, placed.action_id)
    given = [str(value).replace("\r\n", "\n") for value in form.getlist(name)]
    read = [_value(placed.element, value, zone) for value in given if value]
    values = [value for value in read if value is not None]
    if placed.kind.many:
        return state_entry(placed, values)
    return state_entry(placed, values[-1] if values else None)


def _value(element: Element, value: str, zone: ZoneInfo) -> Any:
    kind = str(element["type"])
    if "external" in kind:
        return _external_option(value)
    if kind in ("datetimepicker", "file_input", "rich_text_input"):
        return SPECIAL[kind](value, zone)
    if kind in ("static_select", "multi_static_select", "radio_buttons", "checkboxes"):
        return next((dict(o) for o in all_options(element) if o.get("value") == value), None)
    return value


def _external_option(value: str) -> dict[str, Any] | None:
    """Parse an option that only the app knows, which the page posts as JSON."""
    try:
        option = json.loads(value)
    except ValueError:
        return None
    return option if isinstance(option, dict) and "value" in option else None


def _moment(value: str, zone: ZoneInfo) -> int | None:
    """Return the Unix seconds of a local time from a browser's field; None if malformed."""
    try:
        return int(datetime.fromisoformat(value).replace(tzinfo=zone).timestamp())
    except ValueError:
        return None


def _rich_text_value(value: str, _zone: ZoneInfo) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
    return {"type": "rich_text", "elements": [section]}


SPECIAL = {
    "datetimepicker": _moment,
    "file_input": lambda value, _zone: {"id": value},
    "rich_text_input": _rich_text_value,
}


def simple_value(placed: PlacedElement, entry: Mapping[str, Any]) -> Any:
    """Return an element's value as `Person` takes it: an option's value, text, an id, or a list."""
    value = entry.get(placed.kind.key)
    if isinstance(value, list):
        return [_simple(item) for item in value]
    return _simple(value)


def _simple(value: Any) -> Any:
    if isinstance(value, Mapping) and value.get("type") != "rich_text":
        return value.get("value", value.get("id"))
    return value
