"""Nothing is planned for or sent to people who are known to have left, or not to be members."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.db.outbox.queries import MessageKind
from bot.db.tables.staff import staff as staff_table
from bot.domain.contacts.traits import Channel as Way
from bot.domain.debriefs.sections import Promise
from bot.domain.outbox.outcomes import Outcome
from bot.operations.doctor import audit
from bot.operations.messages import MESSAGE_TYPES
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import directory
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

DUE = T(days=14)
EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
TO_PEOPLE = [kind for kind, each in MESSAGE_TYPES.items() if not each.to_channel]
NOT_MEMBERS = pytest.mark.parametrize(
    "fields",
    [
        {"deleted": True},
        {"is_restricted": True},
        {"is_restricted": True, "is_ultra_restricted": True},
        {"is_stranger": True},
    ],
    ids=["deactivated", "a guest", "a guest of one channel", "of another organisation"],
)


def become(workspace: BotWorkspace, person: Person, **fields: bool) -> None:
    """Change a user in Slack, and ask Slack about everyone."""
    for name, value in fields.items():
        setattr(person.user, name, value)
    directory.refresh_all(workspace.services, workspace.workspace_id, workspace.clock.at)


def reasons(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(each.status, each.reason) for each in outcomes]


def enqueue_due(workspace: BotWorkspace) -> list[Outcome]:
    return list(nudges.enqueue_due(workspace.services, workspace.workspace_id, workspace.clock.at))


@EVERY_DATABASE
@NOT_MEMBERS
def test_nothing_is_planned_for_them(workspace: BotWorkspace, fields: dict[str, bool]) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    become(workspace, ada, **fields)
    assert workspace.tick_at(DUE, audited=True) == []
    assert workspace.tick_at(DUE + timedelta(minutes=10), audited=True) == []


@pytest.mark.parametrize("field", ["deleted", "is_restricted"])
def test_who_comes_back_continues_with_their_own_settings(
    workspace: BotWorkspace, field: str
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London", interval_days=7)
    become(workspace, ada, **{field: True})
    workspace.tick_at(T(days=8))
    become(workspace, ada, **{field: False})
    # Their hour of that day is long over.
    assert reasons(workspace.tick_at(T(days=9))) == [("held", "too_late_today")]
    assert ("sent", "delivered") in reasons(workspace.tick_at(T(days=10)))
    workspace.slack.expect_message(to=ada, containing="visit is due")


@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_no_message_of_any_kind_that_waits_is_sent_to_them(
    workspace: BotWorkspace, kind: MessageKind
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    workspace.add_booked_visit(ada, workspace.add_customer("Alder"), T(days=9).date())
    workspace.count = 0  # the message is about that visit, if it is about one
    workspace.add_outbox_message(kind, "pending", None, 1)
    become(workspace, ada, is_restricted=True)
    calls = len(workspace.slack.calls)
    [outcome] = workspace.deliver_at(workspace.clock.at)
    assert (outcome.target, *reasons([outcome])[0]) == (ada.id, "dropped", "not_a_member")
    assert workspace.slack.calls[calls:] == []


@EVERY_DATABASE
@NOT_MEMBERS
def test_a_nudge_that_waits_is_neither_sent_nor_missed(
    workspace: BotWorkspace, fields: dict[str, bool]
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    workspace.clock.at = DUE
    assert reasons(enqueue_due(workspace)) == [("queued", "due")]
    become(workspace, ada, **fields)
    assert reasons(workspace.tick_at(DUE, audited=True)) == [("dropped", "not_a_member")]
    assert workspace.tick_at(DUE + timedelta(minutes=10), audited=True) == []


def test_others_behind_many_who_left_get_theirs_in_the_same_pass(workspace: BotWorkspace) -> None:
    gone = [workspace.add_pm(f"Gone {each}", tz="Europe/London") for each in range(20)]
    workspace.clock.at = DUE
    enqueue_due(workspace)
    bo = workspace.add_pm("Bo", tz="Europe/London", interval_days=7)
    workspace.clock.at = DUE + timedelta(days=7)
    enqueue_due(workspace)
    for each in gone:
        each.user.deleted = True
    directory.refresh_all(workspace.services, workspace.workspace_id, workspace.clock.at)
    found = reasons(workspace.deliver_at(workspace.clock.at))
    assert found.count(("dropped", "not_a_member")) == 20
    assert found.count(("sent", "delivered")) == 1
    workspace.slack.expect_message(to=bo)


def test_someone_whom_slack_was_never_asked_about_gets_their_messages(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    with workspace.services.engine.begin() as connection:
        connection.execute(delete(staff_table))
    workspace.clock.at = DUE
    enqueue_due(workspace)
    assert reasons(workspace.deliver_at(DUE)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)


def test_a_dead_letter_to_someone_who_left_is_no_finding(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    workspace.add_outbox_message("nudge", "dead", "user_disabled", 9)
    assert len(audit.dead_letters(workspace.services, workspace.workspace_id)) == 1
    become(workspace, ada, deleted=True)
    assert audit.dead_letters(workspace.services, workspace.workspace_id) == []


def test_a_flag_goes_to_who_was_there_last_once_its_owner_has_left(
    workspace: BotWorkspace,
) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    customer_id = workspace.add_customer("Alder", owner=ada)
    workspace.add_held_visit(bo, customer_id, T(days=-9).date())
    person_id = workspace.add_person(customer_id, "Mara", has_cell=True)
    workspace.record_contacts(person_id, Way.MAIL, [T(hours=-each) for each in range(1, 6)])
    workspace.record_contacts(person_id, Way.CELL_CALL, [T(hours=-each) for each in range(1, 5)])
    become(workspace, ada, deleted=True)
    assert ("dropped", "not_a_member") in reasons(workspace.tick_at(T(hours=1)))
    workspace.tick_at(T(hours=3))
    workspace.slack.expect_message(to=bo, containing="Mara")


def test_a_refusal_that_comes_first_is_remembered_and_returns_a_promise_to_its_author(
    workspace: BotWorkspace,
) -> None:
    ada, sam = workspace.add_pm("Ada"), workspace.add_pm("Sam", interval_days=7)
    promise = Promise("The roadmap", sam.id, T(days=3).date())
    workspace.record_debrief(ada, "Alder", "They print it.", promises=(promise,))
    workspace.deliver_at(T(minutes=1))
    workspace.slack.expect_message(to=sam, containing="promised")
    sam.user.deleted = True
    assert reasons(workspace.deliver_at(T(days=3))) == [("dropped", "user_disabled")]
    workspace.slack.expect_refusal("chat.postMessage", "user_disabled")
    workspace.deliver_at(T(days=4))
    workspace.slack.expect_message(to=ada, containing="You promised Alder")
    become(workspace, sam, deleted=False)
    assert sam.id in {each.target for each in workspace.tick_at(T(days=8))}
