"""Convert what a person enters in an element to the shape in which Slack stores it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sandbox.api.json_shapes import file_json
from sandbox.workspace.elements import PlacedElement, all_options
from sandbox.workspace.state import Workspace


def slack_value(workspace: Workspace, user_id: str, placed: PlacedElement, value: Any) -> Any:
    """Return `value` as state.values and actions hold it; AssertionError if it can't be chosen."""
    kind = placed.kind
    if kind.option:
        return _selected_options(workspace, user_id, placed, value)
    if placed.element["type"] == "file_input":
        return [_file_value(workspace, item) for item in _as_list(value)]
    if kind.many:
        return [_as_text(item) for item in _as_list(value)]
    if value in (None, ""):
        return None
    return _scalar_value(placed.element["type"], value)


def _scalar_value(element_type: str, value: Any) -> Any:
    if element_type == "datetimepicker":
        return int(value.timestamp()) if isinstance(value, datetime) else int(value)
    if element_type == "rich_text_input":
        return value if isinstance(value, Mapping) else _rich_text(str(value))
    return _as_text(value)


def _as_text(value: Any) -> str:
    """Return a value as text: a person or a channel as its id, a time as HH:MM."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "id", value))


def _rich_text(text: str) -> dict[str, Any]:
    inner = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inner]}


def _as_list(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def _selected_options(workspace: Workspace, user_id: str, placed: PlacedElement, value: Any) -> Any:
    if placed.kind.many:
        return [_find_option(workspace, user_id, placed, item) for item in _as_list(value)]
    return None if value in (None, "") else _find_option(workspace, user_id, placed, value)


def _find_option(
    workspace: Workspace, user_id: str, placed: PlacedElement, value: Any
) -> dict[str, Any]:
    """Return the offered option with this value; AssertionError if it is not offered."""
    wanted = value["value"] if isinstance(value, Mapping) else str(value)
    loaded = workspace.offered.get((user_id, placed.action_id), [])
    options = [*all_options(placed.element), *loaded]
    found = next((option for option in options if option.get("value") == wanted), None)
    if found is None:
        there = ", ".join(str(option.get("value")) for option in options) or "nothing"
        raise AssertionError(f"{placed.action_id} does not offer {wanted!r}; it offers {there}")
    return found


def _file_value(workspace: Workspace, item: Any) -> dict[str, Any]:
    file_id = str(getattr(item, "id", item))
    if file_id not in workspace.files:
        raise AssertionError(f"there is no file {file_id}")
    return file_json(workspace, workspace.files[file_id])
