"""Vacations, pauses, quiet hours, holidays and moves: nothing unasked then, and nothing lost."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.db.nudges import queries as nudge_rows
from bot.db.staff import pms as pm_rows
from bot.db.staff import queries as rows
from bot.domain.nudges.rules import Snooze
from bot.domain.staff.pms import Pm
from bot.domain.working_time import instant, local_date
from bot.operations.nudges import away
from bot.operations.nudges import scheduling as nudges
from bot.operations.nudges import sent as standing
from bot.operations.staff import directory as staff
from bot.operations.staff import pms
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
BERLIN = "Europe/Berlin"
SECOND = timedelta(seconds=1)


def at(days: int, hour: int = 9, minute: int = 30, zone: str = BERLIN) -> datetime:
    """A wall time so many days after Monday 2 March 2026, at the hour of nudges unless said."""
    return instant(T(days=days).date(), time(hour, minute), zone)


def change(office: Office, person: Person, now: datetime, **fields: object) -> None:
    """Slack tells of a change of somebody's profile."""
    office.clock.at = now
    for name, value in fields.items():
        setattr(person.user, name, value)
    staff.look_up(office.services, office.workspace_id, person.id, now)


def go_away(office: Office, person: Person, now: datetime, until: datetime | None = None) -> None:
    """Somebody sets a vacation status."""
    end = int(until.timestamp()) if until else 0
    change(office, person, now, status_emoji=":palm_tree:", status_expiration=end)


def come_back(office: Office, person: Person, now: datetime) -> None:
    """Somebody clears their status."""
    change(office, person, now, status_emoji="", status_expiration=0)


def keep_quiet(office: Office, person: Person, start: datetime, end: datetime) -> None:
    """Somebody wants no notifications for some time; Slack does not say so by itself."""
    hours = int(start.timestamp()), int(end.timestamp())
    office.slack.workspace.dnd[person.id] = hours


def pause(office: Office, person: Person, words: str, now: datetime) -> away.Paused:
    office.clock.at = now
    return away.pause(office.services, office.actor(person), words, now)


def resume(office: Office, person: Person, now: datetime) -> away.Paused:
    office.clock.at = now
    return away.resume(office.services, office.actor(person), now)


def kept(office: Office, person: Person) -> Pm:
    with office.services.reading(office.workspace_id) as tx:
        found = pm_rows.get(tx, person.id)
    assert found is not None
    return found


def waits_until(office: Office, person: Person, now: datetime) -> datetime | None:
    with office.services.reading(office.workspace_id) as tx:
        return away.waits_until(tx, person.id, now)


def nudged_on(office: Office, person: Person, days: range, zone: str = BERLIN) -> list[int]:
    """On which of these days a nudge comes, with a tick at the hour of nudges on each."""
    found = []
    for day in days:
        before = len(office.said(person))
        office.tick_at(at(day, zone=zone))
        found += [day] * (len(office.said(person)) - before)
    return found


def read(office: Office, person: Person) -> None:
    """Whatever was said is what the test expected."""
    for _ in office.said(person):
        office.slack.expect_message(to=person)


# Joined on day 0, due on day 14.


@EVERY_DATABASE
def test_during_a_vacation_the_clock_stands_still_and_nobody_comes_back_overdue(
    office: Office,
) -> None:
    ada = office.pm("Ada")
    go_away(office, ada, at(7), until=at(18, 23, 59))
    # Back on Saturday, twelve days later; so is the nudge, from Monday the 16th on to the 28th,
    # which is a Saturday again.
    assert nudged_on(office, ada, range(8, 31)) == [28]
    read(office, ada)


def test_a_vacation_that_ends_early_gives_the_days_back(office: Office) -> None:
    ada = office.pm("Ada")
    go_away(office, ada, at(7), until=at(25, 23, 59))
    come_back(office, ada, at(10))
    assert nudged_on(office, ada, range(11, 20)) == [17]
    read(office, ada)


