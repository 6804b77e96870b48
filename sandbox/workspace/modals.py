"""Modals and Home: open, push, update, publish and close them by Slack's rules."""

from typing import Any, Literal

from sandbox.errors import Refused, refuse_if
from sandbox.limits import check_view
from sandbox.workspace.elements import initial_state
from sandbox.workspace.installation import TEAM_ID
from sandbox.workspace.messages import check_images, check_videos, fill_in_ids
from sandbox.workspace.state import View, Workspace

MAX_DEPTH = 3
_STORED_FIELDS = (
    "type", "title", "close", "submit", "blocks", "private_metadata", "callback_id",
    "clear_on_close", "notify_on_close", "external_id",
)  # fmt: skip


def validate_view(workspace: Workspace, payload: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return what Slack stores of the app's view; raise `Refused` when it would not accept it."""
    if payload.get("type") != kind:
        raise Refused(
            "invalid_arguments", [f"[ERROR] view must be of type {kind} [json-pointer:/type]"]
        )
    refuse_if(check_view(payload))
    check_images(workspace, payload.get("blocks") or ())
    check_videos(workspace.installation, payload.get("blocks") or ())
    stored = {name: payload[name] for name in _STORED_FIELDS if name in payload}
    return stored | {"blocks": fill_in_ids(workspace, payload.get("blocks") or ())}


def open_modal(workspace: Workspace, user_id: str, payload: dict[str, Any]) -> View:
    """Open a new stack with this modal only, and close the stack that was open."""
    with workspace.lock:
        stored = validate_view(workspace, payload, "modal")
        _refuse_used_external_id(workspace, stored, None)
        close_all(workspace, user_id)
        return _add_modal(workspace, user_id, stored, None)


def push_modal(workspace: Workspace, user_id: str, payload: dict[str, Any]) -> View:
    with workspace.lock:
        stack = workspace.modal_stack(user_id)
        if not stack:
            raise Refused("no_active_view")
        if len(stack) >= MAX_DEPTH:
            raise Refused("push_limit_reached")
        stored = validate_view(workspace, payload, "modal")
        _refuse_used_external_id(workspace, stored, None)
        return _add_modal(workspace, user_id, stored, stack[-1])


def update_view(
    workspace: Workspace, view: View, payload: dict[str, Any], expected_hash: str = ""
) -> View:
    """Replace a view in place; typed values survive only under the same ids."""
    with workspace.lock:
        if expected_hash and expected_hash != view.hash:
            raise Refused("hash_conflict")
        stored = validate_view(workspace, payload, view.kind)
        _refuse_used_external_id(workspace, stored, view)
        view.payload = stored
        view.state_values = initial_state(stored["blocks"], view.state_values)
        view.errors = {}
        view.hash = _new_hash(workspace)
        workspace.notify_changed()
        return view


def publish_home(
    workspace: Workspace, user_id: str, payload: dict[str, Any], expected_hash: str = ""
) -> View:
    with workspace.lock:
        home = workspace.home_of(user_id)
        if home is not None:
            return update_view(workspace, home, payload, expected_hash)
        stored = validate_view(workspace, payload, "home")
        _refuse_used_external_id(workspace, stored, None)
        view = _new_view(workspace, user_id, stored, "home")
        workspace.homes[user_id] = view.id
        workspace.notify_changed()
        return view


def close_view(workspace: Workspace, view: View) -> None:
    """Remove a modal from its stack, at whatever depth it is."""
    with workspace.lock:
        stack = workspace.stacks.get(view.user, [])
        if view.id in stack:
            stack.remove(view.id)
            view.open = False
            workspace.notify_changed()


def close_all(workspace: Workspace, user_id: str) -> None:
    with workspace.lock:
        for view in workspace.modal_stack(user_id):
            close_view(workspace, view)


def _add_modal(
    workspace: Workspace, user_id: str, stored: dict[str, Any], below: View | None
) -> View:
    view = _new_view(workspace, user_id, stored, "modal")
    if below is not None:
        view.root_id, view.previous_id = below.root_id, below.id
    workspace.stacks.setdefault(user_id, []).append(view.id)
    workspace.notify_changed()
    return view


def _new_view(
    workspace: Workspace, user_id: str, stored: dict[str, Any], kind: Literal["modal", "home"]
) -> View:
    view_id = workspace.new_id("V")
    view = View(
        id=view_id,
        user=user_id,
        payload=stored,
        kind=kind,
        root_id=view_id,
        hash=_new_hash(workspace),
        state_values=initial_state(stored["blocks"]),
    )
    workspace.views[view_id] = view
    return view


def _new_hash(workspace: Workspace) -> str:
    return f"{int(workspace.now().timestamp())}.{workspace.new_id('h')}"


def _refuse_used_external_id(
    workspace: Workspace, stored: dict[str, Any], own: View | None
) -> None:
    name = stored.get("external_id")
    in_use = find_external(workspace, name) if name else None
    if in_use is not None and in_use is not own:
        raise Refused("duplicate_external_id")


def find_external(workspace: Workspace, external_id: str) -> View | None:
    with workspace.lock:
        views = workspace.views.values()
        return next(
            (v for v in views if v.open and v.payload.get("external_id") == external_id), None
        )


def view_json(workspace: Workspace, view: View) -> dict[str, Any]:
    """Return a view as Slack shows it to the app, in responses and payloads."""
    app, payload = workspace.installation, view.payload
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": view.kind,
        "blocks": payload["blocks"],
        "private_metadata": payload.get("private_metadata", ""),
        "callback_id": payload.get("callback_id", ""),
        "state": {"values": view.state_values},
        "hash": view.hash,
        "title": payload.get("title"),
        "clear_on_close": payload.get("clear_on_close", False),
        "notify_on_close": payload.get("notify_on_close", False),
        "close": payload.get("close"),
        "submit": payload.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": app.app_id,
        "external_id": payload.get("external_id", ""),
        "app_installed_team_id": TEAM_ID,
        "bot_id": app.bot_id,
    }
