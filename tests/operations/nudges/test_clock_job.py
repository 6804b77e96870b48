"""A clock that stopped for days, and one that is set back: one message each, and none lost."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from bot.db.nudges import queries as nudge_queries
from bot.domain.nudges.rules import Snooze, Strength
from bot.domain.outbox.outcomes import Outcome
from bot.domain.working_time import to_instant
from bot.operations.nudges import scheduling as nudges
from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """Return a wall time in Berlin, so many days after Monday 2 March 2026."""
    return to_instant(T(days=days).date(), time(hour, minute), BERLIN)


def pm(workspace: BotWorkspace, name: str, *, joined: int, **choices: object) -> Person:
    """Add a PM who joins at noon, so many days after Monday 2 March 2026."""
    workspace.clock.at = at(joined, 12)
    return workspace.add_pm(name, **choices)


def team(workspace: BotWorkspace) -> Channel:
    """Add a team with a story to post, of a PM who isn't due for long; digests are on Fridays."""
    channel = workspace.slack.add_channel("stories")
    author = pm(workspace, "Author", joined=0, channel_id=channel.id, interval_days=90)
    workspace.record_debrief(
        author, "Brightwater Mill", "They print every order and type it in again."
    )
    return channel


def walk(workspace: BotWorkspace, start: datetime, end: datetime) -> list[Outcome]:
    """Tick every half hour; return the outcomes."""
    steps = (end - start) // timedelta(minutes=30)
    ticks = (workspace.tick_at(start + count * timedelta(minutes=30)) for count in range(steps + 1))
    return [outcome for outcomes in ticks for outcome in outcomes]


def reported(outcomes: list[Outcome], subject: str) -> list[tuple[str, str]]:
    """Return the outcomes of one PM's or channel's messages, each status and reason once."""
    found = [(each.status.value, each.reason) for each in outcomes if each.target == subject]
    return list(dict.fromkeys(found))


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("joined", "strength"),
    [(0, Strength.ACTIVE), (-3, Strength.STANDARD), (-6, Strength.STANDARD)],
    ids=["early", "due", "follow_up"],
)
def test_after_three_days_of_downtime_each_step_comes_once_on_the_next_working_day(
    workspace: BotWorkspace, joined: int, strength: Strength
) -> None:
    # Each has a nudge on Friday the 13th; nothing runs from Thursday evening to Monday night.
    ada = pm(workspace, "Ada", joined=joined, strength=strength)
    walk(workspace, at(8, 9), at(8, 10))
    before = len(workspace.messages(ada))
    held = walk(workspace, at(14, 8), at(14, 9))
    assert reported(held, ada.id) == [("held", "too_late_today")]
    assert len(workspace.messages(ada)) == before
    walk(workspace, at(14, 9, 30), at(14, 12))
    walk(workspace, at(15, 9), at(15, 10))
    assert len(workspace.messages(ada)) == before + 1
    for _ in range(before + 1):
        workspace.slack.expect_message(to=ada)


@EVERY_DATABASE
def test_after_three_days_of_downtime_a_digest_comes_once_on_the_next_working_day(
    workspace: BotWorkspace,
) -> None:
    channel = team(workspace)
    held = walk(workspace, at(7, 12), at(7, 13, 30))
    assert reported(held, channel.id) == [("held", "too_late_today")]
    walk(workspace, at(7, 14), at(7, 16))
    workspace.slack.expect_message(to=channel, containing="They print every order")
    assert len(workspace.messages(channel)) == 1


@EVERY_DATABASE
def test_weeks_that_get_no_digest_are_reported_once_and_their_stories_told(
    workspace: BotWorkspace,
) -> None:
    channel = team(workspace)
    # Friday the 6th and Friday the 13th are missed.
    back = walk(workspace, at(15, 4), at(15, 5))
    skipped = [each.reason for each in back if each.reason.startswith("skipped")]
    assert skipped == ["skipped 2026-W10"]
    walk(workspace, at(18, 13), at(18, 15))
    workspace.slack.expect_message(to=channel, containing="They print every order")
    assert len(workspace.messages(channel)) == 1


def fine(_office: BotWorkspace) -> None:
    """Let Slack work."""


def accepts_and_breaks(workspace: BotWorkspace) -> None:
    workspace.slack.fail("chat.postMessage", "500 after")


def breaks(workspace: BotWorkspace) -> None:
    workspace.slack.fail("chat.postMessage", "reset before")


def waits(workspace: BotWorkspace) -> None:
    workspace.slack.fail("chat.postMessage", "429")


@EVERY_DATABASE
@pytest.mark.parametrize("trouble", [fine, accepts_and_breaks, breaks, waits])
def test_a_clock_put_back_an_hour_about_a_delivery_neither_doubles_nor_loses_it(
    workspace: BotWorkspace, trouble: Callable[[BotWorkspace], None]
) -> None:
    ada = pm(workspace, "Ada", joined=0)
    trouble(workspace)
    workspace.tick_at(at(14, 9, 30))
    walk(workspace, at(14, 8, 30), at(14, 12))
    workspace.slack.expect_message(to=ada)
    assert len(workspace.messages(ada)) == 1


@EVERY_DATABASE
def test_a_clock_put_back_an_hour_between_asking_and_delivering_delays_nothing_for_good(
    workspace: BotWorkspace,
) -> None:
    ada = pm(workspace, "Ada", joined=0)
    workspace.clock.at = at(14, 9, 30)
    nudges.enqueue_due(workspace.services, workspace.workspace_id, workspace.clock.at)
    walk(workspace, at(14, 8, 30), at(14, 12))
    workspace.slack.expect_message(to=ada)
    assert len(workspace.messages(ada)) == 1


@EVERY_DATABASE
def test_a_clock_put_back_an_hour_about_a_digest_posts_it_once(workspace: BotWorkspace) -> None:
    channel = team(workspace)
    workspace.tick_at(at(4, 14))
    walk(workspace, at(4, 13), at(4, 16))
    workspace.slack.expect_message(to=channel)
    assert len(workspace.messages(channel)) == 1


@EVERY_DATABASE
def test_a_clock_put_back_an_hour_over_midnight_and_the_hour_nudges_once(
    workspace: BotWorkspace,
) -> None:
    ada = pm(workspace, "Ada", joined=0, at=time(0, 30))
    workspace.tick_at(at(14, 0, 30))
    walk(workspace, at(13, 23, 30), at(14, 3))
    workspace.slack.expect_message(to=ada)
    assert len(workspace.messages(ada)) == 1


@EVERY_DATABASE
@pytest.mark.parametrize("back", [at(15, 9, 29), at(15, 9, 30)], ids=["before", "as it comes"])
def test_a_clock_put_back_an_hour_about_the_return_of_a_snooze_brings_it_back_once(
    workspace: BotWorkspace, back: datetime
) -> None:
    ada = pm(workspace, "Ada", joined=0)
    workspace.tick_at(at(14, 9, 30))
    workspace.slack.expect_message(to=ada)
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
    assert nudge is not None
    actor = workspace.actor(ada)
    nudges.snooze(workspace.services, actor, nudge.id, Snooze.TOMORROW, at(14, 10))
    workspace.tick_at(back)
    walk(workspace, back - HOUR, at(15, 11))
    workspace.slack.expect_message(to=ada)
    assert len(workspace.messages(ada)) == 2
