"""What people do that is sent to the app as an event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.api.json_shapes import dnd_json, message_json, user_json
from sandbox.delivery import payloads
from sandbox.outcome import Outcome
from sandbox.workspace.modals import view_json
from sandbox.workspace.state import Channel, Message, Reaction, User, View, Workspace

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_FAMILIES = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_TOKEN = re.compile(r"(<[@#!][^<>]+>)")


def send(
    sandbox: Sandbox, author: User, event: Mapping[str, Any], channel: Channel | None
) -> Outcome:
    def build() -> dict[str, Any]:
        shared = bool(channel and channel.is_ext_shared)
        stamped = {"event_ts": sandbox.workspace.new_ts(), **event}
        return payloads.event_envelope(sandbox.workspace, stamped, author, ext_shared=shared)

    return Outcome.from_delivery(sandbox.delivery.send("events_api", build))


def open_home(sandbox: Sandbox, user: User, dm: Channel, timeout: float) -> View | None:
    workspace = sandbox.workspace
    before = workspace.home_of(user.id)
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": dm.id,
        "tab": "home",
    }
    if before is not None:
        event["view"] = view_json(workspace, before)
    if "app_home_opened" not in sandbox.installation.events:
        return before
    old_hash = before.hash if before else ""
    send(sandbox, user, event, None)

    def new_home() -> View | None:
        home = workspace.home_of(user.id)
        return home if home is not None and home.hash != old_hash else None

    return workspace.wait_until(new_home, timeout) or before


def say(
    sandbox: Sandbox, user: User, channel: Channel, text: str, thread: Message | None
) -> Message:
    workspace = sandbox.workspace
    if channel.archived:
        raise AssertionError(f"#{channel.name} is archived")
    message = workspace.add_message(
        Message(
            ts=workspace.new_ts(),
            channel=channel.id,
            user=user.id,
            text=_escape_typed(text),
            thread_ts=(thread.thread_ts or thread.ts) if thread else None,
        )
    )
    if sandbox.bot_user_id in channel.members:
        _notify_app(sandbox, user, channel, message)
    return message


def _notify_app(sandbox: Sandbox, user: User, channel: Channel, message: Message) -> None:
    shown = message_json(sandbox.workspace, message) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "user_team": user.team_id,
    }
    subscribed = sandbox.installation.events
    if f"message.{_FAMILIES[channel.kind]}" in subscribed:
        event = shown | {"channel_type": _TYPES[channel.kind]}
        send(sandbox, user, event, channel)
    mentioned = f"<@{sandbox.bot_user_id}>" in message.text and channel.kind != "im"
    if mentioned and "app_mention" in subscribed:
        send(sandbox, user, shown | {"type": "app_mention"}, channel)


def react(sandbox: Sandbox, user: User, message: Message, name: str) -> None:
    with sandbox.workspace.lock:
        reaction = next((r for r in message.reactions if r.name == name), None)
        if reaction is None:
            reaction = Reaction(name, [])
            message.reactions.append(reaction)
        if user.id in reaction.users:
            return
        reaction.users.append(user.id)
        sandbox.workspace.notify_changed()
    channel = sandbox.workspace.channels[message.channel]
    subscribed = "reaction_added" in sandbox.installation.events
    if subscribed and sandbox.bot_user_id in channel.members:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": "reaction_added", "user": user.id, "reaction": name, "item": item}
        send(sandbox, user, event | {"item_user": message.user}, channel)


def change_profile(sandbox: Sandbox, user: User, fields: Mapping[str, Any]) -> None:
    with sandbox.workspace.lock:
        for name, value in fields.items():
            getattr(user, name)
            setattr(user, name, value)
        sandbox.workspace.notify_changed()
        event = {"type": "user_change", "user": user_json(sandbox.workspace, user)}
    if "user_change" in sandbox.installation.events:
        send(sandbox, user, event, None)


def set_quiet_hours(sandbox: Sandbox, user: User, start: int, end: int) -> None:
    """Set the next quiet period, in Unix seconds; 0 and 0 for none."""
    with sandbox.workspace.lock:
        sandbox.workspace.dnd[user.id] = (start, end)
        sandbox.workspace.notify_changed()
        status = dnd_json(sandbox.workspace, user)
    if "dnd_updated_user" in sandbox.installation.events:
        event = {"type": "dnd_updated_user", "user": user.id, "dnd_status": status}
        send(sandbox, user, event, None)


def _escape_typed(text: str) -> str:
    """Escape text as Slack's composer does; mentions stay as they are."""
    parts = _TOKEN.split(text)
    return "".join(part if _TOKEN.fullmatch(part) else _escape(part) for part in parts)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped(workspace: Workspace, text: str) -> str:
    """Replace @name and #channel in a command's text by ids, as with should_escape."""
    users = {user.name: user.id for user in workspace.users.values()}
    channels = {channel.name: channel.id for channel in workspace.channels.values()}

    def user(match: re.Match[str]) -> str:
        name = match[1]
        return f"<@{users[name]}|{name}>" if name in users else match[0]

    def channel(match: re.Match[str]) -> str:
        name = match[1]
        return f"<#{channels[name]}|{name}>" if name in channels else match[0]

    marked = re.sub(r"(?<![\w<])@([\w.-]+)", user, text)
    return re.sub(r"(?<![\w<])#([\w-]+)", channel, marked)
