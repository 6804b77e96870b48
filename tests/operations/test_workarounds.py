"""Workarounds through operations alone: concurrent changes, and edge cases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from bot.db import customers
from bot.db.tables.outbox import outbox
from bot.db.tables.visits import visits
from bot.db.tables.workarounds import customer_notices, fix_notices, merges
from bot.db.tables.workarounds import workarounds as workaround_table
from bot.db.workarounds import notices
from bot.db.workarounds import queries as workarounds
from bot.domain.customers import ContactPermissionChoices
from bot.domain.debriefs.rules import ReportedWorkaround
from bot.domain.visits.caps import NoContactReason
from bot.domain.workarounds import InTimeShare, WorkaroundChanges, WorkaroundState
from bot.errors import NoSuchAsk, NoSuchWorkaround
from bot.operations.customers import contact_permissions
from bot.operations.outbox import delivery
from bot.operations.staff import pms
from bot.operations.workarounds import changes as operations
from bot.operations.workarounds import fix_notices as fix_notice_operations
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL, POST = "Brightwater Mill", "Fernleigh Post"
WHAT = "They print every order and type it in again."


def record_sighting(
    workspace: BotWorkspace, pm: Person, customer: str = MILL, what: str = WHAT
) -> int:
    """Save a debrief with a workaround; return the workaround's id."""
    workspace.record_debrief(
        pm, customer, "They showed me.", workarounds=(ReportedWorkaround(what),)
    )
    with workspace.services.reading(workspace.workspace_id) as tx:
        return workarounds.list_latest(tx, 1, include_told=True)[0].id


def changes(
    workspace: BotWorkspace,
    pm: Person,
    id: int,
    state: WorkaroundState = WorkaroundState.FIXED,
    **more: object,
) -> None:
    """Build the changes that a workaround's form would submit."""
    known = operations.get_form(workspace.services, workspace.actor(pm), id)
    release = "" if state is WorkaroundState.OPEN else "4.2"
    made = WorkaroundChanges(id, known.version, state, release, **more)  # type: ignore[arg-type]
    assert (
        operations.change(workspace.services, workspace.actor(pm), made, workspace.clock.at) is None
    )


def counts(workspace: BotWorkspace) -> list[int]:
    """Count workarounds, fix notices, customer notices, and messages in the outbox."""
    with workspace.services.engine.connect() as connection:
        tables = (workaround_table, fix_notices, customer_notices, outbox)
        found = (select(func.count()).select_from(each) for each in tables)
        return [connection.execute(each).scalar_one() for each in found]


def live(workspace: BotWorkspace, workaround_id: int = 1) -> list[tuple[str, str, str]]:
    with workspace.services.reading(workspace.workspace_id) as tx:
        return [
            (each.pm_id, each.customer, each.state)
            for each in notices.list_active(tx, workaround_id)
        ]


