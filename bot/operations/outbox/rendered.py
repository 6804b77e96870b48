"""What rendering an outbox message results in, other than a message: it isn't sent, or later."""

from dataclasses import dataclass
from datetime import datetime

from bot.views.block_kit import Message


@dataclass(frozen=True)
class Withdraw:
    """A message, or an edit of a posted one, that needn't be sent any more, and why."""

    reason: str


@dataclass(frozen=True)
class Postpone:
    """A message that waits for hours in which it may be sent; `until` is aware UTC."""

    until: datetime
    reason: str = "out_of_hours"


Rendered = Message | Withdraw | Postpone
