"""Nudges through the database: when they come, what holds them back, and that they come once."""

import io
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.db.nudges import queries as nudge_queries
from bot.domain.nudges.rules import Snooze, Strength
from bot.domain.working_time import to_instant
from bot.operations.home import upcoming
from bot.operations.imports import files as imports
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import pms
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
EVERY_DAY = frozenset(range(7))
HOUR = time(9, 30)
SECOND = timedelta(seconds=1)
DUE = "Your first customer visit is due"


def join(workspace: BotWorkspace, on: date, tz: str, **choices: object) -> Person:
    """Join Ada at noon of a local date."""
    workspace.clock.at = to_instant(on, time(12), tz)
    return workspace.add_pm("Ada", tz=tz, **choices)


def sent_by(workspace: BotWorkspace, at: datetime) -> int:
    """Count the messages that Ada's tick at an instant sends."""
    return len([each for each in workspace.tick_at(at) if each.status == "sent"])


# Clocks change between joining and due date: spring and autumn, north and south, half an hour too.
@pytest.mark.parametrize(
    ("tz", "joined_on", "due_at"),
    [
        ("Europe/Berlin", date(2026, 3, 16), datetime(2026, 3, 30, 7, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 12), datetime(2026, 10, 26, 8, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 2), datetime(2026, 3, 16, 13, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 10, 26), datetime(2026, 11, 9, 14, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 3, 30), datetime(2026, 4, 12, 23, 0, tzinfo=UTC)),
        ("Asia/Kolkata", date(2026, 3, 16), datetime(2026, 3, 30, 4, 0, tzinfo=UTC)),
    ],
)
def test_a_nudge_comes_at_the_pms_own_hour_whatever_the_clocks_did(
    workspace: BotWorkspace, tz: str, joined_on: date, due_at: datetime
) -> None:
    ada = join(workspace, joined_on, tz)
    for days in range(14):
        assert sent_by(workspace, due_at - timedelta(days=13 - days) - SECOND) == 0
    assert sent_by(workspace, due_at) == 1
    workspace.slack.expect_message(to=ada, containing=DUE)