def run_at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all acts at the same moment; return what each gave, in this order."""
    ready = Barrier(len(acts))

    def act(each: Callable[[], object]) -> object:
        ready.wait()
        return each()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [each.result() for each in [pool.submit(act, each) for each in acts]]


@EVERY_DATABASE
def test_fixed_by_several_at_one_moment_is_fixed_once(workspace: BotWorkspace) -> None:
    people = [workspace.add_pm(name) for name in ("Ada", "Bo", "Cy", "Dee")]
    id = record_sighting(workspace, people[0])
    actors = [workspace.actor(each) for each in people]
    made = WorkaroundChanges(id, "", WorkaroundState.FIXED, "4.2")
    services = workspace.services
    fixing = [
        lambda actor=each: operations.change(services, actor, made, T0)  # type: ignore[misc]
        for each in actors
    ]
    assert run_at_once(*fixing) == [None] * 4
    assert counts(workspace) == [1, 1, 1, 2]
    run_at_once(*[lambda: delivery.deliver(services, T0)] * 2)
    workspace.slack.expect_message(to=people[0])


@EVERY_DATABASE
def test_of_two_different_wishes_at_one_moment_the_second_is_asked_again(
    workspace: BotWorkspace,
) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = record_sighting(workspace, ada)
    wishes = [
        WorkaroundChanges(id, "", WorkaroundState.FIXED, "4.2"),
        WorkaroundChanges(id, "", WorkaroundState.PLANNED, "5.0"),
    ]
    one, other = (workspace.actor(each) for each in (ada, bo))
    said = run_at_once(
        lambda: operations.change(workspace.services, one, wishes[0], T0),
        lambda: operations.change(workspace.services, other, wishes[1], T0),
    )
    assert sum(each is None for each in said) == 1
    (form,) = [each for each in said if each is not None]
    with workspace.services.reading(workspace.workspace_id) as tx:
        kept = workarounds.get_workaround(tx, 1)
    assert kept
    assert (kept.state, kept.release) in {(each.state, each.release) for each in wishes}
    assert form.row.state is kept.state  # type: ignore[attr-defined]


@EVERY_DATABASE
def test_told_by_two_presses_at_one_moment_is_told_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    changes(workspace, ada, record_sighting(workspace, ada))
    workspace.deliver_at(T0)
    message = workspace.slack.expect_message(to=ada)
    actor = workspace.actor(ada)
    said = run_at_once(
        lambda: fix_notice_operations.mark_told(
            workspace.services, actor, 1, message.ts, T(hours=1)
        ),
        lambda: fix_notice_operations.mark_told(
            workspace.services, actor, 1, message.ts, T(hours=2)
        ),
    )
    assert said[0] == said[1]
    with workspace.services.reading(workspace.workspace_id) as tx:
        ask, whole = notices.get(tx, 1), workarounds.get_workaround(tx, 1)
    assert ask
    assert whole
    assert ask.told_at in (T(hours=1), T(hours=2))
    assert whole.state is WorkaroundState.TOLD


@EVERY_DATABASE
def test_a_customer_who_is_opened_again_is_asked_about_with_the_next_change(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    id = record_sighting(workspace, ada)
    with workspace.services.reading(workspace.workspace_id) as tx:
        (mill,) = customers.list_by_name(tx, MILL)
    actor = workspace.actor(ada)
    shut = ContactPermissionChoices(mill.id, NoContactReason.OPTED_OUT, "They said so.")
    contact_permissions.save(workspace.services, actor, shut, T0)
    changes(workspace, ada, id)
    assert live(workspace) == []
    contact_permissions.save(
        workspace.services, actor, ContactPermissionChoices(mill.id, None, ""), T0
    )
    other = record_sighting(workspace, ada, POST)
    changes(workspace, ada, other, WorkaroundState.OPEN, same_as=id)
    assert live(workspace) == [(ada.id, MILL, "open"), (ada.id, POST, "open")]
    workspace.deliver_at(T0)
    workspace.slack.expect_message(to=ada, containing=POST)


@EVERY_DATABASE
def test_what_is_left_after_a_merge_is_taken_apart_is_as_it_was(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    ids = [record_sighting(workspace, ada, f"Customer {number}") for number in range(4)]
    changes(workspace, ada, ids[1], WorkaroundState.PLANNED)
    changes(workspace, ada, ids[0], WorkaroundState.OPEN, same_as=ids[1])
    changes(workspace, ada, ids[2], WorkaroundState.OPEN, same_as=ids[3])
    changes(workspace, ada, ids[3], WorkaroundState.OPEN, same_as=ids[0])
    form = operations.get_form(workspace.services, workspace.actor(ada), ids[0])
    assert (len(form.sightings), form.row.state) == (4, WorkaroundState.PLANNED)
    (newest, *_) = form.merged
    changes(workspace, ada, ids[0], WorkaroundState.PLANNED, split_off=frozenset({newest.id}))
    left = [operations.get_form(workspace.services, workspace.actor(ada), each) for each in ids]
    assert [len(each.sightings) for each in left] == [2, 2, 2, 2]
    assert {each.row.state for each in left[:2]} == {WorkaroundState.PLANNED}
    assert {each.row.state for each in left[2:]} == {WorkaroundState.OPEN}
    with workspace.services.engine.connect() as connection:
        kept = connection.execute(select(merges).order_by(merges.c.id)).all()
    assert [each.undone_at for each in kept] == [None, None, T0]
    assert {each.merged_by for each in kept} == {ada.id}


@EVERY_DATABASE
def test_a_debrief_with_another_customer_is_asked_about_there(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    id = record_sighting(workspace, ada)
    changes(workspace, ada, id)
    workspace.deliver_at(T0)
    first = workspace.slack.expect_message(to=ada, containing=MILL)
    workspace.add_customer(POST)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        (post,) = customers.list_by_name(tx, POST)
        tx.run(tx.update(visits).values(customer_id=post.id))
        operations.reconcile_sightings(tx, [id], T0)
    workspace.deliver_at(T(minutes=1))
    workspace.slack.expect_message(to=ada, containing=POST)
    workspace.slack.expect_update(first, "nobody is left")
    assert live(workspace) == [(ada.id, POST, "open")]


@EVERY_DATABASE
def test_somebody_who_has_left_before_the_fix_is_not_asked(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = record_sighting(workspace, ada)
    pms.leave(workspace.services, workspace.actor(ada))
    changes(workspace, bo, id)
    page = operations.get_list(workspace.services, workspace.actor(bo), "", T0)
    assert [each.unasked for each in page.rows] == [(MILL,)]
    assert workspace.deliver_at(T0) == []


@EVERY_DATABASE
def test_what_nobody_may_read_is_no_longer_there_for_them(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    with pytest.raises(NoSuchWorkaround):
        operations.get_form(workspace.services, workspace.actor(ada), 99)
    with pytest.raises(NoSuchAsk):
        fix_notice_operations.mark_told(workspace.services, workspace.actor(ada), 99, "", T0)


@EVERY_DATABASE
def test_a_dry_run_of_a_tick_hands_nothing_over(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    id = record_sighting(workspace, ada)
    changes(workspace, bo, id)
    pms.leave(workspace.services, workspace.actor(ada))
    before = counts(workspace), live(workspace)
    fix_notice_operations.hand_over(workspace.services.dry_run(), workspace.workspace_id, T0)
    assert (counts(workspace), live(workspace)) == before
    fix_notice_operations.hand_over(workspace.services, workspace.workspace_id, T0)
    assert live(workspace) == []


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("days", "share"), [(6.9, InTimeShare(0, 0)), (7.1, InTimeShare(0, 1)), (92, InTimeShare(0, 0))]
)
def test_an_ask_counts_once_its_week_is_over_and_for_a_quarter(
    workspace: BotWorkspace, days: float, share: InTimeShare
) -> None:
    ada = workspace.add_pm("Ada")
    changes(workspace, ada, record_sighting(workspace, ada))
    page = operations.get_list(workspace.services, workspace.actor(ada), "", T(days=days))
    assert page.share == share
