"""What rendering an outbox message results in: a message, an edit, or neither."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.slack.posting import MessageRef
from bot.views.block_kit import Message

# How long an edit waits before it looks again for its message, which was still on its way.
RETRY_AFTER = timedelta(seconds=5)


@dataclass(frozen=True)
class Withdraw:
    """A message that needn't be sent any more, and why."""

    reason: str


@dataclass(frozen=True)
class Edit:
    """A message that replaces a posted one."""

    message: Message
    message_ref: MessageRef


@dataclass(frozen=True)
class Postpone:
    """A message that waits for hours in which it may be sent; `until` is aware UTC."""

    until: datetime
    reason: str = "out_of_hours"


Rendered = Message | Edit


def wait_until_posted(awaited: datetime | None, now: datetime) -> Withdraw | Postpone:
    """Withdraw or postpone the edit of a message not posted yet; `awaited` is when it may be."""
    if awaited is None:
        return Withdraw("never_sent")
    return Postpone(max(awaited, now) + RETRY_AFTER, "on_its_way")
