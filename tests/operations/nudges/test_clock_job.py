"""A clock that stood for days, and one that is put back: one message each, and nothing lost."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from bot.db.nudges import queries as nudge_rows
from bot.domain.nudges.rules import Snooze, Strength
from bot.domain.outbox.outcomes import Outcome
from bot.domain.working_time import instant
from bot.operations.nudges import scheduling as nudges
from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.operations.operations_fixture import Office
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """A wall time in Berlin, so many days after Monday 2 March 2026."""
    return instant(T(days=days).date(), time(hour, minute), BERLIN)


def pm(office: Office, name: str, *, joined: int, **choices: object) -> Person:
    """Somebody who joins at noon, so many days after Monday 2 March 2026."""
    office.clock.at = at(joined, 12)
    return office.pm(name, **choices)


def team(office: Office) -> Channel:
    """A team with a story to tell, of a PM who is not due for long; digests are on Fridays."""
    channel = office.slack.channel("stories")
    author = pm(office, "Author", joined=0, channel_id=channel.id, interval_days=90)
    office.debrief(author, "Brightwater Mill", "They print every order and type it in again.")
    return channel


def walk(office: Office, start: datetime, end: datetime) -> list[Outcome]:
    """What comes of a tick every half hour."""
    steps = (end - start) // timedelta(minutes=30)
    ticks = (office.tick_at(start + count * timedelta(minutes=30)) for count in range(steps + 1))
    return [outcome for outcomes in ticks for outcome in outcomes]


def reported(outcomes: list[Outcome], subject: str) -> list[tuple[str, str]]:
    """What was said about one PM's or channel's messages, each fate and reason once."""
    found = [(each.fate.value, each.reason) for each in outcomes if each.subject == subject]
    return list(dict.fromkeys(found))


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("joined", "strength"),
    [(0, Strength.ACTIVE), (-3, Strength.STANDARD), (-6, Strength.STANDARD)],
    ids=["early", "due", "follow_up"],
)
def test_after_three_days_of_downtime_each_step_comes_once_on_the_next_working_day(
    office: Office, joined: int, strength: Strength
) -> None:
    # Each has a nudge on Friday the 13th; nothing runs from Thursday evening to Monday night.
    ada = pm(office, "Ada", joined=joined, strength=strength)
    walk(office, at(8, 9), at(8, 10))
    before = len(office.said(ada))
    held = walk(office, at(14, 8), at(14, 9))
    assert reported(held, ada.id) == [("held", "too_late_today")]
    assert len(office.said(ada)) == before
    walk(office, at(14, 9, 30), at(14, 12))
    walk(office, at(15, 9), at(15, 10))
    assert len(office.said(ada)) == before + 1
    for _ in range(before + 1):
        office.slack.expect_message(to=ada)


@EVERY_DATABASE
def test_after_three_days_of_downtime_a_digest_comes_once_on_the_next_working_day(
    office: Office,
) -> None:
    channel = team(office)
    held = walk(office, at(7, 12), at(7, 13, 30))
    assert reported(held, channel.id) == [("held", "too_late_today")]
    walk(office, at(7, 14), at(7, 16))
    office.slack.expect_message(to=channel, containing="They print every order")
    assert len(office.said(channel)) == 1


@EVERY_DATABASE
def test_weeks_that_get_no_digest_are_reported_once_and_their_stories_told(office: Office) -> None:
    channel = team(office)
    # Friday the 6th and Friday the 13th are missed.
    back = walk(office, at(15, 4), at(15, 5))
    skipped = [each.reason for each in back if each.reason.startswith("skipped")]
    assert skipped == ["skipped 2026-W10"]
    walk(office, at(18, 13), at(18, 15))
    office.slack.expect_message(to=channel, containing="They print every order")
    assert len(office.said(channel)) == 1


def fine(_office: Office) -> None:
    """Slack works."""


def accepts_and_breaks(office: Office) -> None:
    office.slack.fail("chat.postMessage", "500 after")


def breaks(office: Office) -> None:
    office.slack.fail("chat.postMessage", "reset before")


def waits(office: Office) -> None:
    office.slack.fail("chat.postMessage", "429")


@EVERY_DATABASE
@pytest.mark.parametrize("trouble", [fine, accepts_and_breaks, breaks, waits])
def test_a_clock_put_back_an_hour_about_a_delivery_neither_doubles_nor_loses_it(
    office: Office, trouble: Callable[[Office], None]
) -> None:
    ada = pm(office, "Ada", joined=0)
    trouble(office)
    office.tick_at(at(14, 9, 30))
    walk(office, at(14, 8, 30), at(14, 12))
    office.slack.expect_message(to=ada)
    assert len(office.said(ada)) == 1


@EVERY_DATABASE
def test_a_clock_put_back_an_hour_between_asking_and_delivering_delays_nothing_for_good(
    office: Office,
) -> None:
    ada = pm(office, "Ada", joined=0)
    office.clock.at = at(14, 9, 30)
    nudges.remind(office.services, office.workspace_id, office.clock.at)
    walk(office, at(14, 8, 30), at(14, 12))
    office.slack.expect_message(to=ada)
    assert len(office.said(ada)) == 1


@EVERY_DATABASE
def test_a_clock_put_back_an_hour_about_a_digest_posts_it_once(office: Office) -> None:
    channel = team(office)
    office.tick_at(at(4, 14))
    walk(office, at(4, 13), at(4, 16))
    office.slack.expect_message(to=channel)
    assert len(office.said(channel)) == 1


@EVERY_DATABASE
def test_a_clock_put_back_an_hour_over_midnight_and_the_hour_nudges_once(office: Office) -> None:
    ada = pm(office, "Ada", joined=0, at=time(0, 30))
    office.tick_at(at(14, 0, 30))
    walk(office, at(13, 23, 30), at(14, 3))
    office.slack.expect_message(to=ada)
    assert len(office.said(ada)) == 1


@EVERY_DATABASE
@pytest.mark.parametrize("back", [at(15, 9, 29), at(15, 9, 30)], ids=["before", "as it comes"])
def test_a_clock_put_back_an_hour_about_the_return_of_a_snooze_brings_it_back_once(
    office: Office, back: datetime
) -> None:
    ada = pm(office, "Ada", joined=0)
    office.tick_at(at(14, 9, 30))
    office.slack.expect_message(to=ada)
    with office.services.reading(office.workspace_id) as tx:
        nudge = nudge_rows.latest(tx, ada.id)
    assert nudge is not None
    actor = office.actor(ada)
    nudges.snooze(office.services, actor, nudge.id, Snooze.TOMORROW, at(14, 10))
    office.tick_at(back)
    walk(office, back - HOUR, at(15, 11))
    office.slack.expect_message(to=ada)
    assert len(office.said(ada)) == 2
