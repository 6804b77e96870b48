"""conversations.*: channels, their members and their messages."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sandbox.api.args import Args
from sandbox.api.json_shapes import channel_json, message_json, replies_to
from sandbox.api.lookups import (
    dm_with,
    family_scope,
    is_member,
    known_user,
    readable_channel,
    visible_channel,
)
from sandbox.api.method import Method, ResultJson, require_scope
from sandbox.errors import Refused
from sandbox.workspace.state import Channel, ChannelKind, Message, Workspace

MAX_USERS = 8
_KINDS: dict[str, ChannelKind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}
Item = TypeVar("Item")


def page_of(items: Sequence[Item], args: Args, limit: int = 100) -> tuple[list[Item], str]:
    """Return one page of items, and the cursor of the next page or ""."""
    try:
        start = int(args.text("cursor", "0") or "0")
    except ValueError:
        raise Refused("invalid_cursor") from None
    size = args.number("limit", limit) or limit
    if not 1 <= size <= 1000:
        raise Refused("invalid_limit")
    cursor = str(start + size) if start + size < len(items) else ""
    return list(items[start : start + size]), cursor


def next_page(cursor: str) -> ResultJson:
    return {"response_metadata": {"next_cursor": cursor}}


def open_conversation(workspace: Workspace, args: Args) -> ResultJson:
    if args.text("channel"):
        channel = visible_channel(workspace, args.text("channel"))
    else:
        wanted = [name.strip() for name in args.required("users").split(",")]
        channel = _conversation_with(workspace, wanted)
    shown = channel_json(workspace, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shown}


def _conversation_with(workspace: Workspace, wanted: Sequence[str]) -> Channel:
    if len(wanted) > MAX_USERS:
        raise Refused("too_many_users")
    users = [known_user(workspace, name) for name in wanted]
    if len(users) == 1:
        require_scope(workspace, "im:write")
        return dm_with(workspace, users[0], "user_not_visible")
    require_scope(workspace, "mpim:write")
    members = {workspace.installation.bot_user_id, *wanted}
    groups = (c for c in workspace.channels.values() if c.kind == "mpim")
    found = next((c for c in groups if set(c.members) == members), None)
    if found is not None:
        return found
    name = "mpdm-" + "--".join(user.name for user in users)
    return workspace.add_channel(Channel(workspace.new_id("C"), name, "mpim", sorted(members)))


def info(workspace: Workspace, args: Args) -> ResultJson:
    channel = visible_channel(workspace, args.required("channel"))
    require_scope(workspace, family_scope(channel.kind, "read"))
    shown = channel_json(workspace, channel)
    if not args.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def list_channels(workspace: Workspace, args: Args) -> ResultJson:
    return _listing(workspace, args, everything=True)


def list_own_channels(workspace: Workspace, args: Args) -> ResultJson:
    return _listing(workspace, args, everything=False)


def _listing(workspace: Workspace, args: Args, *, everything: bool) -> ResultJson:
    types = [name.strip() for name in args.text("types", "public_channel").split(",")]
    if not set(types) <= set(_KINDS):
        raise Refused("invalid_types")
    kinds = [_KINDS[name] for name in types]
    for kind in kinds:
        require_scope(workspace, family_scope(kind, "read"))
    shown = [
        channel
        for channel in workspace.channels.values()
        if channel.kind in kinds
        and not (channel.archived and args.flag("exclude_archived"))
        and (is_member(workspace, channel) or (everything and channel.kind == "public"))
    ]
    page, cursor = page_of(shown, args)
    return {"channels": [channel_json(workspace, c) for c in page], **next_page(cursor)}


def members(workspace: Workspace, args: Args) -> ResultJson:
    channel = visible_channel(workspace, args.required("channel"))
    require_scope(workspace, family_scope(channel.kind, "read"))
    page, cursor = page_of(channel.members, args)
    return {"members": page, **next_page(cursor)}


def join(workspace: Workspace, args: Args) -> ResultJson:
    channel = visible_channel(workspace, args.required("channel"))
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if not is_member(workspace, channel):
        channel.members.append(workspace.installation.bot_user_id)
        workspace.notify_changed()
    return {"channel": channel_json(workspace, channel)}


def history(workspace: Workspace, args: Args) -> ResultJson:
    channel = readable_channel(workspace, args.required("channel"))
    top = [m for m in workspace.messages[channel.id] if m.thread_ts in (None, m.ts)]
    found = list(reversed(_between(top, args)))
    return _messages_page(workspace, args, found)


def replies(workspace: Workspace, args: Args) -> ResultJson:
    channel = readable_channel(workspace, args.required("channel"))
    parent = workspace.message(channel.id, args.required("ts"))
    if parent is None or parent.ephemeral_for:
        raise Refused("thread_not_found")
    return _messages_page(
        workspace, args, [parent, *_between(replies_to(workspace, parent), args)], 1000
    )


def _between(messages: Sequence[Message], args: Args) -> list[Message]:
    """Return the messages between `oldest` and `latest` (Slack timestamps) that everyone sees."""
    oldest, latest = _micros(args.text("oldest", "0")), _micros(args.text("latest", "9999999999"))
    if args.flag("inclusive"):
        oldest, latest = oldest - 1, latest + 1
    return [
        message
        for message in messages
        if not message.deleted
        and not message.ephemeral_for
        and oldest < _micros(message.ts) < latest
    ]


def _micros(ts: str) -> int:
    seconds, _, fraction = (ts or "0").partition(".")
    try:
        return int(seconds) * 1_000_000 + int((fraction + "000000")[:6])
    except ValueError:
        raise Refused("invalid_ts_latest") from None


def _messages_page(
    workspace: Workspace, args: Args, found: Sequence[Message], limit: int = 100
) -> ResultJson:
    page, cursor = page_of(found, args, limit)
    metadata = args.flag("include_all_metadata")
    shown: list[dict[str, Any]] = [message_json(workspace, m, metadata=metadata) for m in page]
    answer: ResultJson = {"messages": shown, "has_more": bool(cursor)}
    return answer | next_page(cursor) if cursor else answer


METHODS = {
    "conversations.open": Method(open_conversation),
    "conversations.info": Method(info),
    "conversations.list": Method(list_channels),
    "conversations.members": Method(members),
    "conversations.join": Method(join, "channels:join"),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
    "users.conversations": Method(list_own_channels),
}
