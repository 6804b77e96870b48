"""Find the channel or user that a call names, by Slack's rules of who sees what."""

from sandbox.api.method import require_scope
from sandbox.errors import Refused
from sandbox.workspace.state import Channel, ChannelKind, User, Workspace

_FAMILY = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def family_scope(kind: ChannelKind, action: str) -> str:
    """Return the scope for an action on a kind of channel, such as `groups:history`."""
    return f"{_FAMILY[kind]}:{action}"


def is_member(workspace: Workspace, channel: Channel) -> bool:
    return workspace.installation.bot_user_id in channel.members


def visible_channel(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel that the bot may see; a private one it isn't in looks absent."""
    channel = workspace.channels.get(channel_id)
    if channel is None or (channel.kind != "public" and not is_member(workspace, channel)):
        raise Refused("channel_not_found")
    return channel


def readable_channel(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel whose messages the bot may read."""
    channel = visible_channel(workspace, channel_id)
    require_scope(workspace, family_scope(channel.kind, "history"))
    if not is_member(workspace, channel):
        raise Refused("not_in_channel")
    return channel


def writable_channel(workspace: Workspace, wanted: str) -> Channel:
    """Return a channel to post to; a user id opens the DM with that user."""
    if wanted in workspace.users:
        return dm_with(workspace, workspace.users[wanted], "channel_not_found")
    channel = visible_channel(workspace, wanted)
    if channel.archived:
        raise Refused("is_archived")
    if channel.kind == "im":
        other = next(m for m in channel.members if m != workspace.installation.bot_user_id)
        return dm_with(workspace, workspace.users[other], "channel_not_found")
    everywhere = "chat:write.public" in workspace.installation.scopes
    if not is_member(workspace, channel) and not everywhere:
        raise Refused("not_in_channel")
    return channel


def dm_with(workspace: Workspace, user: User, unseen: str) -> Channel:
    """Return the DM with a user; `unseen` is the error for one that the bot may not see."""
    if user.id == workspace.installation.bot_user_id:
        raise Refused("cannot_dm_bot")
    if user.deleted:
        raise Refused("user_disabled")
    if user.is_stranger and not _share_a_channel(workspace, user):
        raise Refused(unseen)
    if not workspace.installation.messages_tab:
        raise Refused("messages_tab_disabled")
    return workspace.open_dm(user.id)


def _share_a_channel(workspace: Workspace, user: User) -> bool:
    return any(
        user.id in channel.members and is_member(workspace, channel)
        for channel in workspace.channels.values()
    )


def known_user(workspace: Workspace, user_id: str) -> User:
    user = workspace.users.get(user_id)
    if user is None:
        raise Refused("user_not_found")
    return user