@pytest.mark.parametrize(
    ("joined_on", "choice", "back_at"),
    [
        # A nudge of Saturday; the clocks go forward in the night to Sunday.
        (date(2026, 3, 14), Snooze.TOMORROW, datetime(2026, 3, 29, 7, 30, tzinfo=UTC)),
        (date(2026, 3, 14), Snooze.THREE_DAYS, datetime(2026, 3, 31, 7, 30, tzinfo=UTC)),
        (date(2026, 3, 14), Snooze.NEXT_WEEK, datetime(2026, 3, 30, 7, 30, tzinfo=UTC)),
        # A nudge of Saturday; the clocks go back in the night to Sunday.
        (date(2026, 10, 10), Snooze.TOMORROW, datetime(2026, 10, 25, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_snoozed_nudge_is_back_at_the_hour_it_named_whatever_the_clocks_did(
    workspace: BotWorkspace, joined_on: date, choice: Snooze, back_at: datetime
) -> None:
    ada = join(workspace, joined_on, "Europe/Berlin", working_days=EVERY_DAY)
    due_at = to_instant(joined_on + timedelta(days=14), HOUR, "Europe/Berlin")
    workspace.tick_at(due_at)
    workspace.slack.expect_message(to=ada, containing=DUE)
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
    assert nudge is not None
    actor = workspace.actor(ada)
    snoozed = nudges.snooze(workspace.services, actor, nudge.id, choice, due_at + SECOND)
    assert snoozed.back_at == back_at
    assert sent_by(workspace, back_at - SECOND) == 0
    assert sent_by(workspace, back_at) == 1
    workspace.slack.expect_message(to=ada, containing="visit")


def test_a_booked_visit_silences_nudges_until_its_debrief_has_been_asked_for(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.add_booked_visit(ada, workspace.add_customer("Brightwater Mill"), T(days=17).date())
    for days in range(23):
        workspace.tick_at(T(days=days))
    assert workspace.messages(ada) == []
    workspace.tick_at(T(days=23))
    workspace.slack.expect_message(to=ada, containing=DUE)


def test_a_visit_that_anybody_logs_for_the_pm_moves_the_date_at_once(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(T(days=13))
    load_visit(workspace, ada, T(days=12).date())
    for days in range(13, 26):
        workspace.tick_at(T(days=days))
    assert workspace.messages(ada) == []
    workspace.tick_at(T(days=28))
    workspace.slack.expect_message(to=ada, containing="You last saw Brightwater Mill")


def load_visit(workspace: BotWorkspace, pm: Person, on: date) -> None:
    """Import a visit of the PM's."""
    text = f"customer,pm_email,kind,date\nBrightwater Mill,{pm.user.email},phone,{on}\n"
    file = io.BytesIO(text.encode())
    imports.run(workspace.services, workspace.workspace_id, "visits", file, workspace.clock.at)


def test_a_nudge_and_its_follow_up_come_once_each_and_then_there_is_silence(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    days = [n for n in range(27) if sent_by(workspace, T(days=n))]
    assert days == [14, 17]
    workspace.slack.expect_message(to=ada, containing=DUE)
    workspace.slack.expect_message(to=ada, containing="A customer would be glad to be asked")


def test_somebody_who_left_is_not_nudged(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    pms.leave(workspace.services, workspace.actor(ada))
    for days in range(30):
        workspace.tick_at(T(days=days))
    workspace.slack.assert_nothing_else()


@EVERY_DATABASE
def test_ticking_twice_at_one_instant_nudges_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(T(days=14))
    assert workspace.tick_at(T(days=14)) == []
    workspace.slack.expect_message(to=ada, containing=DUE)


@pytest.mark.parametrize("strength", Strength)
def test_after_three_days_of_downtime_there_is_one_message_in_the_pms_hour(
    workspace: BotWorkspace, strength: Strength
) -> None:
    ada = workspace.add_pm("Ada", strength=strength)
    workspace.tick_at(T(days=9))
    # Due on Monday the 16th; nothing ran until the small hours of Thursday.
    up_again = to_instant(T(days=17).date(), time(3), "Europe/Berlin")
    for minutes in range(0, 6 * 60, 20):
        workspace.tick_at(up_again + timedelta(minutes=minutes))
    assert workspace.messages(ada) == []
    workspace.tick_at(to_instant(T(days=17).date(), HOUR, "Europe/Berlin"))
    for hours in range(1, 15):
        workspace.tick_at(T(days=17, hours=hours))
    workspace.slack.expect_message(to=ada, containing="due")


def test_one_that_was_missed_in_the_morning_is_sent_on_the_same_local_day(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(to_instant(T(days=14).date(), time(23, 59), "Europe/Berlin"))
    workspace.slack.expect_message(to=ada, containing=DUE)


def test_a_nudge_left_behind_by_a_killed_process_keeps_to_the_pms_hour(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    # The process dies between the plan and the delivery.
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    night = to_instant(T(days=16).date(), time(3), "Europe/Berlin")
    workspace.tick_at(night)
    assert workspace.messages(ada) == []
    workspace.tick_at(to_instant(T(days=16).date(), HOUR, "Europe/Berlin"))
    workspace.slack.expect_message(to=ada, containing=DUE)


def test_a_nudge_left_behind_and_the_follow_up_of_that_day_are_one_message(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    workspace.tick_at(to_instant(T(days=17).date(), time(3), "Europe/Berlin"))
    workspace.tick_at(to_instant(T(days=17).date(), HOUR, "Europe/Berlin"))
    workspace.tick_at(T(days=17, hours=1))
    workspace.slack.expect_message(to=ada)


def test_a_nudge_that_slack_cannot_take_all_day_waits_for_the_next_morning(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.slack.fail("*", "500 before", times=None)
    for half in range(2 * 11):
        workspace.tick_at(T(days=14, minutes=30 * half))
    workspace.slack.clear_faults()
    for minute in (5, 20, 35):
        workspace.tick_at(to_instant(T(days=15).date(), time(0, minute), "Europe/Berlin"))
    assert workspace.messages(ada) == []
    workspace.tick_at(to_instant(T(days=15).date(), HOUR, "Europe/Berlin"))
    workspace.slack.expect_message(to=ada, containing=DUE)


@pytest.mark.parametrize("days_ago", [0, 1, 5])
def test_a_visit_logged_meanwhile_withdraws_a_nudge_that_waits(
    workspace: BotWorkspace, days_ago: int
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(T(days=13))
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    load_visit(workspace, ada, T(days=14 - days_ago).date())
    (outcome,) = workspace.deliver_at(T(days=14, minutes=1))
    assert (outcome.status, outcome.reason) == ("dropped", "visited")


def test_a_visit_booked_meanwhile_withdraws_a_nudge_that_waits(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    workspace.add_booked_visit(ada, workspace.add_customer("Brightwater Mill"), T(days=15).date())
    (outcome,) = workspace.deliver_at(T(days=14, minutes=1))
    assert (outcome.status, outcome.reason) == ("dropped", "booked")


def test_leaving_meanwhile_withdraws_a_nudge_that_waits(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    nudges.enqueue_due(workspace.services, workspace.workspace_id, T(days=14))
    pms.leave(workspace.services, workspace.actor(ada))
    (outcome,) = workspace.deliver_at(T(days=14, minutes=1))
    assert (outcome.status, outcome.reason) == ("dropped", "left")


def test_the_customers_named_are_the_workspaces_own_with_the_true_reason(
    workspace: BotWorkspace,
) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo", interval_days=90)
    workspace.add_held_visit(bo, workspace.add_customer("Fresh Visit"), T(days=-1).date())
    workspace.add_booked_visit(bo, workspace.add_customer("Booked Visit"), T(days=30).date())
    workspace.add_held_visit(bo, workspace.add_customer("Alder Works"), T(days=-60).date())
    workspace.tick_at(T(days=14))
    nudge = workspace.slack.expect_message(to=ada, containing="Alder Works")
    assert "nobody has been there for 2 months" in nudge.text
    assert "Fresh Visit" not in nudge.text
    assert "Booked Visit" not in nudge.text


def test_the_database_says_when_the_next_look_is_due(workspace: BotWorkspace) -> None:
    assert upcoming.next_due(workspace.services) is None
    workspace.add_pm("Ada")
    due_at = to_instant(T(days=14).date(), HOUR, "Europe/Berlin")
    assert upcoming.next_due(workspace.services) == due_at
    assert due_at > T0
