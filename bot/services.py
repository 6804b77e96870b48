"""The services that operations are given, in one frozen object."""

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
    """Settings, database, clock and Slack, as an operation gets them.

    `writes_enabled` is false in a dry run, which saves and sends nothing. `shutting_down` is set
    once the process is to stop: work in progress is finished, and no more is started.
    """

    settings: Settings
    # Left out of the repr: its URL may hold a password in the query.
    engine: Engine = field(repr=False)
    clock: Clock
    slack: Slack
    delivery_policy: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    # How calendar feeds are fetched.
    network: Network = field(default_factory=Network, repr=False)
    writes_enabled: bool = True
    shutting_down: Event = field(default_factory=Event, repr=False)
    metrics: Metrics = field(default_factory=Metrics, repr=False)
    # The ids of the workspaces that this process holds a token for; `identify` adds them.
    reachable: set[str] = field(default_factory=set)

    def transaction(
        self, workspace_id: str, *, short_wait: bool = False
    ) -> AbstractContextManager[Tx]:
        """Open a transaction in one workspace; an error or a dry run rolls it back.

        With `short_wait` it gives up early on a locked database, to keep nothing else waiting.
        """
        return transaction(
            self.engine, workspace_id, commit=self.writes_enabled, short_wait=short_wait
        )

    def reading(self, workspace_id: str) -> AbstractContextManager[Tx]:
        """Open a transaction that only reads."""
        return read_transaction(self.engine, workspace_id)

    def dry_run(self) -> "Services":
        """Return the same services for a dry run: nothing is saved and nothing is sent."""
        return replace(self, writes_enabled=False)
