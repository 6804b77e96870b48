"""Check whether a channel may have customers' stories."""

from collections.abc import Mapping
from typing import Any

from bot.domain.stories import ChannelFault
from bot.domain.text import sanitize
from bot.errors import ChannelRefused, SlackRefused
from bot.slack.client import Slack


def check_story_channel(slack: Slack, channel_id: str) -> str:
    """Return a channel's name, if it is the workspace's own; unknown counts as shared (E4).

    Raises `ChannelRefused` and `SlackUnavailable`.
    """
    if channel_id.startswith("D"):
        # A direct message: we have no scope to look it up, and it is no channel.
        raise ChannelRefused(ChannelFault.NOT_INVITED)
    try:
        channel: Mapping[str, Any] = slack.call("conversations.info", channel=channel_id)["channel"]
    except SlackRefused as error:
        raise ChannelRefused(ChannelFault.NOT_INVITED) from error
    found = find_channel_fault(channel)
    if found:
        raise ChannelRefused(found)
    return sanitize(str(channel.get("name", channel_id)))


def find_channel_fault(channel: Mapping[str, Any]) -> ChannelFault | None:
    """Return why a channel as Slack describes it cannot have stories, or None."""
    if channel.get("is_archived"):
        return ChannelFault.ARCHIVED
    own = channel.get("is_ext_shared") is False and not channel.get("is_pending_ext_shared")
    if not own or channel.get("pending_connected_team_ids"):
        return ChannelFault.SHARED
    return None if channel.get("is_member") else ChannelFault.NOT_INVITED
