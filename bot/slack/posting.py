"""Post one message to one place, exactly once as far as Slack lets us see."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.outbox.message_ref import MessageRef
from bot.slack.client import Slack

EVENT_TYPE = "nihito_delivery"
# How far our clock may have been ahead of Slack's when a message was posted.
MAX_CLOCK_SKEW = timedelta(days=1)
PAGE_SIZE = 200


def post(
    slack: Slack, destination: str, delivery_id: str, message: Mapping[str, Any]
) -> MessageRef:
    """Post once; without a response the outcome is unknown. Raises `SlackError`.

    The delivery id travels in the message's metadata, which any app of the workspace can read: it
    is opaque.
    """
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": delivery_id}}
    response = slack.call("chat.postMessage", channel=destination, metadata=metadata, **message)
    return MessageRef(response["channel"], response["ts"])


def edit(slack: Slack, message_ref: MessageRef, message: Mapping[str, Any]) -> MessageRef:
    """Edit a message of ours; twice is as good as once. Raises `SlackError`."""
    content = {key: message[key] for key in ("text", "blocks")}
    slack.call("chat.update", channel=message_ref.channel, ts=message_ref.ts, **content)
    return message_ref


def find(slack: Slack, destination: str, delivery_id: str, since: datetime) -> MessageRef | None:
    """Find the message with a delivery id, posted since an instant; None if it isn't there.

    Raises `SlackError`.
    """
    channel = _conversation(slack, destination)
    cursor = None
    while True:
        page = slack.call(
            "conversations.history",
            channel=channel,
            oldest=f"{(since - MAX_CLOCK_SKEW).timestamp():.6f}",
            include_all_metadata=True,
            limit=PAGE_SIZE,
            cursor=cursor,
        )
        for each in page["messages"]:
            if _delivery_id(each) == delivery_id:
                return MessageRef(channel, each["ts"])
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
