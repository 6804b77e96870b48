"""Ticks over many PMs: few statements, one row per nudge, and no PM who blocks the others."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy import Engine, Table, event, func, select, text

from benchmarks.support import seed_pms
from bot.db.engine import make_engine
from bot.db.staff import pms as pm_queries
from bot.db.tables.nudges import nudges as nudges_table
from bot.db.tables.outbox import outbox
from bot.domain.nudges.rules import PlannedNudge, Strength
from bot.domain.outbox.outcomes import DeliveryStatus, Outcome
from bot.domain.staff.pms import Pm
from bot.operations.nudges import scheduling as nudges
from bot.operations.nudges import sent
from bot.operations.nudges.scheduling import BATCH
from bot.operations.staff import pms
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
HOUR = timedelta(hours=1)


def fill(workspace: BotWorkspace, count: int, due: int) -> None:
    """Add so many PMs of many places; the first are due at `seed_pms.NOW`."""
    with workspace.services.transaction(workspace.workspace_id) as tx:
        seed_pms.add_pms(tx, count)
        seed_pms.make_due(tx, due, seed_pms.NOW)


def remind(workspace: BotWorkspace) -> Sequence[Outcome]:
    return nudges.enqueue_due(workspace.services, workspace.workspace_id, seed_pms.NOW)


def rows(engine: Engine, table: Table) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Record the statements sent to the database, without those that begin transactions."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("due", [20, BATCH - 1])
@EVERY_DATABASE
def test_a_batch_takes_four_statements_however_many_are_due(
    workspace: BotWorkspace, due: int
) -> None:
    fill(workspace, 450, due)
    with statements(workspace.services.engine) as asked:
        assert len(remind(workspace)) == due
    assert len(asked) == 4, asked


@EVERY_DATABASE
def test_a_tick_looks_at_all_who_are_due_and_at_each_once(workspace: BotWorkspace) -> None:
    fill(workspace, 5_000, 2_000)
    started = perf_counter()
    outcomes = remind(workspace)
    took = perf_counter() - started
    assert len({each.target for each in outcomes}) == len(outcomes) == 2_000
    assert remind(workspace) == []
    queued = sum(each.status is DeliveryStatus.QUEUED for each in outcomes)
    assert 1_600 < queued == rows(workspace.services.engine, outbox)
    # The benchmark asks for a fifth of it; this catches what is slower by orders of magnitude.
    assert took < 5


@EVERY_DATABASE
def test_a_nudge_is_a_message_and_a_plan_until_it_is_rendered(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    before = pm(workspace, ada.id)
    (outcome,) = nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    assert (outcome.status, outcome.reason) == (DeliveryStatus.QUEUED, "due")
    assert rows(workspace.services.engine, nudges_table) == 0
    after = pm(workspace, ada.id)
    assert after == replace(before, next_nudge=after.next_nudge, last_enqueued=before.next_nudge)
    assert after.next_nudge.on > before.next_nudge.on
    with workspace.services.reading(workspace.workspace_id) as tx:
        (message,) = tx.run(tx.select(outbox)).all()
    assert (message.subject, message.period) == (ada.id, before.next_nudge.on.isoformat())
    assert (message.destination, message.due_at) == (ada.id, before.next_nudge.at)


def pm(workspace: BotWorkspace, user_id: str) -> Pm:
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = pm_queries.get(tx, user_id)
    assert found is not None
    return found


def test_a_nudge_that_is_rendered_again_names_the_same_customers(workspace: BotWorkspace) -> None:
    ada = pm(workspace, workspace.add_pm("Ada").id)
    for number in range(20):
        workspace.add_customer(f"Customer {number}")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        first = sent.choose_nudge(tx, ada, ada.next_nudge, T(days=14))
        assert first is not None
        assert len(first.named) == 3
        assert sent.save_nudge(tx, ada, first, T(days=14))
    workspace.add_customer("Newcomer")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        assert sent.choose_nudge(tx, ada, ada.next_nudge, T(days=15)) is None


@EVERY_DATABASE
def test_a_look_that_holds_keeps_what_was_asked_for_last(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada", strength=Strength.STANDARD)
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    asked = pm(workspace, ada.id).last_enqueued
    workspace.add_booked_visit(ada, workspace.add_customer("Brightwater Mill"), T(days=18).date())
    (outcome,) = nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=17))
    assert (outcome.status, outcome.reason) == (DeliveryStatus.DELAYED, "visit_booked")
    assert pm(workspace, ada.id).last_enqueued == asked is not None


def test_a_date_that_was_asked_for_before_is_not_asked_for_again(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    planned = pm(workspace, ada.id).next_nudge
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    plan(workspace, ada.id, planned)
    (outcome,) = nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14, hours=1))
    assert (outcome.status, outcome.reason) == (DeliveryStatus.DROPPED, "sent_already")
    assert pm(workspace, ada.id).next_nudge.on > planned.on


def plan(workspace: BotWorkspace, user_id: str, planned: PlannedNudge) -> None:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        pm_queries.set_next_nudge(tx, user_id, planned)


def test_new_settings_do_not_bring_a_nudge_again_that_waits(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    workspace.clock.at = T(days=14)
    choices = pms.get_choices(workspace.services, workspace.actor(ada))
    assert choices is not None
    pms.join(
        workspace.services,
        workspace.actor(ada),
        replace(choices, at=T(hours=-2).time()),
        T(days=14),
    )
    assert nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14, hours=1)) == []


def test_a_dry_run_looks_at_everybody_once_and_keeps_nothing(workspace: BotWorkspace) -> None:
    fill(workspace, 1_100, 1_050)
    dry_run = workspace.services.dry_run()
    outcomes = nudges.enqueue_due(dry_run, workspace.workspace_id, seed_pms.NOW)
    assert len({each.target for each in outcomes}) == len(outcomes) == 1_050
    assert rows(workspace.services.engine, outbox) == 0


# A zone that no longer exists can be read but not used; an invalid date can't be read.
@pytest.mark.parametrize(
    ("database", "broken"),
    [
        ("sqlite", "zone = 'Nowhere/Atlantis'"),
        ("sqlite", "next_on = 'soon'"),
        ("sqlite", "working_days = '[0, 1'"),
        ("postgresql", "step = 'someday'"),
        ("postgresql", "anchor_on = 'infinity'"),
    ],
    indirect=["database"],
)
def test_a_row_that_nobody_can_read_stops_nobody_else(workspace: BotWorkspace, broken: str) -> None:
    ada, bo, cy = (workspace.add_pm(name) for name in ("Ada", "Bo", "Cy"))
    with workspace.services.engine.begin() as connection:
        connection.execute(text(f"UPDATE pms SET {broken} WHERE user_id = '{bo.id}'"))
    outcomes = nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    assert {each.target: (each.status, each.reason) for each in outcomes} == {
        ada.id: (DeliveryStatus.QUEUED, "due"),
        bo.id: (DeliveryStatus.DELAYED, "failed"),
        cy.id: (DeliveryStatus.QUEUED, "due"),
    }
    soon = T(days=14) + HOUR - timedelta(seconds=1)
    assert nudges.enqueue_due(workspace.services, workspace.workspace_id, soon) == []
    (again,) = nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14) + HOUR)
    assert (again.target, again.reason) == (bo.id, "failed")


@POSTGRESQL
def test_three_copies_that_tick_at_once_ask_for_each_nudge_once(
    workspace: BotWorkspace, database: str
) -> None:
    fill(workspace, 350, 300)
    copies = [replace(workspace.services, engine=make_engine(database)) for _ in range(3)]
    with ThreadPoolExecutor(len(copies)) as pool:
        ticks = [
            pool.submit(nudges.enqueue_due, each, workspace.workspace_id, seed_pms.NOW)
            for each in copies
        ]
        outcomes = [each for tick in ticks for each in tick.result()]
    for each in copies:
        each.engine.dispose()
    assert len({each.target for each in outcomes}) == len(outcomes) == 300
    queued = sum(each.status is DeliveryStatus.QUEUED for each in outcomes)
    assert 200 < queued == rows(workspace.services.engine, outbox)


@POSTGRESQL
def test_a_pm_whose_settings_change_this_moment_is_looked_at_afterwards(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        taken = pm_queries.get_for_update(tx, ada.id)
        assert nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14)) == []
        assert taken is not None
        pm_queries.save(tx, taken)
    (outcome,) = nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    assert outcome.status is DeliveryStatus.QUEUED
