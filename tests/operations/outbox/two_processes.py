"""Two processes over one outbox, which can be suspended or killed at any of their steps."""

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

# One worker, so a run is the same each time; the lease is the product's.
TERMS = DeliveryPolicy(workers=1, messages_per_minute=60)
# How long a process waits for Slack, in real seconds.
TIMEOUT_SECONDS = 0.3


class ProcessKilled(BaseException):
    """The process was killed: nothing else it would have done happens."""


@dataclass
class TwoClocks:
    """Slack's time, which is right, and the bot's clock, which is ahead of it."""

    slack: datetime
    ahead: timedelta = timedelta()

    @property
    def at(self) -> datetime:
        """Return the bot's time."""
        return self.slack + self.ahead

    def now(self) -> datetime:
        """Return the bot's time."""
        return self.at


@dataclass
class StepCounter:
    """Counts the steps of a process, and runs an action at one of them."""

    clocks: TwoClocks
    steps_left: int = 0
    action: Callable[[], None] = lambda: None
    began: TwoClocks = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def run_at_step(self, number: int, action: Callable[[], None]) -> None:
        """Run an action at that step from now on, counted from 1."""
        self.steps_left, self.action = number, action

    def cancel(self) -> None:
        """Cancel the action."""
        self.steps_left = 0

    def step(self) -> None:
        """Count one step, and run the action if it is due."""
        if self.steps_left:
            self.steps_left -= 1
            if not self.steps_left:
                self.action()

    def begin(self) -> None:
        """Read the clocks, as the code that renders a message does."""
        self.began = replace(self.clocks)

    def within(self, span: timedelta) -> bool:
        """Return whether less than that has passed since, by both clocks."""
        by_slack = self.clocks.slack < self.began.slack + span
        return by_slack and self.clocks.at < self.began.at + span


@dataclass(frozen=True)
class WatchedServices(Services):
    """The application's services; the end of each transaction is a step."""

    steps: StepCounter | None = None

    @contextmanager
    def transaction(self, workspace_id: str) -> Iterator[Tx]:
        """Run a transaction, then count a step."""
        assert self.steps is not None
        self.steps.begin()
        with super().transaction(workspace_id) as tx:
            yield tx
        self.steps.step()


class WatchedSlack(Slack):
    """The Slack client; it counts a step before, during and after each request."""

    def __init__(self, client: WebClient, steps: StepCounter) -> None:
        super().__init__(client)
        self._steps = steps

    def with_deadline(self, before_deadline: BeforeDeadline) -> Slack:
        """Return a client with the real deadline, by the test's clocks and the machine's."""

        def look() -> bool:
            self._steps.step()
            return before_deadline() and self._steps.within(TERMS.heartbeat)

        return WatchedSlack(super().with_deadline(look).client, self._steps)

    def call(self, method: str, **arguments: Any) -> Any:
        """Return the real response, between two steps."""
        self._steps.step()
        answer = super().call(method, **arguments)
        self._steps.step()
        return answer


class ProcessCopy:
    """One process of the bot."""

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
            services.settings,
            engine,
            clocks,
            slack,
            TERMS,
            reachable=services.reachable,
            steps=self.steps,
        )

    def deliver(self) -> Sequence[Outcome]:
        """Send what is due now; return an empty list when the process is killed."""
        try:
            return delivery.deliver(self.services, self._clocks.at)
        except ProcessKilled:
            return []
        finally:
            self.steps.cancel()


def kill_process() -> None:
    """Kill the process at this step."""
    raise ProcessKilled