def test_a_vacation_that_is_prolonged_counts_once(office: Office) -> None:
    ada = office.pm("Ada")
    go_away(office, ada, at(7), until=at(9, 23, 59))
    go_away(office, ada, at(9), until=at(13, 23, 59))
    assert nudged_on(office, ada, range(10, 24)) == [21]
    read(office, ada)


def test_a_vacation_without_an_end_silences_until_it_is_over_but_not_for_ever(
    office: Office,
) -> None:
    ada, ben = office.pm("Ada"), office.pm("Ben")
    go_away(office, ada, at(7))
    go_away(office, ben, at(7))
    come_back(office, ada, at(21))
    assert nudged_on(office, ada, range(22, 45)) == [28, 31, 42]
    # Ben has forgotten his status: it is believed for four weeks.
    assert len(office.said(ben)) == 1
    read(office, ada)
    read(office, ben)


def test_an_hour_under_palms_is_no_absence_and_still_quiet(office: Office) -> None:
    ada = office.pm("Ada")
    before = kept(office, ada)
    go_away(office, ada, at(7), until=at(7, 11))
    assert kept(office, ada) == before
    assert waits_until(office, ada, at(7, 10)) == at(7, 11)
    assert waits_until(office, ada, at(7, 11)) is None


def test_a_status_is_seen_by_the_daily_look_at_everybody_too(office: Office) -> None:
    ada = office.pm("Ada")
    office.tick_at(T())
    ada.user.status_emoji = ":palm_tree:"
    ada.user.status_expiration = int(at(18, 23, 59).timestamp())
    office.tick_at(T(days=1))
    assert kept(office, ada).paused_until == T(days=19).date()


@EVERY_DATABASE
def test_a_pause_stops_the_clock_until_its_day_and_tells_when_the_next_nudge_comes(
    office: Office,
) -> None:
    ada = office.pm("Ada")
    paused = pause(office, ada, "until 2026-03-16", at(7))
    assert paused.until == T(days=14).date()
    assert paused.prospect.next_nudge_at == at(21)
    assert nudged_on(office, ada, range(8, 23)) == [21]
    read(office, ada)


def test_a_pause_that_is_ended_gives_back_the_days_that_were_not_used(office: Office) -> None:
    ada = office.pm("Ada")
    pause(office, ada, "4 weeks", at(7))
    assert resume(office, ada, at(9)).prospect.next_nudge_at == at(16)
    assert kept(office, ada).paused_until is None
    assert nudged_on(office, ada, range(10, 18)) == [16]
    read(office, ada)


def test_a_pause_ended_on_its_day_leaves_everything_as_it_was(office: Office) -> None:
    ada = office.pm("Ada")
    before = kept(office, ada)
    pause(office, ada, "2 weeks", at(7))
    resume(office, ada, at(7, 12))
    assert kept(office, ada) == before


def test_a_pause_told_twice_or_anew_counts_the_days_once(office: Office) -> None:
    ada = office.pm("Ada")
    for words in ("a week", "a week", "3 days"):
        prospect = pause(office, ada, words, at(7)).prospect
    assert prospect.next_nudge_at == at(17)


def test_a_pause_within_a_vacation_counts_no_day_twice(office: Office) -> None:
    ada = office.pm("Ada")
    go_away(office, ada, at(7), until=at(10, 23, 59))
    pause(office, ada, "1 week", at(9))
    # Away from day 7 to day 16.
    assert kept(office, ada).planned.at == at(23)
    # The status goes, the pause stays.
    come_back(office, ada, at(10))
    assert kept(office, ada).paused_until == T(days=16).date()


def test_a_snoozed_nudge_comes_back_as_many_days_later_as_one_was_away(office: Office) -> None:
    ada = office.pm("Ada")
    office.tick_at(at(14))
    with office.services.reading(office.workspace_id) as tx:
        nudge = nudge_rows.latest(tx, ada.id)
    assert nudge is not None
    actor = office.actor(ada)
    nudges.snooze(office.services, actor, nudge.id, Snooze.THREE_DAYS, at(14, 10))
    pause(office, ada, "a week", at(15))
    assert nudged_on(office, ada, range(15, 26)) == [24]
    read(office, ada)


