"""Vacations, pauses, quiet hours, holidays and moves: no message then, and none lost."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.db.nudges import queries as nudge_queries
from bot.db.staff import pms as pm_queries
from bot.db.staff import queries as staff_queries
from bot.domain.nudges.rules import Snooze
from bot.domain.staff.pms import Pm
from bot.domain.working_time import local_date, to_instant
from bot.operations.nudges import away
from bot.operations.nudges import scheduling as nudges
from bot.operations.nudges import sent as sent_operations
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from bot.operations.staff.pms import PmSchedule
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
BERLIN = "Europe/Berlin"
SECOND = timedelta(seconds=1)


def at(days: int, hour: int = 9, minute: int = 30, zone: str = BERLIN) -> datetime:
    """Return a wall time so many days after Monday 2 March 2026, by default at the nudge hour."""
    return to_instant(T(days=days).date(), time(hour, minute), zone)


def change(workspace: BotWorkspace, person: Person, now: datetime, **fields: object) -> None:
    """Process Slack's event that a person's profile has changed."""
    workspace.clock.at = now
    for name, value in fields.items():
        setattr(person.user, name, value)
    staff.look_up(workspace.services, workspace.workspace_id, person.id, now)


def go_away(
    workspace: BotWorkspace, person: Person, now: datetime, until: datetime | None = None
) -> None:
    """Set a person's vacation status."""
    end = int(until.timestamp()) if until else 0
    change(workspace, person, now, status_emoji=":palm_tree:", status_expiration=end)


def come_back(workspace: BotWorkspace, person: Person, now: datetime) -> None:
    """Clear a person's status."""
    change(workspace, person, now, status_emoji="", status_expiration=0)


def keep_quiet(workspace: BotWorkspace, person: Person, start: datetime, end: datetime) -> None:
    """Turn off a person's notifications for some time; Slack sends no event for that by itself."""
    hours = int(start.timestamp()), int(end.timestamp())
    workspace.slack.workspace.dnd[person.id] = hours


def pause(workspace: BotWorkspace, person: Person, words: str, now: datetime) -> away.Pause:
    workspace.clock.at = now
    return away.pause(workspace.services, workspace.actor(person), words, now)


def resume(workspace: BotWorkspace, person: Person, now: datetime) -> PmSchedule:
    workspace.clock.at = now
    return away.resume(workspace.services, workspace.actor(person), now)


def kept(workspace: BotWorkspace, person: Person) -> Pm:
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = pm_queries.get(tx, person.id)
    assert found is not None
    return found


def waits_until(workspace: BotWorkspace, person: Person, now: datetime) -> datetime | None:
    with workspace.services.reading(workspace.workspace_id) as tx:
        return away.find_absence_end(tx, person.id, now)


def nudged_on(
    workspace: BotWorkspace, person: Person, days: range, zone: str = BERLIN
) -> list[int]:
    """Return the days on which a nudge comes, ticking at the nudge hour on each."""
    found = []
    for day in days:
        before = len(workspace.messages(person))
        workspace.tick_at(at(day, zone=zone))
        found += [day] * (len(workspace.messages(person)) - before)
    return found


def read(workspace: BotWorkspace, person: Person) -> None:
    """Mark all messages to a person as expected."""
    for _ in workspace.messages(person):
        workspace.slack.expect_message(to=person)


# Joined on day 0, due on day 14.


