"""A clock that was ahead and is put right: nothing waits for its time, nothing comes twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.db import inbox, workspaces
from bot.db.inbox import InboxPayload
from bot.db.outbox import clock_corrections, rates
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import ClaimedMessage, MessageKind
from bot.db.tables.calendars import feeds as feeds_table
from bot.db.tables.outbox import outbox as outbox_table
from bot.db.tables.staff import staff as staff_table
from bot.db.tables.workspaces import workspaces as workspaces_table
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.domain.outbox.rates import MAX_RETRY_AFTER
from bot.operations.calendars import feeds as calendars
from bot.operations.doctor import clock
from bot.operations.inbox import requests
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery, leases
from bot.operations.outbox.leases import DeliveryRun
from sandbox.person import Person
from tests.conftest import ManualClock
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
# When a nudge of a PM in London is queued: at noon, in working hours for five hours more.
DUE = T(days=14)
AHEAD = timedelta(hours=3)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LEASE = DeliveryPolicy().lease


def queue(workspace: BotWorkspace, *names: str) -> list[Person]:
    """Add PMs, each with a nudge in the outbox."""
    people = [workspace.add_pm(name, tz="Europe/London") for name in names or ("Ada",)]
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    return people


def check_at(workspace: BotWorkspace, at: datetime) -> None:
    """Set the clock and let the job look at it."""
    workspace.clock.at = at
    clock.check_clock(workspace.services, workspace.workspace_id, at)


def claim_at(workspace: BotWorkspace, at: datetime) -> Sequence[ClaimedMessage]:
    workspace.clock.at = at
    return leases.claim(DeliveryRun(workspace.services, at, at))


def row(workspace: BotWorkspace):
    with workspace.services.engine.connect() as connection:
        return connection.execute(select(outbox_table)).one()


def history(workspace: BotWorkspace) -> workspaces.ClockHistory:
    with workspace.services.reading(workspace.workspace_id) as tx:
        return workspaces.get_clock_history(tx)


def test_a_delivery_while_the_clock_is_ahead_stops_none_after(workspace: BotWorkspace) -> None:
    workspace.services = replace(
        workspace.services, delivery_policy=DeliveryPolicy(messages_per_minute=10)
    )
    queue(workspace, "Ada", "Bob")
    assert len(claim_at(workspace, DUE + AHEAD)) == 1
    assert len(claim_at(workspace, DUE)) == 1


def test_a_limit_that_slack_sets_counts_though_one_that_lies_ahead_is_longer(
    workspace: BotWorkspace,
) -> None:
    queue(workspace)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        rates.mark_limited(tx, "chat.postMessage", DUE + AHEAD + MINUTE, DUE + AHEAD)
        rates.mark_limited(tx, "chat.postMessage", DUE + MINUTE, DUE)
    assert not claim_at(workspace, DUE + MINUTE - SECOND)
    assert claim_at(workspace, DUE + MINUTE)


def test_a_lease_that_lies_ahead_ends_like_one_taken_now(workspace: BotWorkspace) -> None:
    queue(workspace)
    claim_at(workspace, DUE + AHEAD)
    check_at(workspace, DUE)
    # Its owner may still be at work on it.
    assert not claim_at(workspace, DUE + LEASE - SECOND)
    assert claim_at(workspace, DUE + LEASE)


def test_a_lease_of_a_clock_slightly_ahead_stays(workspace: BotWorkspace) -> None:
    queue(workspace)
    claim_at(workspace, DUE + 20 * SECOND)
    check_at(workspace, DUE)
    assert row(workspace).lease_until == DUE + 20 * SECOND + LEASE


def test_a_message_at_work_here_is_not_taken_again_when_the_clock_jumps(
    workspace: BotWorkspace,
) -> None:
    queue(workspace)
    workspace.clock.at = DUE
    run = DeliveryRun(workspace.services, DUE, DUE)
    assert leases.claim(run)
    workspace.clock.at = DUE + AHEAD
    assert not leases.claim(run)
    # Another process, and this one once it has ended, takes it.
    assert leases.claim(DeliveryRun(workspace.services, DUE, DUE))


@pytest.mark.parametrize("fault", ["429", "500 before", "500 after", "reset after"])
def test_a_retry_does_not_wait_for_the_time_the_clock_had_shown(
    workspace: BotWorkspace, fault: str
) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", fault)
    check_at(workspace, DUE + AHEAD)
    workspace.deliver_at(DUE + AHEAD)
    check_at(workspace, DUE + MINUTE)
    for step in range(30):
        workspace.deliver_at(DUE + MINUTE + 2 * step * SECOND)
    workspace.slack.expect_message(to=ada)


def test_a_post_of_unknown_outcome_is_looked_for_a_week_back_once_the_clock_is_right(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace)
    # Slack's clock, which stays right, is the workspace's.
    wrong = replace(workspace.services, clock=ManualClock(DUE + AHEAD))
    workspace.slack.fail("chat.postMessage", "reset after")
    clock.check_clock(wrong, workspace.workspace_id, DUE + AHEAD)
    delivery.deliver(wrong, DUE + AHEAD)
    check_at(workspace, DUE + MINUTE)
    # When it really was tried isn't known.
    assert row(workspace).first_tried_at == DUE + MINUTE - clock_corrections.MAX_TIME_SINCE_ATTEMPT
    workspace.deliver_at(DUE + AHEAD)
    workspace.slack.expect_message(to=ada)


def test_a_post_of_unknown_outcome_is_found_while_the_clock_is_still_ahead(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace)
    wrong = replace(workspace.services, clock=ManualClock(DUE + AHEAD))
    workspace.slack.fail("chat.postMessage", "reset after")
    delivery.deliver(wrong, DUE + AHEAD)
    delivery.deliver(wrong, DUE + AHEAD + MINUTE)
    workspace.slack.expect_message(to=ada)


def test_a_message_enqueued_ahead_of_its_hour_waits_for_its_hour(workspace: BotWorkspace) -> None:
    check_at(workspace, T() + AHEAD)
    hour = T(hours=1)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        outbox.enqueue(tx, MessageKind.NUDGE, "U1", "", "U1", T() + AHEAD, hour)
    check_at(workspace, T())
    assert row(workspace).next_at == hour


def test_a_message_that_waits_for_another_day_still_does(workspace: BotWorkspace) -> None:
    check_at(workspace, T() + AHEAD)
    queue(workspace)
    monday = T() + AHEAD + MAX_RETRY_AFTER + SECOND
    with workspace.services.transaction(workspace.workspace_id) as tx:
        tx.run(tx.update(outbox_table).values(next_at=monday))
    check_at(workspace, T())
    assert row(workspace).next_at == monday


def test_nothing_is_corrected_for_a_clock_that_differs_by_less_than_a_minute(
    workspace: BotWorkspace,
) -> None:
    queue(workspace)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        tx.run(tx.update(outbox_table).values(next_at=DUE + 40 * SECOND))
    check_at(workspace, DUE + 59 * SECOND)
    check_at(workspace, DUE)
    assert row(workspace).next_at == DUE + 40 * SECOND
    assert history(workspace).set_back_at is None


def test_nothing_else_waits_longer_than_it_would_from_now(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    year = timedelta(days=365)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        inbox.add(tx, [InboxPayload("event:1", "event", {"type": "x"})], T() + year, T() + year)
        feed = {
            "user_id": ada.id,
            **dict.fromkeys(("address", "host", "claim", "etag", "last_modified"), ""),
            "connected_at": T(),
            "next_at": T() + year,
            "failures": 0,
            "skipped": 0,
        }
        tx.run(tx.upsert(feeds_table).values(workspace_id=tx.workspace_id, **feed))
        tx.run(tx.update(staff_table).values(dnd_checked_at=T() + year))
        ahead = {"review_at": T() + year, "refresh_at": T() + year, "jobs_ran_at": T() + year}
        tx.run(update(workspaces_table).values(**ahead))
    check_at(workspace, T())
    with workspace.services.transaction(workspace.workspace_id) as tx:
        found = tx.run(select(workspaces_table)).one()
        assert found.review_at == T() + clock.REVIEW_EVERY
        assert found.refresh_at == T() + clock.FRESH_FOR
        assert tx.run(tx.select(staff_table, staff_table.c.dnd_checked_at)).scalar() is None
        assert inbox.claim(tx, T() + requests.LEASE, T(), 1, 5)
        polled = tx.run(tx.select(feeds_table, feeds_table.c.next_at)).scalar_one()
        assert polled == T() + calendars.rules.MAX_POLL_INTERVAL


def test_what_happened_is_said_for_a_day(workspace: BotWorkspace) -> None:
    check_at(workspace, T() + AHEAD)
    behind = clock.describe_setback(history(workspace), T())
    assert behind == "3 h behind the time that jobs last ran at, 02 March 15:00 UTC"
    check_at(workspace, T())
    said = "set back by 3 h at 02 March 12:00 UTC"
    assert clock.describe_setback(history(workspace), T(hours=23)) == said
    assert clock.describe_setback(history(workspace), T(hours=25)) == ""


def test_a_clock_that_runs_on_is_nothing_to_mention(workspace: BotWorkspace) -> None:
    check_at(workspace, T())
    check_at(workspace, T(days=3))
    assert clock.describe_setback(history(workspace), T(days=3)) == ""
    assert clock.describe_last_run(history(workspace), T(days=3, minutes=95)) == (
        "last ran 1 h 35 min ago, 05 March 12:00 UTC"
    )
