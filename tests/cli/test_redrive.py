"""`redrive`: dead letters are put back once their cause is fixed."""

import pytest
from sqlalchemy import select, update

from bot.db.tables.outbox import outbox
from bot.operations.nudges import scheduling as nudges
from sandbox.person import Person
from tests.cli.conftest import Command, settings_for
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
DUE = T(days=14)
REFUSED = "messages_tab_disabled"


def refused(workspace: BotWorkspace, *names: str) -> list[Person]:
    """Add people whose nudge Slack has refused for good."""
    people = [workspace.add_pm(name, tz="Europe/London") for name in names]
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    workspace.slack.fail("chat.postMessage", REFUSED, len(people))
    workspace.deliver_at(DUE)
    return people


def rows(workspace: BotWorkspace) -> list[tuple[str, str | None]]:
    with workspace.services.engine.connect() as connection:
        found = connection.execute(select(outbox.c.state, outbox.c.reason))
        return [(row.state, row.reason) for row in found]


def run(command: Command, workspace: BotWorkspace, database: str, *arguments: str) -> list[str]:
    ended = command("redrive", *arguments, **settings_for(workspace.slack, database))
    assert (ended.code, ended.err) == (0, "")
    return ended.out.splitlines()


@EVERY_DATABASE
def test_what_was_refused_is_put_back_and_arrives(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    (ada,) = refused(workspace, "Ada")
    assert rows(workspace) == [("dead", REFUSED)]
    lines = run(command, workspace, database)
    assert lines == [f"nudge {ada.id}: put back ({REFUSED})"]
    # The command used the machine's clock.
    change(workspace, next_at=DUE)
    workspace.deliver_at(DUE)
    workspace.slack.expect_message(to=ada)
    assert [state for state, _ in rows(workspace)] == ["sent"]


def change(workspace: BotWorkspace, **values: object) -> None:
    with workspace.services.engine.begin() as connection:
        connection.execute(update(outbox).values(**values))


def test_a_dry_run_says_what_it_would_do_and_leaves_all_as_it_is(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    (ada,) = refused(workspace, "Ada")
    lines = run(command, workspace, database, "--dry-run")
    assert lines == [f"nudge {ada.id}: would be put back ({REFUSED})"]
    assert rows(workspace) == [("dead", REFUSED)]


@pytest.mark.parametrize(
    ("arguments", "back"),
    [
        (("--kind", "nudge"), 2),
        (("--kind", "digest"), 0),
        (("--reason", REFUSED), 2),
        (("--reason", "user_disabled"), 0),
        (("--kind", "nudge", "--reason", REFUSED), 2),
    ],
)
def test_only_what_is_asked_for_is_put_back(
    command: Command, workspace: BotWorkspace, database: str, arguments: tuple[str, ...], back: int
) -> None:
    refused(workspace, "Ada", "Bo")
    lines = run(command, workspace, database, *arguments)
    assert len([line for line in lines if "put back" in line]) == back
    assert [state for state, _ in rows(workspace)].count("pending") == back


def test_without_dead_letters_it_says_so(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    assert run(command, workspace, database) == ["There are no such dead letters."]


def test_a_second_redrive_finds_nothing(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    refused(workspace, "Ada")
    run(command, workspace, database)
    assert run(command, workspace, database) == ["There are no such dead letters."]


def test_what_came_through_after_all_is_found_and_not_posted_again(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    workspace.slack.fail("chat.postMessage", "500 after")
    workspace.deliver_at(DUE)
    change(workspace, state="dead", reason="given_up")
    run(command, workspace, database)
    change(workspace, next_at=DUE)
    workspace.deliver_at(DUE)
    workspace.slack.expect_message(to=ada)
    assert [state for state, _ in rows(workspace)] == ["sent"]


def test_what_has_become_stale_is_withdrawn_and_not_sent(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    (ada,) = refused(workspace, "Ada")
    run(command, workspace, database)
    change(workspace, next_at=DUE)
    workspace.add_held_visit(ada, workspace.add_customer("Brightwater Mill"), DUE.date())
    workspace.record_debrief(
        ada, "Brightwater Mill", "They print every order and type it in again."
    )
    workspace.deliver_at(DUE)
    assert [state for state, _ in rows(workspace)] == ["dropped"]


def test_a_kind_that_there_is_not_is_refused(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    ended = command("redrive", "--kind", "letter", **settings_for(workspace.slack, database))
    assert ended.code == 2
    assert "letter" in ended.err
