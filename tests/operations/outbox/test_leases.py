"""Claims: fair between workspaces, within Slack's rates, and lost by processes that hang."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select

from bot.db import workspaces
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import MessageKind, OutboxMessage
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.domain.outbox.outcomes import Outcome
from bot.errors import DeadlinePassed
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery, leases
from bot.operations.outbox.leases import BATCH, DeliveryRun
from bot.slack.deadlines import deadline_in
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.times import T

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
OTHER = "T0000002"


def enqueue(
    workspace: BotWorkspace,
    count: int,
    workspace_id: str = "",
    kind: MessageKind = MessageKind.NUDGE,
) -> None:
    """Enqueue messages, each for another person."""
    with workspace.services.transaction(workspace_id or workspace.workspace_id) as tx:
        outbox_messages = [
            OutboxMessage(f"U{each:04}", "2026-03-16", f"U{each:04}", T()) for each in range(count)
        ]
        outbox.enqueue_all(tx, kind, outbox_messages, T())


def claim(workspace: BotWorkspace, at=None) -> list[outbox.ClaimedMessage]:
    """Claim what one process takes at a time."""
    at = at or workspace.clock.at
    workspace.clock.at = at
    return list(leases.claim(DeliveryRun(workspace.services, at, at)))


def claimed_by_the_minute(workspace: BotWorkspace, minutes: int) -> list[int]:
    """Return the number of messages claimed in each minute, claiming every two seconds."""
    counts = []
    for minute in range(minutes):
        start = T() + minute * MINUTE
        seconds = (start + each * SECOND for each in range(0, 60, 2))
        counts.append(sum(claim_all(workspace, at) for at in seconds))
    return counts


def claim_all(workspace: BotWorkspace, at) -> int:
    count = 0
    while found := claim(workspace, at):
        count += len(found)
    return count


def second_workspace(workspace: BotWorkspace) -> None:
    with workspace.services.transaction(OTHER) as tx:
        workspaces.save(tx, "Elsewhere", "U1", T())
    workspace.services.reachable.add(OTHER)


def test_a_share_is_all_that_is_taken_at_once(workspace: BotWorkspace) -> None:
    enqueue(workspace, 3 * BATCH)
    assert len(claim(workspace)) == BATCH


def test_no_minute_sees_more_messages_than_a_workspace_takes(workspace: BotWorkspace) -> None:
    workspace.services = replace(
        workspace.services, delivery_policy=DeliveryPolicy(messages_per_minute=60)
    )
    enqueue(workspace, 300)
    counts = claimed_by_the_minute(workspace, 4)
    assert all(count <= 60 for count in counts)
    assert sum(counts) > 4 * 50


def test_one_workspaces_crowd_leaves_room_for_another(workspace: BotWorkspace) -> None:
    second_workspace(workspace)
    enqueue(workspace, 1000)
    enqueue(workspace, 3, OTHER)
    seen = {each.workspace_id for _ in range(20) for each in claim(workspace)}
    assert seen == {workspace.workspace_id, OTHER}


def test_a_workspace_that_slack_holds_up_holds_up_no_other(workspace: BotWorkspace) -> None:
    second_workspace(workspace)
    enqueue(workspace, 10)
    enqueue(workspace, 3, OTHER)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        rates.mark_limited(tx, "chat.postMessage", T() + MINUTE, T())
    assert {each.workspace_id for each in claim(workspace)} == {OTHER}
    assert claim(workspace) == []


def test_a_method_that_is_held_is_asked_for_again_to_the_second(workspace: BotWorkspace) -> None:
    enqueue(workspace, 1)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        rates.mark_limited(tx, "chat.postMessage", T() + 30 * SECOND, T())
    assert claim(workspace, T() + 29 * SECOND) == []
    assert len(claim(workspace, T() + 30 * SECOND)) == 1


def test_the_longer_of_two_holds_counts(workspace: BotWorkspace) -> None:
    for seconds in (30, 10):
        with workspace.services.transaction(workspace.workspace_id) as tx:
            rates.mark_limited(tx, "chat.update", T() + seconds * SECOND, T())
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert rates.list_rate_limited(tx, T()) == {"chat.update": T() + 30 * SECOND}


def test_what_may_have_been_posted_waits_while_look_ups_are_held(workspace: BotWorkspace) -> None:
    enqueue(workspace, 1)
    (claimed,) = claim(workspace)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        assert outbox.mark_attempt(tx, claimed, T(), T())
        rates.mark_limited(tx, "conversations.history", T() + MINUTE, T())
    assert claim(workspace, T() + SECOND) == []
    assert len(claim(workspace, T() + MINUTE)) == 1


def test_two_messages_to_one_place_go_a_second_apart(workspace: BotWorkspace) -> None:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        messages = [OutboxMessage(f"{each}", "2026-03-16", "U0001", T()) for each in range(3)]
        outbox.enqueue_all(tx, MessageKind.FLAG, messages, T())
    counts = [len(claim(workspace, T() + each * SECOND / 2)) for each in range(6)]
    assert counts == [1, 0, 1, 0, 1, 0]


def test_a_crowd_of_digests_does_not_hold_up_a_nudge(workspace: BotWorkspace) -> None:
    enqueue(workspace, 100, kind=MessageKind.DIGEST)
    while claim(workspace):
        pass
    enqueue(workspace, 1)
    assert [each.kind for each in claim(workspace)] == [MessageKind.NUDGE]


def test_a_lease_is_renewed_while_its_messages_are_worked_on(workspace: BotWorkspace) -> None:
    workspace.services = replace(
        workspace.services, delivery_policy=DeliveryPolicy(lease=timedelta(seconds=0.15))
    )
    enqueue(workspace, 1)
    around = DeliveryRun(workspace.services, T(), T())
    leases.claim(around)
    workspace.clock.at = T() + MINUTE
    with leases.renewing_leases(around):
        assert eventually(lambda: lease(workspace) > T() + MINUTE)
    leases.release(around, [])


def lease(workspace: BotWorkspace):
    with workspace.services.engine.connect() as connection:
        return connection.execute(select(outbox_table.c.lease_until)).scalar_one()


def eventually(holds) -> bool:
    pause = Event()
    return any(holds() or pause.wait(0.02) for _ in range(250))


# The deadline


def post(workspace: BotWorkspace, person: Person, seconds: float) -> None:
    slack = workspace.services.slack.with_deadline(deadline_in(seconds))
    slack.call("chat.postMessage", channel=person.id, text="A visit is due.")


def test_within_its_time_a_post_leaves(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada")
    post(workspace, ada, 30)
    workspace.slack.expect_message(to=ada, containing="A visit is due.")


def test_a_post_whose_time_is_over_never_leaves(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada")
    with pytest.raises(DeadlinePassed):
        post(workspace, ada, 0)


def test_time_is_looked_at_after_the_connection_stands(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada")
    asked: list[int] = []

    def still_time() -> bool:
        # By now the sandbox is connected: only the body is missing.
        asked.append(len(workspace.slack.calls))
        return True

    slack = workspace.services.slack.with_deadline(still_time)
    slack.call("chat.postMessage", channel=ada.id, text="Now.")
    assert len(asked) == 1
    workspace.slack.expect_message(to=ada, containing="Now.")


def test_a_process_that_stood_still_before_its_post_leaves_it_to_the_next(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    workspace.services = replace(
        workspace.services, delivery_policy=DeliveryPolicy(lease=timedelta(), workers=1)
    )
    outcomes = workspace.tick_at(T(days=14))
    assert ("retried", "too_late") in {(each.status, each.reason) for each in outcomes}
    workspace.services = replace(workspace.services, delivery_policy=DeliveryPolicy())
    workspace.deliver_at(T(days=14) + 10 * SECOND)
    workspace.slack.expect_message(to=ada)


# Slack's own rates


class RunningClock:
    """A clock that shows `start` when created, and runs as the machine's does."""

    def __init__(self, start: datetime) -> None:
        self.at = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._began)


def test_slack_never_has_to_ask_us_to_wait(database: str) -> None:
    with Sandbox(manifest=MANIFEST, rate_limits=True) as slack:
        workspace = open_workspace(slack, ManualClock(T()), database)
        people = [workspace.add_pm(f"Pm {each}", tz="Europe/London") for each in range(40)]
        clock = RunningClock(T(days=14))
        workspace.services = replace(workspace.services, clock=clock)
        nudges.enqueue_due(workspace.services, workspace.workspace_id, clock.now())
        assert eventually(lambda: not deliver(workspace) and states(workspace) == {"sent"})
        for each in people:
            slack.expect_message(to=each)
        assert {call.status for call in slack.calls} == {200}
        workspace.services.engine.dispose()


def deliver(workspace: BotWorkspace) -> Sequence[Outcome]:
    return delivery.deliver(workspace.services, workspace.services.clock.now())


def states(workspace: BotWorkspace) -> set[str]:
    with workspace.services.engine.connect() as connection:
        return set(connection.execute(select(outbox_table.c.state)).scalars())
