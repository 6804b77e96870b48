"""Outcomes: what became of an outbox message, and why."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """What became of an outbox message."""

    QUEUED = "queued"
    SENT = "sent"
    DELAYED = "held"
    DROPPED = "dropped"
    RETRIED = "retried"
    DEAD = "dead"


@dataclass(frozen=True)
class Outcome:
    """The outcome of one message; `subject` is a Slack id, `reason` a code or a few words.

    `delay` is how long after its time it was sent; None for what was not.
    """

    kind: str
    subject: str
    status: DeliveryStatus
    reason: str
    delay: timedelta | None = None
