"""What a lost database has sent since its backup isn't sent again, and the rest is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import build_services
from bot.db.staff import pms
from bot.db.tables.outbox import outbox
from bot.errors import MaybePosted
from bot.operations import backups
from bot.operations.doctor import checks
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import redrive as redriving
from bot.slack import posting
from bot.slack.posting import Delivery
from sandbox.person import Person
from tests.conftest import MANIFEST
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

DUE = T(days=14)
HOUR = timedelta(hours=1)


class LosableDatabase:
    """A database that can be backed up, and lost: then its backup is restored."""

    def __init__(self, workspace: BotWorkspace, folder: Path) -> None:
        self._workspace, self._file = workspace, folder / "backup.db"

    def back_up(self) -> None:
        url = self._workspace.services.settings.database_url
        backups.back_up(url, self._file, overwrite=True)

    def lose(self) -> None:
        """Restore the backup: what came since is lost."""
        services = self._workspace.services
        services.engine.dispose()
        backups.restore(services.settings.database_url, self._file, self._workspace.clock.at)
        self._workspace.services = build_services(services.settings, self._workspace.clock)
        self._workspace.services.reachable.update(services.reachable)


@pytest.fixture
def database_file(workspace: BotWorkspace, tmp_path: Path) -> Iterator[LosableDatabase]:
    yield LosableDatabase(workspace, tmp_path)
    workspace.services.engine.dispose()


def rows(workspace: BotWorkspace) -> list[tuple[str, str | None]]:
    with workspace.services.engine.connect() as connection:
        found = connection.execute(select(outbox.c.state, outbox.c.reason))
        return [(row.state, row.reason) for row in found]


def due_nudge(workspace: BotWorkspace) -> Person:
    """Add a PM with a nudge in the outbox."""
    ada = workspace.add_pm("Ada", tz="Europe/London")
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    return ada


def forget_what_posts_are_about(workspace: BotWorkspace, person: Person) -> None:
    """Let Slack hold the posts of a version that didn't say what they were about."""
    for each in workspace.messages(person):
        assert each.metadata
        each.metadata["event_payload"].pop("about")


def test_what_was_due_at_the_backup_and_sent_since_is_found_by_its_id(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = due_nudge(workspace)
    database_file.back_up()
    workspace.deliver_at(DUE)
    forget_what_posts_are_about(workspace, ada)
    database_file.lose()
    workspace.tick_at(DUE + HOUR)
    workspace.slack.expect_update(workspace.slack.expect_message(to=ada))
    assert rows(workspace) == [("sent", "")]


def test_what_was_due_at_the_backup_and_not_sent_since_is_sent(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = due_nudge(workspace)
    database_file.back_up()
    database_file.lose()
    workspace.tick_at(DUE + HOUR)
    workspace.slack.expect_message(to=ada)


def test_what_became_due_after_the_backup_is_found_by_what_it_is_about(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    database_file.back_up()
    workspace.tick_at(DUE)
    database_file.lose()
    workspace.tick_at(DUE + HOUR)
    workspace.slack.expect_update(workspace.slack.expect_message(to=ada))
    assert rows(workspace) == [("sent", "")]


def test_a_nudge_that_was_sent_the_day_before_is_found_though_its_date_has_moved(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    database_file.back_up()
    workspace.tick_at(DUE)
    database_file.lose()
    for hours in range(20, 60, 4):
        workspace.tick_at(DUE + timedelta(hours=hours))
    workspace.slack.expect_update(workspace.slack.expect_message(to=ada))


def test_what_one_pm_got_doesnt_keep_another_from_theirs(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    database_file.back_up()
    workspace.tick_at(DUE)
    database_file.lose()
    with workspace.services.transaction(workspace.workspace_id) as tx:
        pms.remove(tx, ada.id)
    # His nudge has the id that hers had.
    bo = workspace.add_pm("Bo", tz="Europe/London")
    workspace.tick_at(DUE + timedelta(days=14))
    workspace.slack.expect_message(to=ada)
    workspace.slack.expect_message(to=bo)


def test_a_nudge_of_another_date_is_sent_though_one_was_since_the_backup(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London", interval_days=7)
    database_file.back_up()
    workspace.tick_at(T(days=7))
    database_file.lose()
    workspace.tick_at(T(days=7, hours=1))
    for day in range(8, 12):
        workspace.tick_at(T(days=day))
    workspace.slack.expect_update(workspace.slack.expect_message(to=ada))
    workspace.slack.expect_message(to=ada)


def test_a_restore_to_an_older_backup_after_another_finds_what_both_lost(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    database_file.back_up()
    workspace.tick_at(DUE)
    database_file.lose()
    workspace.clock.at = DUE + HOUR
    database_file.lose()
    workspace.tick_at(DUE + 2 * HOUR)
    workspace.slack.expect_update(workspace.slack.expect_message(to=ada))


# What nobody can tell


def held(workspace: BotWorkspace, database_file: LosableDatabase) -> Person:
    """Add a PM whose nudge may have been posted by an older version."""
    ada = workspace.add_pm("Ada", tz="Europe/London")
    database_file.back_up()
    workspace.tick_at(DUE)
    forget_what_posts_are_about(workspace, ada)
    workspace.slack.expect_message(to=ada)
    database_file.lose()
    workspace.tick_at(DUE + HOUR)
    return ada


def test_a_post_that_doesnt_say_what_it_is_about_holds_what_it_may_be(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    held(workspace, database_file)
    assert rows(workspace) == [("dead", "maybe_posted")]


def test_what_is_held_is_listed_by_the_doctor_with_what_to_do(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    held(workspace, database_file)
    found = checks.run_checks(workspace.services, MANIFEST, workspace.clock.at)
    (listed,) = (each for each in found if each.subject == "messages")
    assert listed.details == "1 x nudge: maybe_posted"
    assert "redrive --kind nudge --reason maybe_posted" in listed.remedy


def test_what_is_held_is_sent_once_the_operator_says_so(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = held(workspace, database_file)
    redriving.redrive(workspace.services, workspace.clock.at)
    workspace.tick_at(DUE + 2 * HOUR)
    workspace.slack.expect_message(to=ada)


def test_what_is_held_is_dropped_once_the_operator_says_so(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    held(workspace, database_file)
    redriving.redrive(workspace.services, workspace.clock.at, drop=True)
    workspace.tick_at(DUE + 2 * HOUR)
    assert [state for state, _ in rows(workspace)] == ["dropped"]


def test_a_history_that_may_not_be_read_holds_what_may_be_in_it(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    due_nudge(workspace)
    database_file.back_up()
    database_file.lose()
    workspace.slack.fail("conversations.history", "missing_scope")
    workspace.tick_at(DUE + HOUR)
    assert rows(workspace) == [("dead", "maybe_posted")]


def test_a_history_with_too_many_pages_leaves_it_open(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for number in range(posting.PAGE_SIZE + 1):
        delivery = Delivery(str(number), "other")
        posting.post(workspace.services.slack, ada.id, delivery, {"text": "Hello."})
        workspace.slack.expect_message(to=ada)
    found = posting.iterate_posted(workspace.services.slack, ada.id, T(), max_pages=1)
    with pytest.raises(MaybePosted):
        list(found)


def test_a_week_after_a_restore_nothing_is_looked_up(
    workspace: BotWorkspace, database_file: LosableDatabase
) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    database_file.back_up()
    database_file.lose()
    workspace.tick_at(DUE)
    workspace.slack.expect_message(to=ada)
    assert not any(each.method == "conversations.history" for each in workspace.slack.calls)
