"""JSON of users, channels, messages and files, in the Web API's and the payloads' shapes."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.workspace.installation import OTHER_TEAM_ID, TEAM_ID
from sandbox.workspace.state import Channel, File, Message, User, Workspace


def user_json(workspace: Workspace, user: User) -> dict[str, Any]:
    """Return a user as users.info does; the email only with users:read.email."""
    moment = workspace.now().astimezone(ZoneInfo(user.tz))
    offset = moment.utcoffset()
    shown = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": moment.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile_json(workspace, user),
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": user.is_stranger,
        "updated": 0,
    }
    if user.deleted or user.is_stranger:
        shown = {k: v for k, v in shown.items() if k not in ("is_admin", "is_owner")}
    return replaced(shown, user.described)


def replaced(shown: dict[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with some values replaced, those of the objects inside it one by one."""
    return shown | {
        key: replaced(shown[key], value)
        if isinstance(value, Mapping) and isinstance(shown.get(key), dict)
        else value
        for key, value in by.items()
    }


def dnd_json(workspace: Workspace, user: User) -> dict[str, Any]:
    """Return a user's status as dnd.info does: it doesn't show a pause made by hand."""
    start, end = workspace.dnd.get(user.id, (0, 0))
    return {
        "dnd_enabled": (start, end) != (0, 0),
        "next_dnd_start_ts": start or 1,
        "next_dnd_end_ts": end or 1,
    }


def profile_json(workspace: Workspace, user: User) -> dict[str, Any]:
    # Slack clears a status when it expires.
    stands = not 0 < user.status_expiration <= workspace.now().timestamp()
    profile: dict[str, Any] = {
        "real_name": user.real_name,
        "display_name": user.real_name,
        "title": user.title,
        "status_text": user.status_text if stands else "",
        "status_emoji": user.status_emoji if stands else "",
        "status_expiration": user.status_expiration if stands else 0,
        "team": user.team_id,
    }
    if user.is_bot:
        profile |= {"bot_id": workspace.installation.bot_id, "api_app_id": _app_id(workspace)}
    elif "users:read.email" in workspace.installation.scopes:
        profile["email"] = user.email
    return profile


def _app_id(workspace: Workspace) -> str:
    return workspace.installation.app_id


def channel_json(workspace: Workspace, channel: Channel) -> dict[str, Any]:
    bot = workspace.installation.bot_user_id
    if channel.kind == "im":
        other = next(member for member in channel.members if member != bot)
        return {
            "id": channel.id,
            "is_im": True,
            "user": other,
            "is_archived": channel.archived,
            "is_org_shared": False,
            "is_user_deleted": workspace.users[other].deleted,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_member": bot in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
        "shared_team_ids": [TEAM_ID, OTHER_TEAM_ID] if channel.is_ext_shared else [TEAM_ID],
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def message_json(
    workspace: Workspace, message: Message, *, metadata: bool = False
) -> dict[str, Any]:
    """Return a message as conversations.history does; metadata only when asked for."""
    user = workspace.users[message.user]
    shown: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": user.team_id,
    }
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": _app_id(workspace)}
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.edited_ts:
        shown["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        shown["reactions"] = reactions_json(message)
    if message.files:
        shown["files"] = [file_json(workspace, workspace.files[name]) for name in message.files]
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown | _thread_json(workspace, message)


def reactions_json(message: Message) -> list[dict[str, Any]]:
    return [
        {"name": r.name, "users": list(r.users), "count": len(r.users)} for r in message.reactions
    ]


def _thread_json(workspace: Workspace, message: Message) -> dict[str, Any]:
    if message.thread_ts:
        return {"thread_ts": message.thread_ts}
    replies = replies_to(workspace, message)
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "latest_reply": replies[-1].ts,
    }


def replies_to(workspace: Workspace, parent: Message) -> list[Message]:
    """Return the replies under `parent` that everyone sees, oldest first."""
    return [
        message
        for message in workspace.messages[parent.channel]
        if message.thread_ts == parent.ts and not message.deleted and not message.ephemeral_for
    ]


def file_json(workspace: Workspace, file: File) -> dict[str, Any]:
    address = f"{workspace.url}/files/{file.id}/{file.name}"
    shown: dict[str, Any] = {
        "id": file.id,
        "created": int(workspace.now().timestamp()),
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rsplit(".", 1)[-1],
        "size": len(file.content),
        "user": file.owner,
        "channels": list(file.shared_in),
        "url_private": address,
        "url_private_download": address,
        "alt_txt": file.alt_txt,
    }
    if file.polls_left:
        # Slack leaves these out until the file is processed.
        return {k: v for k, v in shown.items() if k not in ("mimetype", "filetype")}
    return shown
