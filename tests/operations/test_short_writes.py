"""However much there is to do, no job and no command holds other writers up for long."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from bot.db.staff import pms
from bot.db.tables.inbox import inbox
from bot.db.tables.outbox import outbox
from bot.domain.staff.pms import IntervalDefaultsChange
from bot.operations.inbox import requests
from bot.operations.nudges import default_intervals
from bot.operations.outbox.redrive import redrive
from bot.operations.staff import directory
from bot.operations.stories import digests
from tests.operations.operations_fixture import BotWorkspace
from tests.support.counted_writes import counted_writes
from tests.times import T0, T

MOST_STATEMENTS = 150
pytestmark = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def test_a_page_of_users_is_saved_in_parts(workspace: BotWorkspace) -> None:
    # Each PM takes several statements more.
    people = [workspace.add_pm(f"Pm {number}") for number in range(45)]
    with counted_writes(workspace.services.engine) as found:
        assert directory.refresh_all(workspace.services, workspace.workspace_id, T0) > len(people)
    assert sum(found) > MOST_STATEMENTS > max(found)


def test_pms_move_to_another_default_in_parts(workspace: BotWorkspace) -> None:
    people = [workspace.add_pm(f"Pm {number}") for number in range(45)]
    admin = workspace.actor(workspace.slack.add_user("Ada", admin=True))
    wanted = IntervalDefaultsChange(workspace_days=30)
    with counted_writes(workspace.services.engine) as found:
        assert default_intervals.change(workspace.services, admin, wanted)
    assert sum(found) > MOST_STATEMENTS > max(found)
    with workspace.services.reading(workspace.workspace_id) as tx:
        known = [pms.get(tx, each.id) for each in people]
    assert {each.settings.interval_days for each in known if each} == {30}


def test_dead_letters_are_put_back_in_parts(workspace: BotWorkspace) -> None:
    for _ in range(101):
        workspace.add_outbox_message("nudge", "dead", "channel_not_found", 5)
    with counted_writes(workspace.services.engine) as found:
        assert len(redrive(workspace.services, T0)) == 101
    assert len(found) == 2
    assert redrive(workspace.services, T0) == []
    with workspace.services.transaction(workspace.workspace_id) as tx:
        tx.run(tx.delete(outbox))


def test_a_dry_run_says_of_all_dead_letters_that_they_would_be_put_back(
    workspace: BotWorkspace,
) -> None:
    for _ in range(101):
        workspace.add_outbox_message("nudge", "dead", "channel_not_found", 5)
    for _ in range(2):
        assert len(redrive(workspace.services.dry_run(), T0)) == 101


def test_old_payloads_are_deleted_in_parts(workspace: BotWorkspace) -> None:
    rows = [
        {
            "workspace_id": workspace.workspace_id,
            "key": f"key {number}",
            "kind": "events",
            "received_at": T(days=-3) if number else T0,
            "attempts": 1,
            "next_at": T(days=-3),
            "done_at": T(days=-3),
        }
        for number in range(1002)
    ]
    with workspace.services.transaction(workspace.workspace_id) as tx:
        tx.run(insert(inbox), rows)
    with counted_writes(workspace.services.engine) as found:
        requests.clean_up(workspace.services, workspace.workspace_id, T0)
    # Of the first transaction's payloads none were given up; then 500, 500 and one are deleted.
    assert found == [1, 1, 1, 1]
    with workspace.services.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(inbox)).scalar_one() == 1


def test_each_teams_digest_is_made_by_itself(workspace: BotWorkspace) -> None:
    owner = workspace.slack.add_user("Owner")
    for number in range(3):
        channel = workspace.slack.add_channel(f"stories-{number}", members=[owner])
        pm = workspace.add_pm(f"Pm {number}", channel_id=channel.id)
        workspace.record_debrief(pm, f"Firm {number}", "They counted by hand.")
    friday = T(days=4) + timedelta(hours=8)
    with counted_writes(workspace.services.engine) as found:
        outcomes = digests.enqueue_digests(workspace.services, workspace.workspace_id, friday)
    assert [each.status for each in outcomes] == ["queued"] * 3
    assert len(found) == 3
    assert digests.enqueue_digests(workspace.services, workspace.workspace_id, friday) == []
