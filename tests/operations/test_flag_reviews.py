"""The hourly review of flags: in parts, and still as one pass at one moment would be."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, event, insert, select

from bot.db.contacts import flags as queries
from bot.db.engine import make_engine
from bot.db.tables.contacts import contacts, flags
from bot.db.tables.outbox import outbox
from bot.domain.contacts.flags import FlagState
from bot.domain.contacts.traits import Channel
from bot.operations.contacts.flags import (
    LEASE,
    READ_BATCH,
    REVIEW_EVERY,
    WRITE_BATCH,
    acknowledge,
    review_all,
)
from bot.services import Services
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.operations.test_workarounds import run_at_once
from tests.support.counted_writes import counted_writes
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
TWO_TRAITS = [Channel.MAIL] * 5 + [Channel.CELL_CALL] * 4
Rows = Sequence[tuple[object, ...]]


class BreakingClock:
    """A clock that stands still, and breaks once it was read so many times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def now(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            raise InterruptedError
        return T0


def add_great(workspace: BotWorkspace, count: int, owner: Person) -> list[int]:
    """Add customers with two traits each, that no one has reviewed; return their people."""
    customers = [workspace.add_customer(f"Firm {each}", owner=owner) for each in range(count)]
    people = [workspace.add_person(each, "Mara Lind", has_cell=True) for each in customers]
    rows = [
        {
            "workspace_id": workspace.workspace_id,
            "source": "test",
            "source_id": f"{person_id}-{number}",
            "at": T(hours=-number - 1),
            "channel": channel,
            "person_id": person_id,
            "customer_id": customer_id,
            "to_support": False,
            "subject": "",
            "thread": "",
        }
        for customer_id, person_id in zip(customers, people, strict=True)
        for number, channel in enumerate(TWO_TRAITS)
    ]
    with workspace.services.transaction(workspace.workspace_id) as tx:
        tx.run(insert(contacts), rows)
    return people


def review_at(workspace: BotWorkspace, at: datetime) -> None:
    workspace.clock.at = at
    review_all(workspace.services, workspace.workspace_id, at)


def stored(workspace: BotWorkspace) -> Rows:
    """Return what is known of each flag, and each message about one."""
    columns = flags.c.customer_id, flags.c.pm_id, flags.c.state, flags.c.evidence
    messages = select(outbox.c.kind, outbox.c.destination, outbox.c.period, outbox.c.state)
    with workspace.services.engine.connect() as connection:
        known = connection.execute(select(*columns).order_by(flags.c.customer_id))
        return [tuple(row) for row in (*known, *connection.execute(messages))]


def states(workspace: BotWorkspace) -> list[FlagState]:
    with workspace.services.reading(workspace.workspace_id) as tx:
        ids = range(1, 1000)
        return [each.flag.state for each in queries.get_by_customers(tx, ids).values()]


def deliver_slowly(workspace: BotWorkspace, at: datetime) -> None:
    """Deliver what is due, in spite of the second that Slack wants between two messages."""
    for second in range(8):
        workspace.deliver_at(at + timedelta(seconds=2 * second))


@contextmanager
def before_writing(services: Services, act: Callable[[], object]) -> Iterator[None]:
    """Act once a review has read its customers, and before it writes what becomes of them."""
    count = 0

    def count_readings(connection: Connection) -> None:
        nonlocal count
        count += bool(connection.get_execution_options().get("reading"))
        # The first reading is that of the customers' ids.
        if count == 2:
            count += 1
            act()

    event.listen(services.engine, "commit", count_readings)
    yield
    event.remove(services.engine, "commit", count_readings)
    assert count >= 2


@EVERY_DATABASE
def test_a_write_takes_as_many_statements_for_many_customers_as_for_a_few(
    workspace: BotWorkspace,
) -> None:
    add_great(workspace, WRITE_BATCH + 3, workspace.add_pm("Ada"))
    with counted_writes(workspace.services.engine) as found:
        review_at(workspace, T0)
    _, many, few, _ = found
    assert many == few


@EVERY_DATABASE
def test_a_review_that_changes_no_flag_writes_only_that_it_was_made(
    workspace: BotWorkspace,
) -> None:
    add_great(workspace, 3, workspace.add_pm("Ada"))
    review_at(workspace, T0)
    with counted_writes(workspace.services.engine) as found:
        review_at(workspace, T0 + REVIEW_EVERY)
    assert found == [1, 1]


@EVERY_DATABASE
def test_two_copies_that_review_at_one_moment_do_as_one(
    workspace: BotWorkspace, database: str
) -> None:
    ada = workspace.add_pm("Ada")
    add_great(workspace, WRITE_BATCH + 3, ada)
    other = replace(workspace.services, engine=make_engine(database))
    # As if the lease of the first had run out on the second.
    acts = [
        lambda: review_all(workspace.services, workspace.workspace_id, T0),
        lambda: review_all(other, workspace.workspace_id, T0 + LEASE),
    ]
    run_at_once(*acts)
    other.engine.dispose()
    known = stored(workspace)
    assert [row[1:3] for row in known[: WRITE_BATCH + 3]] == [(ada.id, "raised")] * (
        WRITE_BATCH + 3
    )
    assert [row[0] for row in known[WRITE_BATCH + 3 :]] == ["flag"] * (WRITE_BATCH + 3)


@EVERY_DATABASE
@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_a_review_that_died_is_made_by_another_once_its_lease_is_over(
    workspace: BotWorkspace, times: int
) -> None:
    add_great(workspace, WRITE_BATCH + 3, workspace.add_pm("Ada"))
    dying = replace(workspace.services, clock=BreakingClock(times))
    with pytest.raises(InterruptedError):
        review_all(dying, workspace.workspace_id, T0)
    review_at(workspace, T0 + LEASE - timedelta(seconds=1))
    half = stored(workspace)
    assert len(half) == 2 * (WRITE_BATCH if times == 3 else 0)
    review_at(workspace, T0 + LEASE)
    whole = stored(workspace)
    assert len(whole) == 2 * (WRITE_BATCH + 3)
    review_at(workspace, T0 + LEASE + REVIEW_EVERY)
    assert stored(workspace) == whole


def test_a_review_that_was_stopped_is_made_at_the_next_tick(workspace: BotWorkspace) -> None:
    add_great(workspace, 3, workspace.add_pm("Ada"))
    workspace.services.shutting_down.set()
    review_at(workspace, T0)
    assert stored(workspace) == []
    workspace.services.shutting_down.clear()
    review_at(workspace, T0)
    assert states(workspace) == [FlagState.RAISED] * 3


@EVERY_DATABASE
def test_a_flag_that_is_answered_during_the_review_stays_answered(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    (person_id,) = add_great(workspace, 1, ada)
    review_at(workspace, T0)
    workspace.record_contacts(person_id, Channel.SUPPORT_CALL, [T(minutes=1), T(minutes=2)])
    actor = workspace.actor(ada)
    with before_writing(workspace.services, lambda: acknowledge(workspace.services, actor, 1)):
        review_at(workspace, T0 + REVIEW_EVERY)
    assert states(workspace) == [FlagState.ACKNOWLEDGED]


@EVERY_DATABASE
@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=5)])
def test_a_contact_that_is_recorded_during_the_review_counts(
    workspace: BotWorkspace, later: timedelta
) -> None:
    (person_id,) = add_great(workspace, 1, workspace.add_pm("Ada"))
    review_at(workspace, T0)
    # By then the earliest of the four calls is too long ago.
    at = T(days=28, hours=-9)

    def record() -> None:
        workspace.clock.at = at + later
        workspace.record_contacts(person_id, Channel.CELL_CALL, [at + later])

    with before_writing(workspace.services, record):
        review_at(workspace, at)
    assert states(workspace) == [FlagState.RAISED]


def test_flags_that_end_together_are_edited_together(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    add_great(workspace, 4, ada)
    review_at(workspace, T0)
    deliver_slowly(workspace, T0)
    messages = [workspace.slack.expect_message(to=ada) for _ in range(4)]
    review_at(workspace, T(days=28))
    deliver_slowly(workspace, T(days=28))
    for message in messages:
        workspace.slack.expect_update(message, "is in touch no more than others now.")


def test_more_customers_than_are_read_at_once_are_all_reviewed(workspace: BotWorkspace) -> None:
    add_great(workspace, READ_BATCH + 1, workspace.add_pm("Ada"))
    review_at(workspace, T0)
    assert states(workspace) == [FlagState.RAISED] * (READ_BATCH + 1)
