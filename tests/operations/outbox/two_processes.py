"""Two copies of the process over one outbox, to be stopped or killed at any step of theirs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import Engine

from bot.db.engine import Tx
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.domain.outbox.outcomes import Outcome
from bot.operations.outbox import delivery
from bot.services import Services
from bot.slack.client import Slack
from bot.slack.deadlines import BeforeDeadline

# One worker, so that a run is the same each time; the lease is the product's.
TERMS = DeliveryPolicy(workers=1, messages_per_minute=60)
# How long a copy waits for Slack, in real seconds.
TIMEOUT_SECONDS = 0.3


class ProcessKilled(BaseException):
    """The process is no more: nothing that it would have done is done."""


@dataclass
class TwoClocks:
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
class StepCounter:
    """Counts the steps of a copy, and does at one of them what was ordered."""

    clocks: TwoClocks
    steps_left: int = 0
    action: Callable[[], None] = lambda: None
    began: TwoClocks = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def run_at_step(self, number: int, action: Callable[[], None]) -> None:
        """Do so at that step from now on, counted from 1."""
        self.steps_left, self.action = number, action

    def cancel(self) -> None:
        """Do nothing unusual."""
        self.steps_left = 0

    def step(self) -> None:
        """One step more."""
        if self.steps_left:
            self.steps_left -= 1
            if not self.steps_left:
                self.action()

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

    steps: StepCounter | None = None

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

    def __init__(self, client: WebClient, steps: StepCounter) -> None:
        super().__init__(client)
        self._steps = steps

    def with_deadline(self, before_deadline: BeforeDeadline) -> Slack:
        """The real fence, which looks at the clocks of the test as well as at the machine's."""

        def look() -> bool:
            self._steps.step()
            return before_deadline() and self._steps.within(TERMS.heartbeat)

        return WatchedSlack(super().with_deadline(look).client, self._steps)

    def call(self, method: str, **arguments: Any) -> Any:
        """The real answer, between two steps."""
        self._steps.step()
        answer = super().call(method, **arguments)
        self._steps.step()
        return answer


class ProcessCopy:
    """One copy of the process."""

    def __init__(self, services: Services, engine: Engine, clocks: TwoClocks) -> None:
        self.steps = StepCounter(clocks)
        self._clocks = clocks
        client = WebClient(
            token=services.slack.client.token,
            base_url=services.slack.client.base_url,
            timeout=TIMEOUT_SECONDS,  # type: ignore[arg-type]
            retry_handlers=[],
        )
        slack = WatchedSlack(client, self.steps)
        self.services = WatchedServices(
            services.settings, engine, clocks, slack, TERMS, steps=self.steps
        )

    def deliver(self) -> Sequence[Outcome]:
        """Send what is due now; nothing is known of what a killed copy did."""
        try:
            return delivery.deliver(self.services, self._clocks.at)
        except ProcessKilled:
            return []
        finally:
            self.steps.cancel()


def kill_process() -> None:
    """End the process where it is."""
    raise ProcessKilled
