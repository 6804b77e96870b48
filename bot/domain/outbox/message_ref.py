"""Where a message is in Slack."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageRef:
    """A posted message, by its conversation's id and its timestamp there."""

    channel: str
    ts: str