def test_a_follow_up_comes_as_many_days_later_as_one_was_away(office: Office) -> None:
    ada = office.pm("Ada")
    assert nudged_on(office, ada, range(14, 16)) == [14]
    pause(office, ada, "a week", at(15, 12))
    assert nudged_on(office, ada, range(16, 36)) == [24, 35]
    read(office, ada)


def test_a_nudge_that_waits_in_the_outbox_when_a_pause_begins_comes_after_it_once(
    office: Office,
) -> None:
    ada = office.pm("Ada")
    office.clock.at = at(14)
    nudges.remind(office.services, office.workspace_id, at(14))
    pause(office, ada, "a week", at(14) + SECOND)
    # What waits there is void, whoever looks first.
    assert kept(office, ada).asked is None
    assert nudged_on(office, ada, range(15, 23)) == [21]
    read(office, ada)


def test_settings_changed_during_an_absence_keep_the_clock_where_it_stands(
    office: Office,
) -> None:
    ada = office.pm("Ada")
    pause(office, ada, "a week", at(7))
    actor, current = office.actor(ada), pms.choices(office.services, office.actor(ada))
    assert current is not None
    joined = pms.join(office.services, actor, current, at(8))
    assert not joined.changed
    changed = pms.join(office.services, actor, type(current)(interval_days=7), at(8))
    # Seven days from day 0, and seven away.
    assert changed.prospect.next_nudge_at == at(14)
    assert kept(office, ada).paused_until == T(days=14).date()


def test_whoever_leaves_and_joins_again_has_ended_their_pause(office: Office) -> None:
    ada = office.pm("Ada")
    pause(office, ada, "4 weeks", at(7))
    pms.leave(office.services, office.actor(ada))
    pms.join(office.services, office.actor(ada), pms.proposed(office.actor(ada)), at(8))
    assert kept(office, ada).paused_until is None
    assert kept(office, ada).planned.at == at(22)


def test_whoever_joins_on_vacation_hears_nothing_before_they_are_back(office: Office) -> None:
    ada = office.slack.user("Ada", tz=BERLIN)
    go_away(office, ada, at(0), until=at(4, 23, 59))
    pms.join(office.services, office.actor(ada), pms.proposed(office.actor(ada)), at(0))
    assert kept(office, ada).paused_until == T(days=5).date()
    assert kept(office, ada).planned.at == at(21)


def test_a_nudge_stays_open_to_its_buttons_after_an_absence(office: Office) -> None:
    ada = office.pm("Ada")
    office.visit(ada, office.customer("Brightwater Mill"), T(days=-3).date())
    current = type(pms.proposed(office.actor(ada)))(interval_days=7)
    pms.join(office.services, office.actor(ada), current, at(0))
    assert nudged_on(office, ada, range(3, 6)) == [4]
    pause(office, ada, "2 weeks", at(4, 12))
    with office.services.reading(office.workspace_id) as tx:
        nudge = nudge_rows.latest(tx, ada.id)
        assert nudge is not None
        assert not standing.is_settled(tx, nudge)
    read(office, ada)


@EVERY_DATABASE
def test_a_message_waits_for_the_end_of_quiet_hours(office: Office) -> None:
    ada = office.pm("Ada")
    keep_quiet(office, ada, at(14, 7, 0), at(14, 11, 0))
    office.tick_at(at(14, 8, 45))
    assert waits_until(office, ada, at(14)) == at(14, 11, 0)
    assert waits_until(office, ada, at(14, 6, 59)) is None
    assert waits_until(office, ada, at(14, 11, 0)) is None


def test_slack_is_asked_about_quiet_hours_once_before_a_nudge(office: Office) -> None:
    office.pm("Ada")
    for minutes in range(0, 61, 10):
        office.tick_at(at(14, 8, 20) + timedelta(minutes=minutes))
    asked = [each.args["users"] for each in office.slack.calls if each.method == "dnd.teamInfo"]
    assert len(asked) == 1


