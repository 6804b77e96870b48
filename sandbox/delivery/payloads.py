"""Payloads that the app receives, in Slack's shapes."""

import time
from collections.abc import Mapping
from typing import Any

from sandbox.api.json_shapes import message_json
from sandbox.workspace.elements import PlacedElement, pressed_button
from sandbox.workspace.installation import OTHER_TEAM_ID, TEAM_DOMAIN, TEAM_ID
from sandbox.workspace.modals import view_json
from sandbox.workspace.state import Channel, Message, StateValues, User, View, Workspace

_TOKEN = "sandbox-verification-token"


def channel_name(channel: Channel) -> str:
    """Return a channel's name as payloads show it: only public ones have their own."""
    return {"im": "directmessage", "private": "privategroup", "public": channel.name}.get(
        channel.kind, channel.name
    )


def command_form(
    workspace: Workspace, user: User, channel: Channel, command: str, text: str
) -> dict[str, Any]:
    """Build the form fields of a slash command."""
    entry = workspace.tokens.new_response_url(channel.id, user.id, None)
    return {
        "token": _TOKEN,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.installation.app_id,
        "is_enterprise_install": "false",
        "response_url": f"{workspace.url}/response/{entry.id}",
        "trigger_id": workspace.tokens.new_trigger(user.id).id,
    }


def _interaction(workspace: Workspace, user: User, kind: str) -> dict[str, Any]:
    domain = TEAM_DOMAIN if user.team_id == TEAM_ID else "elsewhere"
    return {
        "type": kind,
        "token": _TOKEN,
        "team": {"id": user.team_id, "domain": domain},
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": workspace.installation.app_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_actions(
    workspace: Workspace, user: User, message: Message, action: Mapping[str, Any]
) -> dict[str, Any]:
    """Build block_actions from a message; an ephemeral message isn't included."""
    channel = workspace.channels[message.channel]
    entry = workspace.tokens.new_response_url(channel.id, user.id, message.ts)
    payload = _interaction(workspace, user, "block_actions") | {
        "trigger_id": workspace.tokens.new_trigger(user.id).id,
        "container": message_container(message),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": f"{workspace.url}/response/{entry.id}",
        "state": {"values": message_state(workspace, user, message)},
        "actions": [dict(action)],
    }
    if message.ephemeral_for is None:
        payload["message"] = message_json(workspace, message, metadata=True)
    return payload


def message_container(message: Message) -> dict[str, Any]:
    return {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_for is not None,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }


def message_state(workspace: Workspace, user: User, message: Message) -> StateValues:
    return workspace.typed_on_messages.get((user.id, message.channel, message.ts), {})


def view_actions(
    workspace: Workspace, user: User, view: View, action: Mapping[str, Any]
) -> dict[str, Any]:
    """Build block_actions from a modal or Home, without a response_url."""
    trigger = workspace.tokens.new_trigger(user.id, view.id)
    return _interaction(workspace, user, "block_actions") | {
        "trigger_id": trigger.id,
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(workspace, view),
        "actions": [dict(action)],
    }


def action_of(placed: PlacedElement, value: Any) -> dict[str, Any]:
    """Build one entry of `actions`; `value` already has Slack's shape."""
    element = placed.element
    action = {
        "type": element["type"],
        "action_id": placed.action_id,
        "block_id": placed.block_id,
        "action_ts": f"{time.time():.6f}",
    }
    button = pressed_button(element, value)
    if button is not None:
        shown = {"text": button["text"]} | {k: button[k] for k in ("value", "style") if k in button}
        return action | shown
    for name in (placed.kind.initial, "placeholder"):
        if name and name in element:
            action[name] = element[name]
    return action | {placed.kind.key: value}


def view_submission(workspace: Workspace, user: User, view: View) -> dict[str, Any]:
    return _interaction(workspace, user, "view_submission") | {
        "trigger_id": workspace.tokens.new_trigger(user.id, view.id).id,
        "view": view_json(workspace, view),
        "response_urls": [],
    }


def view_closed(workspace: Workspace, user: User, view: View, *, cleared: bool) -> dict[str, Any]:
    # Slack doesn't promise to send the values of a form that was closed.
    return _interaction(workspace, user, "view_closed") | {
        "view": view_json(workspace, view) | {"state": {"values": {}}},
        "is_cleared": cleared,
    }


def block_suggestion(
    workspace: Workspace, user: User, placed: PlacedElement, typed: str, where: Message | View
) -> dict[str, Any]:
    """Build block_suggestion, which an external select sends at each keystroke."""
    payload = _interaction(workspace, user, "block_suggestion") | {
        "action_id": placed.action_id,
        "block_id": placed.block_id,
        "value": typed,
    }
    if isinstance(where, View):
        return payload | {
            "container": {"type": "view", "view_id": where.id},
            "view": view_json(workspace, where),
        }
    channel = workspace.channels[where.channel]
    return payload | {
        "container": message_container(where),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_json(workspace, where, metadata=True),
    }


def global_shortcut(workspace: Workspace, user: User, callback_id: str) -> dict[str, Any]:
    return _interaction(workspace, user, "shortcut") | {
        "callback_id": callback_id,
        "trigger_id": workspace.tokens.new_trigger(user.id).id,
        "action_ts": f"{time.time():.6f}",
    }


def message_shortcut(
    workspace: Workspace, user: User, callback_id: str, message: Message
) -> dict[str, Any]:
    channel = workspace.channels[message.channel]
    entry = workspace.tokens.new_response_url(channel.id, user.id, message.ts)
    return _interaction(workspace, user, "message_action") | {
        "callback_id": callback_id,
        "trigger_id": workspace.tokens.new_trigger(user.id).id,
        "action_ts": f"{time.time():.6f}",
        "message_ts": message.ts,
        "message": message_json(workspace, message),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "response_url": f"{workspace.url}/response/{entry.id}",
    }


def event_envelope(
    workspace: Workspace, event: Mapping[str, Any], author: User, *, ext_shared: bool
) -> dict[str, Any]:
    """Build an event_callback; a stranger's event has the stranger's team on top."""
    bot = workspace.installation
    return {
        "token": _TOKEN,
        "team_id": author.team_id if author.team_id == OTHER_TEAM_ID else TEAM_ID,
        "context_team_id": TEAM_ID,
        "context_enterprise_id": None,
        "api_app_id": bot.app_id,
        "event": dict(event),
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.now().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM_ID,
                "user_id": bot.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": ext_shared,
        "event_context": "sandbox-event-context",
    }
