"""What operations are given: one frozen bundle."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import Event

from sqlalchemy import Engine

from bot.clock import Clock
from bot.db.engine import Tx, reading, transaction
from bot.domain.outbox.delivery_policy import Terms
from bot.intake.calendars.fetching import Ways
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
    terms: Terms = field(default_factory=Terms)
    # How feeds are reached.
    ways: Ways = field(default_factory=Ways, repr=False)
    writes: bool = True
    leaving: Event = field(default_factory=Event, repr=False)
    metrics: Metrics = field(default_factory=Metrics, repr=False)

    def transaction(self, workspace_id: str, *, hasty: bool = False) -> AbstractContextManager[Tx]:
        """One transaction in one workspace; undone by an error, or in a rehearsal.

        A `hasty` one gives up rather than keep others waiting.
        """
        return transaction(self.engine, workspace_id, keep=self.writes, hasty=hasty)

    def reading(self, workspace_id: str) -> AbstractContextManager[Tx]:
        """A transaction that only reads."""
        return reading(self.engine, workspace_id)

    def rehearsal(self) -> "Services":
        """The same supplies, with nothing kept and nothing sent."""
        return replace(self, writes=False)
