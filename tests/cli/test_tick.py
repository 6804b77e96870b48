"""`tick`: one pass of everything due at a time, reported line by line."""

from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text

from bot.db import migrate
from bot.db.engine import make_engine
from bot.db.tables.columns import metadata
from bot.domain.contacts.traits import Channel as Way
from tests.cli.conftest import Command, settings_for
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

# The workspace's first nudge is due at half past nine in Berlin.
DUE = "2026-03-16T09:30+01:00"
EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def dump(engine: Engine) -> dict[str, list[Any]]:
    """Return every row of the database, by table."""
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).all()))
            for name, table in metadata.tables.items()
        }


@EVERY_DATABASE
def test_tick_sends_what_is_due_at_that_time_and_says_so(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    ada = workspace.add_pm("Ada")
    ended = command("tick", "--at", DUE, **settings_for(workspace.slack, database))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        f"nudge {ada.id}: queued (due)",
        f"nudge {ada.id}: sent (delivered)",
    ]
    workspace.slack.expect_message(to=ada, containing="visit is due")


def test_a_second_tick_finds_nothing_left_to_do(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    ada = workspace.add_pm("Ada")
    command("tick", "--at", DUE, **settings_for(workspace.slack, database))
    ended = command("tick", "--at", DUE)
    assert (ended.code, ended.out) == (0, "Nothing is due.\n")
    workspace.slack.expect_message(to=ada)


def test_what_is_held_is_told_with_its_reason(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.add_booked_visit(ada, workspace.add_customer("Brightwater Mill"), T(days=16).date())
    ended = command("tick", "--at", DUE, **settings_for(workspace.slack, database))
    assert ended.out == f"nudge {ada.id}: held (visit_booked)\n"


def break_digests(workspace: BotWorkspace) -> None:
    """Let the job for digests fail: its team is in a zone that doesn't exist."""
    with workspace.services.engine.begin() as connection:
        connection.execute(text("UPDATE teams SET zone = 'Nowhere', next_at = '2026-03-01'"))


def test_a_job_that_fails_is_named_in_a_line_and_stops_no_other(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    channel = workspace.slack.add_channel("stories")
    ada = workspace.add_pm("Ada", channel_id=channel.id)
    break_digests(workspace)
    ended = command("tick", "--at", DUE, **settings_for(workspace.slack, database))
    assert ended.code == 1
    assert f"nudge {ada.id}: sent (delivered)" in ended.out.splitlines()
    assert ended.err.splitlines()[-1].startswith(
        "The job digests failed: ZoneInfoNotFoundError at "
    )
    assert "frames" not in ended.err
    workspace.slack.expect_message(to=ada, containing="visit is due")


def test_a_traceback_is_logged_for_those_who_ask_for_it(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    workspace.add_pm("Ada", channel_id=workspace.slack.add_channel("stories").id)
    break_digests(workspace)
    settings = {**settings_for(workspace.slack, database), "NIHITO_LOG": "debug"}
    ended = command("tick", "--at", "2026-03-03T09:30+01:00", **settings)
    assert ended.code == 1
    assert '"event": "job_failed"' in ended.err
    assert "bot/operations/stories/digests.py" in ended.err


@EVERY_DATABASE
def test_a_dry_run_tells_the_same_and_writes_and_sends_nothing(
    command: Command, workspace: BotWorkspace, database: str
) -> None:
    # Due on the day of the digest.
    workspace.clock.at = T(days=4)
    ada = workspace.add_pm("Ada", channel_id=workspace.slack.add_channel("stories").id)
    workspace.record_debrief(ada, "Brightwater Mill", "They print it.", on=T(days=-60).date())
    person_id = workspace.add_person(
        workspace.add_customer("Alder", owner=ada), "Mara", has_cell=True
    )
    workspace.record_contacts(person_id, Way.MAIL, [T(hours=-each) for each in range(1, 6)])
    workspace.record_contacts(person_id, Way.CELL_CALL, [T(hours=-each) for each in range(1, 5)])
    before, calls = dump(workspace.services.engine), len(workspace.slack.calls)
    settings = settings_for(workspace.slack, database)
    ended = command("tick", "--at", "2026-03-20T15:00+01:00", "--dry-run", **settings)
    assert ended.code == 0
    assert f"nudge {ada.id}: would be queued (due)" in ended.out
    assert "digest C0000001: would be queued (1 stories)" in ended.out
    assert dump(workspace.services.engine) == before
    # It only asks whose the token is.
    assert [each.method for each in workspace.slack.calls[calls:]] == ["auth.test"]


def test_a_dry_run_does_not_upgrade_the_database_either(command: Command, folder: Any) -> None:
    address = f"sqlite:///{folder / 'new.db'}"
    ended = command("tick", "--dry-run", DATABASE_URL=address)
    assert ended.code == 1
    assert "The database is of another version: `python -m bot migrate`." in ended.err
    engine = create_engine(address)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize(
    ("text", "problem"),
    [("tomorrow", "is not an ISO time"), ("2026-03-16T09:30", "has no zone")],
)
def test_a_time_that_cannot_be_read_is_refused(command: Command, text: str, problem: str) -> None:
    ended = command("tick", "--at", text)
    assert ended.code == 2
    assert problem in " ".join(ended.err.replace("│", " ").split())


def test_migrate_brings_a_new_database_to_this_version(command: Command, folder: Any) -> None:
    address = f"sqlite:///{folder / 'new.db'}"
    ended = command("migrate", DATABASE_URL=address)
    assert (ended.code, ended.out) == (0, f"{address} is up to date.\n")
    engine = make_engine(address)
    migrate.check(engine)
    engine.dispose()
    assert command("migrate").code == 0


@pytest.mark.parametrize("arguments", [["migrate"], ["tick"], ["tick", "--dry-run"]])
def test_a_database_that_is_away_is_said_in_a_line(command: Command, arguments: list[str]) -> None:
    address = "postgresql://nihito:hunter2@127.0.0.1:9/none"
    ended = command(*arguments, DATABASE_URL=address)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "The database failed: OperationalError. `python -m bot doctor` says what to mend.\n"
    )
