"""Drafts: what a message in the outbox comes to as it is about to leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.slack.posting import Place
from bot.views.block_kit import Message

# When a message is looked for again that was on its way as another wanted to change it.
SOON = timedelta(seconds=5)


@dataclass(frozen=True)
class Withdrawn:
    """A message that need not be sent any more, and why."""

    reason: str


@dataclass(frozen=True)
class Edit:
    """A message that replaces one that was sent."""

    message: Message
    place: Place


@dataclass(frozen=True)
class Later:
    """A message that waits for hours in which it may be sent; `until` is aware UTC."""

    until: datetime
    reason: str = "out_of_hours"


Draft = Message | Edit


def once_it_stands(awaited: datetime | None, now: datetime) -> Withdrawn | Later:
    """What becomes of a change to a message that does not stand yet; `awaited` is when it may."""
    if awaited is None:
        return Withdrawn("never_sent")
    return Later(max(awaited, now) + SOON, "on_its_way")
