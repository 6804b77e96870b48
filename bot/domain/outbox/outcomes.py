"""Outcomes: what became of a message that nobody asked for, and why."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """What became of it."""

    QUEUED = "queued"
    SENT = "sent"
    HELD = "held"
    DROPPED = "dropped"
    RETRIED = "retried"
    DEAD = "dead"


@dataclass(frozen=True)
class Outcome:
    """One message's fate; `subject` is a Slack id, `reason` a code or a few words.

    `late` is how long after its time it was sent; None for what was not.
    """

    kind: str
    subject: str
    status: DeliveryStatus
    reason: str
    delay: timedelta | None = None