def test_slack_is_asked_about_fifty_at_a_time_and_a_few_times_a_minute(office: Office) -> None:
    for count in range(51):
        office.pm(f"Person {count}")
    away.ask(office.services, office.workspace_id, at(14, 9))
    asked = [each.args["users"] for each in office.slack.calls if each.method == "dnd.teamInfo"]
    assert [len(each.split(",")) for each in asked] == [50, 1]


def test_when_slack_wants_no_more_questions_it_is_asked_later(office: Office) -> None:
    ada = office.pm("Ada")
    keep_quiet(office, ada, at(14, 7, 0), at(14, 11, 0))
    office.slack.fail("dnd.teamInfo", "429")
    away.ask(office.services, office.workspace_id, at(14, 9))
    assert waits_until(office, ada, at(14)) is None
    away.ask(office.services, office.workspace_id, at(14, 9, 1))
    assert waits_until(office, ada, at(14)) == at(14, 11, 0)


def test_slack_tells_of_quiet_hours_by_itself(office: Office) -> None:
    ada = office.pm("Ada")
    start, end = int(at(14, 7, 0).timestamp()), int(at(14, 11, 0).timestamp())
    told = {"dnd_enabled": True, "next_dnd_start_ts": start, "next_dnd_end_ts": end}
    away.heard(office.services, office.workspace_id, ada.id, told, at(13))
    assert waits_until(office, ada, at(14)) == at(14, 11, 0)
    away.heard(office.services, office.workspace_id, ada.id, {"dnd_enabled": False}, at(13))
    assert waits_until(office, ada, at(14)) is None


def test_a_message_waits_for_the_hour_of_the_first_day_after_a_pause(office: Office) -> None:
    ada = office.pm("Ada")
    pause(office, ada, "3 days", at(7))
    assert waits_until(office, ada, at(8)) == at(10)
    assert waits_until(office, ada, at(10)) is None


def test_nobody_unknown_keeps_a_message_waiting(office: Office) -> None:
    with office.services.reading(office.workspace_id) as tx:
        assert away.waits_until(tx, "U9999999", at(7)) is None


# Good Friday of 2026 is 3 April, day 32; Easter Monday is day 35.


def test_a_nudge_never_comes_on_a_holiday_of_the_pms_and_the_clock_runs_on(
    office: Office,
) -> None:
    office.clock.at = at(18, 12)
    ada, ben = office.pm("Ada", country="DE"), office.pm("Ben")
    assert nudged_on(office, ada, range(30, 40)) == [36, 39]
    assert len(office.said(ben)) == 2
    prospect = pms.ahead(office.services, office.actor(ada), at(39, 12))
    # The next one is due a fortnight after the first would have been.
    assert prospect.next_nudge_at == at(46)
    read(office, ada)
    read(office, ben)


def test_what_lies_ahead_names_the_holiday_that_moved_it(office: Office) -> None:
    office.clock.at = at(18, 12)
    ada = office.pm("Ada", country="DE")
    prospect = pms.ahead(office.services, office.actor(ada), at(19))
    assert prospect.holiday == T(days=32).date()
    assert prospect.next_nudge_at == at(36)


def test_settings_propose_the_holidays_of_where_somebody_is(office: Office) -> None:
    ada = office.slack.user("Ada", tz="America/Chicago")
    proposed = pms.proposed(office.actor(ada))
    assert (proposed.country, pms.country_name(proposed)) == ("US", "United States")


def test_another_country_in_the_settings_moves_the_plan(office: Office) -> None:
    office.clock.at = at(18, 12)
    ada = office.pm("Ada")
    changed = pms.join(office.services, office.actor(ada), pms.proposed(office.actor(ada)), at(19))
    assert changed.changed
    assert changed.prospect.next_nudge_at == at(36)


@EVERY_DATABASE
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_somebody_who_moves_is_nudged_on_the_same_date_at_their_hour_there(
    office: Office, zone: str
) -> None:
    ada = office.pm("Ada")
    change(office, ada, at(7), tz=zone)
    assert kept(office, ada).planned.at == at(14, zone=zone)
    assert kept(office, ada).planned.on == T(days=14).date()
    assert nudged_on(office, ada, range(8, 16), zone) == [14]
    read(office, ada)


