"""Drafts: what a message in the outbox comes to as it is about to leave."""

from dataclasses import dataclass
from datetime import datetime

from bot.slack.delivery import Place
from bot.views.kit import Message


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
