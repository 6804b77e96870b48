"""Two copies of the process over one outbox, to be stopped or killed at any step of theirs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import Engine

from bot.db.engine import Tx
from bot.domain.outbox.delivery_policy import Terms
from bot.domain.outbox.outcomes import Outcome
from bot.operations.outbox import delivery
from bot.services import Services
from bot.slack.client import Slack
from bot.slack.deadlines import StillTime

# One worker, so that a run is the same each time; the lease is the product's.
TERMS = Terms(workers=1, a_minute=60)
# How long a copy waits for Slack, in real seconds.
PATIENCE = 0.3


class Killed(BaseException):
    """The process is no more: nothing that it would have done is done."""


@dataclass
class Clocks:
    """Slack's time, which is right, and the bot's clock, which is ahead of it."""

    slack: datetime
    ahead: timedelta = timedelta()

    @property
    def at(self) -> datetime:
        """What the bot's clock shows."""
        return self.slack + self.ahead

    def now(self) -> datetime:
        """What the bot's clock shows."""
        return self.at


@dataclass
class Steps:
    """Counts the steps of a copy, and does at one of them what was ordered."""

    clocks: Clocks
    left: int = 0
    act: Callable[[], None] = lambda: None
    began: Clocks = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def order(self, number: int, act: Callable[[], None]) -> None:
        """Do so at that step from now on, counted from 1."""
        self.left, self.act = number, act

    def cancel(self) -> None:
        """Do nothing unusual."""
        self.left = 0

    def step(self) -> None:
        """One step more."""
        if self.left:
            self.left -= 1
            if not self.left:
                self.act()

    def begin(self) -> None:
        """Look at the clocks, as whoever draws a message does."""
        self.began = replace(self.clocks)

    def within(self, span: timedelta) -> bool:
        """Whether less than that has passed since, by either clock."""
        by_slack = self.clocks.slack < self.began.slack + span
        return by_slack and self.clocks.at < self.began.at + span


@dataclass(frozen=True)
class WatchedServices(Services):
    """The house's supplies; the end of each transaction is a step."""

    steps: Steps | None = None

    @contextmanager
    def transaction(self, workspace_id: str) -> Iterator[Tx]:
        """A transaction, and then a step."""
        assert self.steps is not None
        self.steps.begin()
        with super().transaction(workspace_id) as tx:
            yield tx
        self.steps.step()


class WatchedSlack(Slack):
    """The way to Slack; before a request, in the middle of it and after it there is a step."""

    def __init__(self, client: WebClient, steps: Steps) -> None:
        super().__init__(client)
        self._steps = steps

    def only_while(self, still_time: StillTime) -> Slack:
        """The real fence, which looks at the clocks of the test as well as at the machine's."""

        def look() -> bool:
            self._steps.step()
            return still_time() and self._steps.within(TERMS.heartbeat)

        return WatchedSlack(super().only_while(look).client, self._steps)

    def call(self, method: str, **arguments: Any) -> Any:
        """The real answer, between two steps."""
        self._steps.step()
        answer = super().call(method, **arguments)
        self._steps.step()
        return answer


class Copy:
    """One copy of the process."""

    def __init__(self, known: Services, engine: Engine, clocks: Clocks) -> None:
        self.steps = Steps(clocks)
        self._clocks = clocks
        client = WebClient(
            token=known.slack.client.token,
            base_url=known.slack.client.base_url,
            timeout=PATIENCE,  # type: ignore[arg-type]
            retry_handlers=[],
        )
        slack = WatchedSlack(client, self.steps)
        self.services = WatchedServices(
            known.settings, engine, clocks, slack, TERMS, steps=self.steps
        )

    def deliver(self) -> Sequence[Outcome]:
        """Send what is due now; nothing is known of what a killed copy did."""
        try:
            return delivery.deliver(self.services, self._clocks.at)
        except Killed:
            return []
        finally:
            self.steps.cancel()


def die() -> None:
    """End the process where it is."""
    raise Killed
