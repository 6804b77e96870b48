"""What operations are given: one frozen bundle."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Event

from sqlalchemy import Engine

from bot.clock import Clock
from bot.db.engine import Tx, read_transaction, transaction
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.intake.calendars.fetching import Network
from bot.platform.metrics import Metrics
from bot.settings import Settings
from bot.slack.client import Slack


@dataclass(frozen=True)
class Services:
    """The house's supplies; `writes` is false for a rehearsal that keeps and sends nothing.

    `leaving` is set once the process is to stop: what is in hand is finished, nothing more begun.
    """

    settings: Settings
    # Not shown: a password can stand in the query of its address.
    engine: Engine = field(repr=False)
    clock: Clock
    slack: Slack
    delivery_policy: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    # How feeds are reached.
    network: Network = field(default_factory=Network, repr=False)
    writes_enabled: bool = True
    shutting_down: Event = field(default_factory=Event, repr=False)
    metrics: Metrics = field(default_factory=Metrics, repr=False)

    def transaction(
        self, workspace_id: str, *, short_wait: bool = False
    ) -> AbstractContextManager[Tx]:
        """One transaction in one workspace; undone by an error, or in a rehearsal.

        A `hasty` one gives up rather than keep others waiting.
        """
        return transaction(
            self.engine, workspace_id, commit=self.writes_enabled, short_wait=short_wait
        )

    def reading(self, workspace_id: str) -> AbstractContextManager[Tx]:
        """A transaction that only reads."""
        return read_transaction(self.engine, workspace_id)

    def dry_run(self) -> "Services":
        """The same supplies, with nothing kept and nothing sent."""
        return replace(self, writes_enabled=False)
