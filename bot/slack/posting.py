"""Post one message to one place, exactly once as far as Slack lets us see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.domain.outbox.message_ref import MessageRef
from bot.errors import MaybePosted
from bot.slack.client import Slack

EVENT_TYPE = "nihito_delivery"
# How far our clock may have been ahead of Slack's when a message was posted.
MAX_CLOCK_SKEW = timedelta(days=1)
PAGE_SIZE = 200


@dataclass(frozen=True)
class Delivery:
    """What a message is recognized by: its delivery id, and a hash of what it is about.

    `about` is the same for the same message of another database, and "" if it isn't known.
    """

    id: str
    about: str = ""


@dataclass(frozen=True)
class Posted:
    """A message of ours in Slack."""

    message_ref: MessageRef
    delivery: Delivery


def hash_about(*words: str) -> str:
    """Return a hash of what a message is about."""
    return sha256("\0".join(words).encode()).hexdigest()[:16]


def post(
    slack: Slack, destination: str, delivery: Delivery, message: Mapping[str, Any]
) -> MessageRef:
    """Post once; without a response the outcome is unknown. Raises `SlackError`.

    Id and hash travel in the message's metadata, which any app of the workspace can read: they are
    opaque.
    """
    metadata = {"event_type": EVENT_TYPE, "event_payload": vars(delivery)}
    response = slack.call("chat.postMessage", channel=destination, metadata=metadata, **message)
    return MessageRef(response["channel"], response["ts"])


def edit(slack: Slack, message_ref: MessageRef, message: Mapping[str, Any]) -> MessageRef:
    """Edit a message of ours; twice is as good as once. Raises `SlackError`."""
    # Without blocks, Slack removes those that the message had.
    content = {key: message[key] for key in ("text", "blocks") if key in message}
    slack.call("chat.update", channel=message_ref.channel, ts=message_ref.ts, **content)
    return message_ref


def find(slack: Slack, destination: str, delivery_id: str, since: datetime) -> MessageRef | None:
    """Find the message with a delivery id, posted since an instant; None if it isn't there.

    Raises `SlackError`.
    """
    found = iterate_posted(slack, destination, since)
    return next((each.message_ref for each in found if each.delivery.id == delivery_id), None)


def iterate_posted(
    slack: Slack, destination: str, since: datetime, max_pages: int | None = None
) -> Iterator[Posted]:
    """Yield our messages in a conversation since an instant, newest first.

    Raises `SlackError`, and `MaybePosted` when there are more than `max_pages`.
    """
    channel = _conversation(slack, destination)
    cursor, pages = None, 0
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
            if delivery := _delivery(each):
                yield Posted(MessageRef(channel, each["ts"]), delivery)
        cursor, pages = (page.get("response_metadata") or {}).get("next_cursor"), pages + 1
        if not cursor:
            return
        if pages == max_pages:
            raise MaybePosted


def _conversation(slack: Slack, destination: str) -> str:
    if not destination.startswith(("U", "W")):
        return destination
    channel: str = slack.call("conversations.open", users=destination)["channel"]["id"]
    return channel


def _delivery(message: Mapping[str, Any]) -> Delivery | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload") or {}
    return Delivery(str(payload.get("id") or ""), str(payload.get("about") or ""))
