"""What is chosen for a message before it's posted, and what others write meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from bot.db.suggestions import claims, dismissals
from bot.domain.suggestions.dismissals import DismissalReason
from tests.operations.operations_fixture import BotWorkspace
from tests.operations.outbox.test_delivery import DUE, SECOND, queue, row, statuses
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
SOMEONE = "U0000009"
MILL, POST = "Brightwater Mill", "Fernleigh Post"


@contextmanager
def after_each_choice(workspace: BotWorkspace, *acts: Callable[[], None]) -> Iterator[None]:
    """Do one act after each choice of customers, before it is saved."""
    remaining, choosing = list(acts), list[Any]()

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.get_execution_options().get("reading") and "revenue" in statement:
            choosing.append(connection.connection.dbapi_connection)

    def end(dbapi_connection: Any, _record: Any) -> None:
        if dbapi_connection in choosing:
            choosing.clear()
            if remaining:
                remaining.pop(0)()

    engine = workspace.services.engine
    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "checkin", end)
    yield
    event.remove(engine, "before_cursor_execute", note)
    event.remove(engine, "checkin", end)
    assert not remaining


def claim(workspace: BotWorkspace, customer_id: int) -> None:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        claims.claim(tx, customer_id, SOMEONE, DUE, DUE + timedelta(minutes=30))


def dismiss_for_all(workspace: BotWorkspace, customer_id: int) -> None:
    today = DUE.date()
    with workspace.services.transaction(workspace.workspace_id) as tx:
        dismissals.save(
            tx, customer_id, SOMEONE, DismissalReason.NO_LONGER, today, today + timedelta(days=90)
        )


def book(workspace: BotWorkspace, pm: Any, customer_id: int) -> None:
    workspace.add_booked_visit(pm, customer_id, T(days=20).date())


@EVERY_DATABASE
@pytest.mark.parametrize("change", [claim, dismiss_for_all])
def test_a_customer_lost_since_the_choice_is_not_named(
    workspace: BotWorkspace, change: Callable[[BotWorkspace, int], None]
) -> None:
    mill, _ = (workspace.add_customer(each) for each in (MILL, POST))
    (ada,) = queue(workspace)
    with after_each_choice(workspace, partial(change, workspace, mill)):
        assert statuses(workspace.deliver_at(DUE)) == [("sent", "delivered")]
    assert MILL not in str(workspace.slack.expect_message(to=ada, containing=POST).blocks)


@EVERY_DATABASE
def test_a_customer_booked_by_another_since_the_choice_is_not_named(
    workspace: BotWorkspace,
) -> None:
    mill, _ = (workspace.add_customer(each) for each in (MILL, POST))
    bo = workspace.slack.add_user("Bo")
    (ada,) = queue(workspace)
    with after_each_choice(workspace, partial(book, workspace, bo, mill)):
        assert statuses(workspace.deliver_at(DUE)) == [("sent", "delivered")]
    assert MILL not in str(workspace.slack.expect_message(to=ada, containing=POST).blocks)


@EVERY_DATABASE
def test_a_visit_booked_since_the_choice_withdraws_the_nudge(workspace: BotWorkspace) -> None:
    mill = workspace.add_customer(MILL)
    (ada,) = queue(workspace)
    with after_each_choice(workspace, partial(book, workspace, ada, mill)):
        assert statuses(workspace.deliver_at(DUE)) == [("dropped", "booked")]
    # It was surely not posted: were it enqueued again, it wouldn't be looked up.
    assert row(workspace).first_attempt_at is None


def test_a_nudge_whose_customers_keep_changing_waits_a_moment(workspace: BotWorkspace) -> None:
    known = [workspace.add_customer(f"Made-up Mills {number}") for number in range(3)]
    (ada,) = queue(workspace)
    with after_each_choice(workspace, *(partial(claim, workspace, each) for each in known)):
        assert statuses(workspace.deliver_at(DUE)) == [("held", "changed")]
    assert statuses(workspace.deliver_at(DUE + 5 * SECOND)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)


def test_others_write_while_customers_are_chosen(workspace: BotWorkspace) -> None:
    mill = workspace.add_customer(MILL)
    (ada,) = queue(workspace)
    written: list[int] = []

    def write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "revenue" in statement and not written:
            written.append(mill)
            dismiss_for_all(workspace, mill)

    event.listen(workspace.services.engine, "before_cursor_execute", write)
    assert statuses(workspace.deliver_at(DUE)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)
    assert written


def test_a_postponed_message_has_not_been_attempted(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    evening = DUE + timedelta(hours=12)
    assert statuses(workspace.deliver_at(evening)) == [("held", "out_of_hours")]
    assert row(workspace).first_attempt_at is None
    assert not workspace.messages(ada)
