"""What people do that is sent to the app as an event."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.api.json_shapes import dnd_json, message_json, user_json
from sandbox.delivery import payloads
from sandbox.delivery.outcome import Outcome
from sandbox.delivery.payload_delivery import PayloadDelivery
from sandbox.workspace.modals import view_json
from sandbox.workspace.state import Channel, Message, Reaction, User, View, Workspace

_FAMILIES = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_TOKEN = re.compile(r"(<[@#!][^<>]+>)")


def send(
    delivery: PayloadDelivery, author: User, event: Mapping[str, Any], channel: Channel | None
) -> Outcome:
    def build() -> dict[str, Any]:
        shared = bool(channel and channel.is_ext_shared)
        stamped = {"event_ts": delivery.workspace.new_ts(), **event}
        return payloads.event_envelope(delivery.workspace, stamped, author, ext_shared=shared)

    return Outcome.from_delivery(delivery.send("events_api", build))


def open_home(delivery: PayloadDelivery, user: User, dm: Channel, timeout: float) -> View | None:
    workspace = delivery.workspace
    before = workspace.home_of(user.id)
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": dm.id,
        "tab": "home",
    }
    if before is not None:
        event["view"] = view_json(workspace, before)
    if "app_home_opened" not in delivery.installation.events:
        return before
    old_hash = before.hash if before else ""
    send(delivery, user, event, None)

    def new_home() -> View | None:
        home = workspace.home_of(user.id)
        return home if home is not None and home.hash != old_hash else None

    return workspace.wait_until(new_home, timeout) or before


def say(
    delivery: PayloadDelivery, user: User, channel: Channel, text: str, thread: Message | None
) -> Message:
    workspace = delivery.workspace
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
    if delivery.installation.bot_user_id in channel.members:
        _notify_app(delivery, user, channel, message)
    return message


def _notify_app(delivery: PayloadDelivery, user: User, channel: Channel, message: Message) -> None:
    shown = message_json(delivery.workspace, message) | {
        "channel": channel.id,
        "event_ts": message.ts,
        "user_team": user.team_id,
    }
    subscribed = delivery.installation.events
    if f"message.{_FAMILIES[channel.kind]}" in subscribed:
        event = shown | {"channel_type": _TYPES[channel.kind]}
        send(delivery, user, event, channel)
    mentioned = f"<@{delivery.installation.bot_user_id}>" in message.text and channel.kind != "im"
    if mentioned and "app_mention" in subscribed:
        send(delivery, user, shown | {"type": "app_mention"}, channel)


def react(delivery: PayloadDelivery, user: User, message: Message, name: str) -> None:
    with delivery.workspace.lock:
        reaction = next((r for r in message.reactions if r.name == name), None)
        if reaction is None:
            reaction = Reaction(name, [])
            message.reactions.append(reaction)
        if user.id in reaction.users:
            return
        reaction.users.append(user.id)
        delivery.workspace.notify_changed()
    channel = delivery.workspace.channels[message.channel]
    subscribed = "reaction_added" in delivery.installation.events
    if subscribed and delivery.installation.bot_user_id in channel.members:
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": "reaction_added", "user": user.id, "reaction": name, "item": item}
        send(delivery, user, event | {"item_user": message.user}, channel)


def change_profile(delivery: PayloadDelivery, user: User, fields: Mapping[str, Any]) -> None:
    with delivery.workspace.lock:
        for name, value in fields.items():
            getattr(user, name)
            setattr(user, name, value)
        delivery.workspace.notify_changed()
        event = {"type": "user_change", "user": user_json(delivery.workspace, user)}
    if "user_change" in delivery.installation.events:
        send(delivery, user, event, None)


def set_quiet_hours(delivery: PayloadDelivery, user: User, start: int, end: int) -> None:
    """Set the next quiet period, in Unix seconds; 0 and 0 for none."""
    with delivery.workspace.lock:
        delivery.workspace.dnd[user.id] = (start, end)
        delivery.workspace.notify_changed()
        status = dnd_json(delivery.workspace, user)
    if "dnd_updated_user" in delivery.installation.events:
        event = {"type": "dnd_updated_user", "user": user.id, "dnd_status": status}
        send(delivery, user, event, None)


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
