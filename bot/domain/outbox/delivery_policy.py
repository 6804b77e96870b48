"""The delivery policy: how long, how often and how fast messages are delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

POST_METHOD = "chat.postMessage"
OTHER_METHODS = ("chat.update", "conversations.history", "conversations.info", "conversations.open")


@dataclass(frozen=True)
class DeliveryPolicy:
    """The limits and waits of delivery.

    A process claims a message under a `lease`, renewed every third of it. What it posts leaves
    within a third too: the rest is for Slack to show it, and for clocks that differ.
    `messages_per_minute` is how many messages one workspace takes, where Slack says "several
    hundred", and `tier_3_per_minute` how many calls of each other method. What did not get through
    is retried after `min_backoff`, and after twice as long each time up to `max_backoff`.
    """

    lease: timedelta = timedelta(seconds=60)
    workers: int = 8
    messages_per_minute: int = 300
    tier_3_per_minute: int = 50
    min_backoff: timedelta = timedelta(seconds=5)
    max_backoff: timedelta = timedelta(minutes=15)

    @property
    def heartbeat(self) -> timedelta:
        """Return how often a lease is renewed, and how soon after that a post has to leave."""
        return self.lease / 3

    def calls_per_minute(self) -> Mapping[str, int]:
        """Return the calls a minute of each method that delivery needs (slack-facts, 3)."""
        return {
            POST_METHOD: self.messages_per_minute,
            **dict.fromkeys(OTHER_METHODS, self.tier_3_per_minute),
        }

    def backoff(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts and one more."""
        return min(self.min_backoff * (1 << min(attempts, 10)), self.max_backoff)