def hourly(office: Office, start: datetime, hours: int) -> None:
    for hour in range(hours):
        office.tick_at(start + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("home", "there"),
    [("Pacific/Honolulu", "Pacific/Auckland"), ("Pacific/Auckland", "Pacific/Honolulu")],
)
def test_moving_over_the_date_line_nudges_neither_twice_a_date_nor_twice_a_day(
    office: Office, home: str, there: str
) -> None:
    office.clock.at = at(0, 12, zone=home)
    ada = office.pm("Ada", tz=home)
    office.tick_at(at(14, zone=home))
    with office.services.reading(office.workspace_id) as tx:
        nudge = nudge_rows.latest(tx, ada.id)
    assert nudge is not None
    actor = office.actor(ada)
    now = at(14, zone=home) + SECOND
    nudges.snooze(office.services, actor, nudge.id, Snooze.TOMORROW, now)
    change(office, ada, now + SECOND, tz=there)
    hourly(office, now + timedelta(minutes=30), 60)
    sent = [datetime.fromtimestamp(float(each.ts), UTC) for each in office.said(ada)]
    days = [local_date(each, there) for each in sent]
    assert len(days) == 2
    assert days[0] < days[1]
    read(office, ada)


def test_moving_to_and_fro_leaves_the_plan_as_it_was(office: Office) -> None:
    ada = office.pm("Ada")
    before = kept(office, ada).planned
    change(office, ada, at(7), tz="Asia/Tokyo")
    change(office, ada, at(8), tz=BERLIN)
    assert kept(office, ada).planned == before


@EVERY_DATABASE
def test_everybody_is_looked_at_once_a_day_in_pages(office: Office) -> None:
    people = [office.slack.user(f"Person {count}") for count in range(1_300)]

    def listed() -> int:
        return sum(each.method == "users.list" for each in office.slack.calls)

    staff.refresh_daily(office.services, office.workspace_id, T())
    assert listed() == 5
    for minutes in range(1, 5):
        staff.refresh_daily(office.services, office.workspace_id, T(minutes=minutes))
    assert listed() == 7
    staff.refresh_daily(office.services, office.workspace_id, T(days=1, minutes=2))
    assert listed() == 12
    with office.services.reading(office.workspace_id) as tx:
        assert rows.by_email(tx, people[-1].user.email) is not None


def test_a_look_at_everybody_that_slack_interrupts_goes_on_where_it_was(office: Office) -> None:
    for count in range(450):
        office.slack.user(f"Person {count}")
    staff.refresh_daily(office.services, office.workspace_id, T(days=-2))
    office.slack.fail("users.list", "429")
    staff.refresh_daily(office.services, office.workspace_id, T())
    staff.refresh_daily(office.services, office.workspace_id, T(minutes=1))
    listed = [each for each in office.slack.calls if each.method == "users.list" and each.ok]
    assert len(listed) == 6


def test_a_rehearsal_asks_slack_about_nobody(office: Office) -> None:
    office.pm("Ada")
    services = office.services.rehearsal()
    staff.refresh_daily(services, office.workspace_id, at(14, 9))
    away.ask(services, office.workspace_id, at(14, 9))
    methods = {each.method for each in office.slack.calls}
    assert not methods & {"users.list", "dnd.teamInfo"}


@EVERY_DATABASE
def test_quiet_hours_hold_a_nudge_back_until_they_are_over(office: Office) -> None:
    ada = office.pm("Ada")
    keep_quiet(office, ada, at(14, 7, 0), at(14, 11, 0))
    for hour in range(7, 11):
        office.tick_at(at(14, hour, 30))
    assert office.said(ada) == []
    office.tick_at(at(14, 11, 0))
    assert len(office.said(ada)) == 1
    read(office, ada)


def test_an_hour_under_palms_holds_a_nudge_back_until_it_is_over(office: Office) -> None:
    ada = office.pm("Ada")
    go_away(office, ada, at(14, 9, 0), until=at(14, 11, 0))
    assert nudged_on(office, ada, range(14, 15)) == []
    office.tick_at(at(14, 11, 0))
    assert len(office.said(ada)) == 1
    read(office, ada)
