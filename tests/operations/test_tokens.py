"""Two workspaces in one database and one token: nothing of the other is read, sent or changed."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.db import workspaces
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxState
from bot.db.tables.outbox import outbox as outbox_table
from bot.db.tables.staff import pms as pms_table
from bot.db.tables.staff import staff as staff_table
from bot.domain.outbox.outcomes import Outcome
from bot.operations.doctor import audit
from bot.operations.outbox.redrive import redrive
from bot.operations.workspaces import find_reachable, list_reachable, list_unreachable
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

OTHER = "T0000099"
DUE = T(days=14)


@pytest.fixture
def ada(workspace: BotWorkspace) -> Person:
    """Return a PM whom the other workspace has under the same id, due at the same time."""
    person = workspace.add_pm("Ada", tz="Europe/London")
    with workspace.services.transaction(OTHER) as tx:
        workspaces.save(tx, "Elsewhere", "U1", T())
        for table in (staff_table, pms_table):
            (row,) = tx.run(select(table)).mappings()
            copied = {each.key: row[each.key] for each in table.c} | {"workspace_id": OTHER}
            tx.run(insert(table).values(copied))
    return person


def states(workspace: BotWorkspace, workspace_id: str) -> list[str]:
    with workspace.services.reading(workspace_id) as tx:
        return list(tx.run(tx.select(outbox_table, outbox_table.c.state)).scalars())


def enqueue_elsewhere(workspace: BotWorkspace, state: OutboxState, person: Person) -> None:
    with workspace.services.transaction(OTHER) as tx:
        outbox.enqueue(tx, MessageKind.NUDGE, person.id, "2026-03-16", person.id, T())
        tx.run(tx.update(outbox_table).values(state=state))


def test_a_tick_sends_and_plans_nothing_for_a_workspace_without_a_token(
    workspace: BotWorkspace, ada: Person
) -> None:
    enqueue_elsewhere(workspace, OutboxState.PENDING, ada)
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada)
    assert states(workspace, OTHER) == [OutboxState.PENDING]


def test_its_staff_are_not_overwritten_by_the_other_workspaces(
    workspace: BotWorkspace, ada: Person
) -> None:
    ada.user.name = "Ada of another place"
    workspace.tick_at(T(days=2))
    with workspace.services.reading(OTHER) as tx:
        assert tx.run(tx.select(staff_table, staff_table.c.refreshed_at)).scalar_one() == T()


def test_the_audit_puts_nothing_back_and_reports_nothing_there(
    workspace: BotWorkspace, ada: Person
) -> None:
    enqueue_elsewhere(workspace, OutboxState.PENDING, ada)
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada)
    with workspace.services.transaction(OTHER) as tx:
        asked = {"enqueued_on": DUE.date(), "enqueued_at": DUE, "next_at": DUE}
        tx.run(tx.update(pms_table).values(**asked))
        tx.run(tx.delete(outbox_table))
    workspace.clock.at = DUE + timedelta(hours=1)
    assert audit.audit(workspace.services, DUE + timedelta(hours=1)) == []
    assert states(workspace, OTHER) == []


def test_dead_letters_there_stay_dead(workspace: BotWorkspace, ada: Person) -> None:
    enqueue_elsewhere(workspace, OutboxState.DEAD, ada)
    found: list[Outcome] = list(redrive(workspace.services, DUE))
    assert found == []
    assert states(workspace, OTHER) == [OutboxState.DEAD]


def test_what_waits_there_is_counted_as_held_and_never_as_late(
    workspace: BotWorkspace, ada: Person
) -> None:
    enqueue_elsewhere(workspace, OutboxState.PENDING, ada)
    levels = audit.get_levels(workspace.services, DUE)
    assert levels.waiting == {("nudge", "pending", "no_token"): 1}
    assert (levels.due, levels.oldest) == (0, 0.0)


@pytest.mark.usefixtures("ada")
def test_another_token_makes_the_other_workspace_reachable(workspace: BotWorkspace) -> None:
    services = workspace.services
    assert list_reachable(services) == [workspace.workspace_id]
    assert list_unreachable(services) == [OTHER]
    services.reachable.add(OTHER)
    assert set(list_reachable(services)) == {workspace.workspace_id, OTHER}


def test_without_an_answer_of_slacks_the_only_workspace_is_taken_for_the_tokens(
    workspace: BotWorkspace,
) -> None:
    workspace.services.reachable.clear()
    workspace.slack.fail("auth.test", "500 before")
    assert find_reachable(workspace.services, T()) == [workspace.workspace_id]


@pytest.mark.usefixtures("ada")
def test_without_an_answer_of_slacks_none_of_several_is(workspace: BotWorkspace) -> None:
    workspace.services.reachable.clear()
    workspace.slack.fail("auth.test", "500 before")
    assert find_reachable(workspace.services, T()) == []
