"""views.*: modals and Home."""

from sandbox.api.args import Args
from sandbox.api.lookups import known_user
from sandbox.api.method import Method, ResultJson
from sandbox.errors import Refused
from sandbox.workspace.interaction_tokens import Trigger
from sandbox.workspace.modals import (
    find_external,
    open_modal,
    publish_home,
    push_modal,
    update_view,
    view_json,
)
from sandbox.workspace.state import View, Workspace


def open_view(workspace: Workspace, args: Args) -> ResultJson:
    trigger = _trigger(workspace, args)
    payload = _payload(args)
    view = open_modal(workspace, trigger.user, payload)
    return _answer(workspace, trigger, view)


def push(workspace: Workspace, args: Args) -> ResultJson:
    trigger = _trigger(workspace, args)
    payload = _payload(args)
    view = push_modal(workspace, trigger.user, payload)
    return _answer(workspace, trigger, view)


def update(workspace: Workspace, args: Args) -> ResultJson:
    if args.text("view_id"):
        view = workspace.views.get(args.text("view_id"))
    else:
        view = find_external(workspace, args.required("external_id"))
    if view is None or not view.open:
        raise Refused("not_found")
    update_view(workspace, view, _payload(args), args.text("hash"))
    return {"view": view_json(workspace, view)}


def publish(workspace: Workspace, args: Args) -> ResultJson:
    user = known_user(workspace, args.required("user_id"))
    if user.is_stranger or user.deleted or user.is_bot:
        raise Refused("user_not_found")
    if not workspace.installation.home_tab:
        raise Refused("not_enabled")
    view = publish_home(workspace, user.id, _payload(args), args.text("hash"))
    return {"view": view_json(workspace, view)}


def _payload(args: Args) -> dict[str, object]:
    payload = args.mapped("view")
    if payload is None:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: view"])
    return payload


def _trigger(workspace: Workspace, args: Args) -> Trigger:
    trigger = workspace.tokens.triggers.get(args.required("trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("trigger_exchanged")
    if trigger.is_expired():
        raise Refused("trigger_expired")
    return trigger


def _answer(workspace: Workspace, trigger: Trigger, view: View) -> ResultJson:
    trigger.used = True
    return {"view": view_json(workspace, view)}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
