"""Drafts: what a message in the outbox comes to as it is about to leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.slack.posting import MessageRef
from bot.views.block_kit import Message

# When a message is looked for again that was on its way as another wanted to change it.
RETRY_AFTER = timedelta(seconds=5)


@dataclass(frozen=True)
class Withdraw:
    """A message that need not be sent any more, and why."""

    reason: str


@dataclass(frozen=True)
class Edit:
    """A message that replaces one that was sent."""

    message: Message
    message_ref: MessageRef


@dataclass(frozen=True)
class Postpone:
    """A message that waits for hours in which it may be sent; `until` is aware UTC."""

    until: datetime
    reason: str = "out_of_hours"


Rendered = Message | Edit


def wait_until_posted(awaited: datetime | None, now: datetime) -> Withdraw | Postpone:
    """What becomes of a change to a message that does not stand yet; `awaited` is when it may."""
    if awaited is None:
        return Withdraw("never_sent")
    return Postpone(max(awaited, now) + RETRY_AFTER, "on_its_way")