@EVERY_DATABASE
def test_during_a_vacation_the_clock_stands_still_and_nobody_comes_back_overdue(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    go_away(workspace, ada, at(7), until=at(18, 23, 59))
    # Back on Saturday, after twelve days; the nudge moves as far, from Monday the 16th to the 28th,
    # which is a Saturday again.
    assert nudged_on(workspace, ada, range(8, 31)) == [28]
    read(workspace, ada)


def test_a_vacation_that_ends_early_gives_the_days_back(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    go_away(workspace, ada, at(7), until=at(25, 23, 59))
    come_back(workspace, ada, at(10))
    assert nudged_on(workspace, ada, range(11, 20)) == [17]
    read(workspace, ada)


def test_a_vacation_that_is_prolonged_counts_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    go_away(workspace, ada, at(7), until=at(9, 23, 59))
    go_away(workspace, ada, at(9), until=at(13, 23, 59))
    assert nudged_on(workspace, ada, range(10, 24)) == [21]
    read(workspace, ada)


def test_a_vacation_without_an_end_silences_until_it_is_over_but_not_for_ever(
    workspace: BotWorkspace,
) -> None:
    ada, ben = workspace.add_pm("Ada"), workspace.add_pm("Ben")
    go_away(workspace, ada, at(7))
    go_away(workspace, ben, at(7))
    come_back(workspace, ada, at(21))
    assert nudged_on(workspace, ada, range(22, 45)) == [28, 31, 42]
    # Ben has forgotten his status: it counts for four weeks.
    assert len(workspace.messages(ben)) == 1
    read(workspace, ada)
    read(workspace, ben)


def test_an_hour_under_palms_is_no_absence_and_still_quiet(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    before = kept(workspace, ada)
    go_away(workspace, ada, at(7), until=at(7, 11))
    assert kept(workspace, ada) == before
    assert waits_until(workspace, ada, at(7, 10)) == at(7, 11)
    assert waits_until(workspace, ada, at(7, 11)) is None


def test_a_status_is_seen_by_the_daily_look_at_everybody_too(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(T())
    ada.user.status_emoji = ":palm_tree:"
    ada.user.status_expiration = int(at(18, 23, 59).timestamp())
    workspace.tick_at(T(days=1))
    assert kept(workspace, ada).paused_until == T(days=19).date()


@EVERY_DATABASE
def test_a_pause_stops_the_clock_until_its_day_and_tells_when_the_next_nudge_comes(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    paused = pause(workspace, ada, "until 2026-03-16", at(7))
    assert paused.until == T(days=14).date()
    assert paused.schedule.next_nudge_at == at(21)
    assert nudged_on(workspace, ada, range(8, 23)) == [21]
    read(workspace, ada)


def test_a_pause_that_is_ended_gives_back_the_days_that_were_not_used(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    pause(workspace, ada, "4 weeks", at(7))
    assert resume(workspace, ada, at(9)).next_nudge_at == at(16)
    assert kept(workspace, ada).paused_until is None
    assert nudged_on(workspace, ada, range(10, 18)) == [16]
    read(workspace, ada)


def test_a_pause_ended_on_its_day_leaves_everything_as_it_was(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    before = kept(workspace, ada)
    pause(workspace, ada, "2 weeks", at(7))
    resume(workspace, ada, at(7, 12))
    assert kept(workspace, ada) == before


def test_a_pause_told_twice_or_anew_counts_the_days_once(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for words in ("a week", "a week", "3 days"):
        prospect = pause(workspace, ada, words, at(7)).schedule
    assert prospect.next_nudge_at == at(17)


def test_a_pause_within_a_vacation_counts_no_day_twice(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    go_away(workspace, ada, at(7), until=at(10, 23, 59))
    pause(workspace, ada, "1 week", at(9))
    # Away from day 7 to day 16.
    assert kept(workspace, ada).next_nudge.at == at(23)
    # The status is cleared, the pause stays.
    come_back(workspace, ada, at(10))
    assert kept(workspace, ada).paused_until == T(days=16).date()


def test_a_snoozed_nudge_comes_back_as_many_days_later_as_one_was_away(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.tick_at(at(14))
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
    assert nudge is not None
    actor = workspace.actor(ada)
    nudges.snooze(workspace.services, actor, nudge.id, Snooze.THREE_DAYS, at(14, 10))
    pause(workspace, ada, "a week", at(15))
    assert nudged_on(workspace, ada, range(15, 26)) == [24]
    read(workspace, ada)


def test_a_follow_up_comes_as_many_days_later_as_one_was_away(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    assert nudged_on(workspace, ada, range(14, 16)) == [14]
    pause(workspace, ada, "a week", at(15, 12))
    assert nudged_on(workspace, ada, range(16, 36)) == [24, 35]
    read(workspace, ada)


def test_a_nudge_that_waits_in_the_outbox_when_a_pause_begins_comes_after_it_once(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    workspace.clock.at = at(14)
    nudges.enqueue_due(workspace.services, workspace.workspace_id, at(14))
    pause(workspace, ada, "a week", at(14) + SECOND)
    # The message in the outbox is void, whichever job looks first.
    assert kept(workspace, ada).last_enqueued is None
    assert nudged_on(workspace, ada, range(15, 23)) == [21]
    read(workspace, ada)


def test_settings_changed_during_an_absence_keep_the_clock_where_it_stands(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    pause(workspace, ada, "a week", at(7))
    actor, current = workspace.actor(ada), pms.get_choices(workspace.services, workspace.actor(ada))
    assert current is not None
    joined = pms.join(workspace.services, actor, current, at(8))
    assert not joined.changed
    changed = pms.join(workspace.services, actor, type(current)(interval_days=7), at(8))
    # Seven days from day 0, and seven away.
    assert changed.schedule.next_nudge_at == at(14)
    assert kept(workspace, ada).paused_until == T(days=14).date()


def test_whoever_leaves_and_joins_again_has_ended_their_pause(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    pause(workspace, ada, "4 weeks", at(7))
    pms.leave(workspace.services, workspace.actor(ada))
    pms.join(
        workspace.services, workspace.actor(ada), pms.default_choices(workspace.actor(ada)), at(8)
    )
    assert kept(workspace, ada).paused_until is None
    assert kept(workspace, ada).next_nudge.at == at(22)


def test_whoever_joins_on_vacation_hears_nothing_before_they_are_back(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.slack.add_user("Ada", tz=BERLIN)
    go_away(workspace, ada, at(0), until=at(4, 23, 59))
    pms.join(
        workspace.services, workspace.actor(ada), pms.default_choices(workspace.actor(ada)), at(0)
    )
    assert kept(workspace, ada).paused_until == T(days=5).date()
    assert kept(workspace, ada).next_nudge.at == at(21)


def test_a_nudge_stays_open_to_its_buttons_after_an_absence(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    workspace.add_held_visit(ada, workspace.add_customer("Brightwater Mill"), T(days=-3).date())
    current = type(pms.default_choices(workspace.actor(ada)))(interval_days=7)
    pms.join(workspace.services, workspace.actor(ada), current, at(0))
    assert nudged_on(workspace, ada, range(3, 6)) == [4]
    pause(workspace, ada, "2 weeks", at(4, 12))
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
        assert nudge is not None
        assert not sent_operations.is_closed_by_visit(tx, nudge)
    read(workspace, ada)


@EVERY_DATABASE
def test_a_message_waits_for_the_end_of_quiet_hours(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    keep_quiet(workspace, ada, at(14, 7, 0), at(14, 11, 0))
    workspace.tick_at(at(14, 8, 45))
    assert waits_until(workspace, ada, at(14)) == at(14, 11, 0)
    assert waits_until(workspace, ada, at(14, 6, 59)) is None
    assert waits_until(workspace, ada, at(14, 11, 0)) is None


def test_slack_is_asked_about_quiet_hours_once_before_a_nudge(workspace: BotWorkspace) -> None:
    workspace.add_pm("Ada")
    for minutes in range(0, 61, 10):
        workspace.tick_at(at(14, 8, 20) + timedelta(minutes=minutes))
    asked = [each.args["users"] for each in workspace.slack.calls if each.method == "dnd.teamInfo"]
    assert len(asked) == 1


def test_slack_is_asked_about_fifty_at_a_time_and_a_few_times_a_minute(
    workspace: BotWorkspace,
) -> None:
    for count in range(51):
        workspace.add_pm(f"Person {count}")
    away.refresh_dnd_statuses(workspace.services, workspace.workspace_id, at(14, 9))
    asked = [each.args["users"] for each in workspace.slack.calls if each.method == "dnd.teamInfo"]
    assert [len(each.split(",")) for each in asked] == [50, 1]


def test_when_slack_wants_no_more_questions_it_is_asked_later(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    keep_quiet(workspace, ada, at(14, 7, 0), at(14, 11, 0))
    workspace.slack.fail("dnd.teamInfo", "429")
    away.refresh_dnd_statuses(workspace.services, workspace.workspace_id, at(14, 9))
    assert waits_until(workspace, ada, at(14)) is None
    away.refresh_dnd_statuses(workspace.services, workspace.workspace_id, at(14, 9, 1))
    assert waits_until(workspace, ada, at(14)) == at(14, 11, 0)


def test_slack_tells_of_quiet_hours_by_itself(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    start, end = int(at(14, 7, 0).timestamp()), int(at(14, 11, 0).timestamp())
    told = {"dnd_enabled": True, "next_dnd_start_ts": start, "next_dnd_end_ts": end}
    away.save_dnd_status(workspace.services, workspace.workspace_id, ada.id, told, at(13))
    assert waits_until(workspace, ada, at(14)) == at(14, 11, 0)
    away.save_dnd_status(
        workspace.services, workspace.workspace_id, ada.id, {"dnd_enabled": False}, at(13)
    )
    assert waits_until(workspace, ada, at(14)) is None


def test_a_message_waits_for_the_hour_of_the_first_day_after_a_pause(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    pause(workspace, ada, "3 days", at(7))
    assert waits_until(workspace, ada, at(8)) == at(10)
    assert waits_until(workspace, ada, at(10)) is None


def test_nobody_unknown_keeps_a_message_waiting(workspace: BotWorkspace) -> None:
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert away.find_absence_end(tx, "U9999999", at(7)) is None


# Good Friday of 2026 is 3 April, day 32; Easter Monday is day 35.


def test_a_nudge_never_comes_on_a_holiday_of_the_pms_and_the_clock_runs_on(
    workspace: BotWorkspace,
) -> None:
    workspace.clock.at = at(18, 12)
    ada, ben = workspace.add_pm("Ada", country="DE"), workspace.add_pm("Ben")
    assert nudged_on(workspace, ada, range(30, 40)) == [36, 39]
    assert len(workspace.messages(ben)) == 2
    prospect = pms.get_schedule(workspace.services, workspace.actor(ada), at(39, 12))
    # The next one is due a fortnight after the first would have been.
    assert prospect.next_nudge_at == at(46)
    read(workspace, ada)
    read(workspace, ben)


def test_what_lies_ahead_names_the_holiday_that_moved_it(workspace: BotWorkspace) -> None:
    workspace.clock.at = at(18, 12)
    ada = workspace.add_pm("Ada", country="DE")
    prospect = pms.get_schedule(workspace.services, workspace.actor(ada), at(19))
    assert prospect.holiday == T(days=32).date()
    assert prospect.next_nudge_at == at(36)


def test_settings_propose_the_holidays_of_where_somebody_is(workspace: BotWorkspace) -> None:
    ada = workspace.slack.add_user("Ada", tz="America/Chicago")
    proposed = pms.default_choices(workspace.actor(ada))
    assert (proposed.country, pms.country_name(proposed)) == ("US", "United States")


def test_another_country_in_the_settings_moves_the_plan(workspace: BotWorkspace) -> None:
    workspace.clock.at = at(18, 12)
    ada = workspace.add_pm("Ada")
    changed = pms.join(
        workspace.services, workspace.actor(ada), pms.default_choices(workspace.actor(ada)), at(19)
    )
    assert changed.changed
    assert changed.schedule.next_nudge_at == at(36)


@EVERY_DATABASE
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_somebody_who_moves_is_nudged_on_the_same_date_at_their_hour_there(
    workspace: BotWorkspace, zone: str
) -> None:
    ada = workspace.add_pm("Ada")
    change(workspace, ada, at(7), tz=zone)
    assert kept(workspace, ada).next_nudge.at == at(14, zone=zone)
    assert kept(workspace, ada).next_nudge.on == T(days=14).date()
    assert nudged_on(workspace, ada, range(8, 16), zone) == [14]
    read(workspace, ada)


def hourly(workspace: BotWorkspace, start: datetime, hours: int) -> None:
    for hour in range(hours):
        workspace.tick_at(start + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("home", "there"),
    [("Pacific/Honolulu", "Pacific/Auckland"), ("Pacific/Auckland", "Pacific/Honolulu")],
)
def test_moving_over_the_date_line_nudges_neither_twice_a_date_nor_twice_a_day(
    workspace: BotWorkspace, home: str, there: str
) -> None:
    workspace.clock.at = at(0, 12, zone=home)
    ada = workspace.add_pm("Ada", tz=home)
    workspace.tick_at(at(14, zone=home))
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
    assert nudge is not None
    actor = workspace.actor(ada)
    now = at(14, zone=home) + SECOND
    nudges.snooze(workspace.services, actor, nudge.id, Snooze.TOMORROW, now)
    change(workspace, ada, now + SECOND, tz=there)
    hourly(workspace, now + timedelta(minutes=30), 60)
    sent = [datetime.fromtimestamp(float(each.ts), UTC) for each in workspace.messages(ada)]
    days = [local_date(each, there) for each in sent]
    assert len(days) == 2
    assert days[0] < days[1]
    read(workspace, ada)


def test_moving_to_and_fro_leaves_the_plan_as_it_was(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    before = kept(workspace, ada).next_nudge
    change(workspace, ada, at(7), tz="Asia/Tokyo")
    change(workspace, ada, at(8), tz=BERLIN)
    assert kept(workspace, ada).next_nudge == before


@EVERY_DATABASE
def test_everybody_is_looked_at_once_a_day_in_pages(workspace: BotWorkspace) -> None:
    people = [workspace.slack.add_user(f"Person {count}") for count in range(1_300)]

    def listed() -> int:
        return sum(each.method == "users.list" for each in workspace.slack.calls)

    staff.refresh_daily(workspace.services, workspace.workspace_id, T())
    assert listed() == 5
    for minutes in range(1, 5):
        staff.refresh_daily(workspace.services, workspace.workspace_id, T(minutes=minutes))
    assert listed() == 7
    staff.refresh_daily(workspace.services, workspace.workspace_id, T(days=1, minutes=2))
    assert listed() == 12
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert staff_queries.find_by_email(tx, people[-1].user.email) is not None


def test_a_look_at_everybody_that_slack_interrupts_goes_on_where_it_was(
    workspace: BotWorkspace,
) -> None:
    for count in range(450):
        workspace.slack.add_user(f"Person {count}")
    staff.refresh_daily(workspace.services, workspace.workspace_id, T(days=-2))
    workspace.slack.fail("users.list", "429")
    staff.refresh_daily(workspace.services, workspace.workspace_id, T())
    staff.refresh_daily(workspace.services, workspace.workspace_id, T(minutes=1))
    listed = [each for each in workspace.slack.calls if each.method == "users.list" and each.ok]
    assert len(listed) == 6


def test_a_dry_run_asks_slack_about_nobody(workspace: BotWorkspace) -> None:
    workspace.add_pm("Ada")
    services = workspace.services.dry_run()
    staff.refresh_daily(services, workspace.workspace_id, at(14, 9))
    away.refresh_dnd_statuses(services, workspace.workspace_id, at(14, 9))
    methods = {each.method for each in workspace.slack.calls}
    assert not methods & {"users.list", "dnd.teamInfo"}


@EVERY_DATABASE
def test_quiet_hours_hold_a_nudge_back_until_they_are_over(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    keep_quiet(workspace, ada, at(14, 7, 0), at(14, 11, 0))
    for hour in range(7, 11):
        workspace.tick_at(at(14, hour, 30))
    assert workspace.messages(ada) == []
    workspace.tick_at(at(14, 11, 0))
    assert len(workspace.messages(ada)) == 1
    read(workspace, ada)


def test_an_hour_under_palms_holds_a_nudge_back_until_it_is_over(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    go_away(workspace, ada, at(14, 9, 0), until=at(14, 11, 0))
    assert nudged_on(workspace, ada, range(14, 15)) == []
    workspace.tick_at(at(14, 11, 0))
    assert len(workspace.messages(ada)) == 1
    read(workspace, ada)
