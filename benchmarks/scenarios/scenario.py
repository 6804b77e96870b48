"""What a scenario is given, and what it declares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.services import Services

# Slack's pace lifted: messages leave as fast as they are rendered.
UNPACED = DeliveryPolicy(messages_per_minute=10_000_000, tier_3_per_minute=10_000_000)


@dataclass(frozen=True)
class Load:
    """The services of a running bot, its workspace, and how much is made for a scenario.

    `seconds` is how long it runs at most, `count` how much it finds to do; None for its own number.
    """

    services: Services
    workspace_id: str
    customers: int
    seconds: timedelta
    count: int | None = None


@dataclass(frozen=True)
class Scenario:
    """Background work: `prepare` makes it due, then `run` does it and returns how much it did.

    `done` says of what.
    """

    name: str
    done: str
    prepare: Callable[[Load], None]
    run: Callable[[Load], int]
