"""One message to one place, exactly once as far as Slack lets us see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import SlackRefused
from bot.slack import error_codes as codes
from bot.slack.client import Slack

EVENT_TYPE = "nihito_delivery"
# How far our clock may have been ahead of Slack's when a message was posted.
CLOCK_SLACK = timedelta(hours=2)
PAGE = 200


@dataclass(frozen=True)
class Place:
    """Where a message stands in Slack."""

    channel: str
    ts: str


def post(slack: Slack, destination: str, delivery_id: str, message: Mapping[str, Any]) -> Place:
    """Post once; no answer means that the outcome is unknown. Raises `SlackError`.

    The delivery id travels in the message's metadata, which any app of the workspace can read:
    it is opaque.
    """
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": delivery_id}}
    answer = slack.call("chat.postMessage", channel=destination, metadata=metadata, **message)
    return Place(answer["channel"], answer["ts"])


def edit(slack: Slack, place: Place, message: Mapping[str, Any]) -> Place:
    """Replace a message of ours; twice is as good as once. Raises `SlackError`."""
    known = {key: message[key] for key in ("text", "blocks")}
    slack.call("chat.update", channel=place.channel, ts=place.ts, **known)
    return place


def find(slack: Slack, destination: str, delivery_id: str, since: datetime) -> Place | None:
    """The message with that delivery id, posted since an instant, if it is there.

    Raises `SlackError`.
    """
    channel = _conversation(slack, destination)
    cursor = None
    while True:
        page = slack.call(
            "conversations.history",
            channel=channel,
            oldest=f"{(since - CLOCK_SLACK).timestamp():.6f}",
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )
        for each in page["messages"]:
            if _delivery_id(each) == delivery_id:
                return Place(channel, each["ts"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None


def _conversation(slack: Slack, destination: str) -> str:
    if not destination.startswith(("U", "W")):
        return destination
    channel: str = slack.call("conversations.open", users=destination)["channel"]["id"]
    return channel


def _delivery_id(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    found = (metadata.get("event_payload") or {}).get("id")
    return str(found) if found else None


def gone(error: SlackRefused) -> bool:
    """Whether a message that was to be edited is no longer there."""
    return error.code in codes.EDIT_GONE
