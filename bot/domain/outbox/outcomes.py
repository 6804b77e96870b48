"""Outcomes: what became of an outbox message, and why."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """What became of an outbox message; values are the words that `tick` prints.

    DELAYED is also a nudge that was due and isn't enqueued yet, such as one for a PM on leave.
    """

    QUEUED = "queued"
    SENT = "sent"
    DELAYED = "held"
    DROPPED = "dropped"
    RETRIED = "retried"
    DEAD = "dead"


@dataclass(frozen=True)
class Outcome:
    """The outcome of one message; `target` is the Slack user or channel id it goes to.

    `reason` is a code or a few words.

    `delay` is how long after its time it was sent; None for what was not.
    """

    kind: str
    target: str
    status: DeliveryStatus
    reason: str
    delay: timedelta | None = None
