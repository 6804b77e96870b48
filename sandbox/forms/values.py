"""What a person gives for an element, turned into the shape in which Slack keeps it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sandbox.api.json_shapes import file_json
from sandbox.forms.elements import Place, all_options
from sandbox.workspace.state import Workspace


def slack_value(workspace: Workspace, user_id: str, place: Place, value: Any) -> Any:
    """`value` as state.values and actions hold it; AssertionError when it cannot be chosen."""
    kind = place.kind
    if kind.option:
        return _chosen(workspace, user_id, place, value)
    if place.element["type"] == "file_input":
        return [_file(workspace, item) for item in _listed(value)]
    if kind.many:
        return [_plain(item) for item in _listed(value)]
    if value in (None, ""):
        return None
    return _typed(place.element["type"], value)


def _typed(element_type: str, value: Any) -> Any:
    if element_type == "datetimepicker":
        return int(value.timestamp()) if isinstance(value, datetime) else int(value)
    if element_type == "rich_text_input":
        return value if isinstance(value, Mapping) else _rich_text(str(value))
    return _plain(value)


def _plain(value: Any) -> str:
    """Text of a value; a person or a channel stands for its id, times are HH:MM."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "id", value))


def _rich_text(text: str) -> dict[str, Any]:
    inner = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [inner]}


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list | tuple) else [value]


def _chosen(workspace: Workspace, user_id: str, place: Place, value: Any) -> Any:
    if place.kind.many:
        return [_option(workspace, user_id, place, item) for item in _listed(value)]
    return None if value in (None, "") else _option(workspace, user_id, place, value)


def _option(workspace: Workspace, user_id: str, place: Place, value: Any) -> dict[str, Any]:
    """The offered option with this value (or that is this option); nothing else can be chosen."""
    wanted = value["value"] if isinstance(value, Mapping) else str(value)
    loaded = workspace.offered.get((user_id, place.action_id), [])
    options = [*all_options(place.element), *loaded]
    found = next((option for option in options if option.get("value") == wanted), None)
    if found is None:
        there = ", ".join(str(option.get("value")) for option in options) or "nothing"
        raise AssertionError(f"{place.action_id} does not offer {wanted!r}; it offers {there}")
    return found


def _file(workspace: Workspace, item: Any) -> dict[str, Any]:
    file_id = str(getattr(item, "id", item))
    if file_id not in workspace.files:
        raise AssertionError(f"there is no file {file_id}")
    return file_json(workspace, workspace.files[file_id])
