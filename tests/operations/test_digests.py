"""Digests: at the team's hour, with stories that may be shared, in an allowed channel, once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest

from bot.db import stories as story_queries
from bot.domain.debriefs.rules import ReportedWorkaround, Sharing
from bot.domain.outbox.outcomes import Outcome
from bot.domain.working_time import to_instant
from bot.operations.doctor import checks
from bot.operations.stories import digests as stories
from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.state import Channel
from tests.conftest import MANIFEST, ManualClock
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.ticks import tick
from tests.times import T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
STORY = "They print every order and type it in again."
# The first Friday's digest of a team in Berlin.
FRIDAY = to_instant(T(days=4).date(), time(14), "Europe/Berlin")
SECOND = timedelta(seconds=1)


def team(
    workspace: BotWorkspace, name: str = "stories", tz: str = "Europe/Berlin"
) -> tuple[Person, Channel]:
    """Add a PM and the channel of their team, which uses the PM's zone."""
    channel = workspace.slack.add_channel(name)
    return workspace.add_pm(
        f"Ada of {name}", tz=tz, channel_id=channel.id, interval_days=90
    ), channel


def digests(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(each.status, each.reason) for each in outcomes if each.kind == "digest"]


@pytest.mark.parametrize(
    ("tz", "start", "first", "second"),
    [
        ("Europe/Berlin", date(2026, 3, 23), "2026-03-27T13:00", "2026-04-03T12:00"),
        ("Europe/Berlin", date(2026, 10, 19), "2026-10-23T12:00", "2026-10-30T13:00"),
        ("America/New_York", date(2026, 3, 2), "2026-03-06T19:00", "2026-03-13T18:00"),
        ("America/New_York", date(2026, 10, 26), "2026-10-30T18:00", "2026-11-06T19:00"),
        ("Australia/Lord_Howe", date(2026, 3, 30), "2026-04-03T03:00", "2026-04-10T03:30"),
        ("Asia/Kolkata", date(2026, 3, 23), "2026-03-27T08:30", "2026-04-03T08:30"),
    ],
)
def test_a_digest_comes_on_the_teams_own_hour_whatever_the_clocks_did(
    workspace: BotWorkspace, tz: str, start: date, first: str, second: str
) -> None:
    workspace.clock.at = to_instant(start, time(12), tz)
    ada, channel = team(workspace, tz=tz)
    for text in (first, second):
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        workspace.clock.at = at - timedelta(hours=20)
        workspace.record_debrief(ada, "Brightwater Mill", STORY)
        for early in (timedelta(hours=2), timedelta(hours=1), SECOND):
            assert digests(workspace.tick_at(at - early)) == []
        workspace.tick_at(at)
        workspace.slack.expect_message(to=channel, containing=STORY)


def test_a_digest_tells_what_that_teams_pms_may_share_and_nothing_else(
    workspace: BotWorkspace,
) -> None:
    ada, channel = team(workspace)
    bo, other = team(workspace, "others")
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    workspace.record_debrief(ada, "Kestrel Hall", "A secret word.", sharing=Sharing.PRIVATE)
    workspace.record_debrief(bo, "Tallow Works", "Their word for it is sluggish.")
    workspace.record_debrief(workspace.add_pm("Teamless"), "Lone Farm", "Nobody asked them before.")
    workspace.tick_at(FRIDAY)
    post = workspace.slack.expect_message(to=channel, containing=STORY)
    for foreign in ("Kestrel", "secret", "Tallow", "sluggish", "Lone Farm", "Nobody asked"):
        assert foreign not in post.text + str(post.blocks)
    workspace.slack.expect_message(to=other, containing="sluggish")


def test_a_private_story_never_reaches_slack_at_all(workspace: BotWorkspace) -> None:
    ada, _ = team(workspace)
    private = {"sharing": Sharing.PRIVATE, "quote": "Zwiebelkuchen quote"}
    workspace.record_debrief(ada, "Zwiebelkuchen House", "Zwiebelkuchen story.", **private)
    assert digests(workspace.tick_at(FRIDAY)) == [("dropped", "nothing_to_tell")]
    for days in range(5, 30):
        workspace.tick_at(T(days=days))
    sent = json.dumps([dict(each.args) for each in workspace.slack.calls], default=str)
    assert "Zwiebelkuchen" not in sent


NAMES = ["Brightwater Mill", "brightwater mill", "Brightwater\nMill", "Brightwater  Mill"]


@pytest.mark.parametrize("typed", NAMES)
def test_a_story_without_the_name_hides_it_wherever_it_was_typed(
    workspace: BotWorkspace, typed: str
) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(
        ada,
        "Brightwater Mill",
        f"{typed} prints it all. At {typed}'s gate, ({typed}) is painted on the wall.",
        sharing=Sharing.NO_NAME,
        quote=f"“{typed} has always done so.”",
        workarounds=(ReportedWorkaround(f"{typed} keeps a list", f"because {typed} must"),),
    )
    workspace.tick_at(FRIDAY)
    post = workspace.slack.expect_message(to=channel, containing="prints it all")
    shown = " ".join(f"{post.text} {json.dumps(post.blocks)}".casefold().split())
    assert "brightwater" not in shown


def test_a_name_is_hidden_however_its_accents_are_written(workspace: BotWorkspace) -> None:
    ada, channel = team(workspace)
    composed, decomposed = "Mühle Zoë", "Mu\u0308hle Zoe\u0308"
    story = f"At {decomposed} they print it all, and {composed} is proud of it."
    workspace.record_debrief(ada, composed, story, sharing=Sharing.NO_NAME)
    workspace.tick_at(FRIDAY)
    post = workspace.slack.expect_message(to=channel, containing="print it all")
    assert "hle" not in post.text + str(post.blocks)


def test_a_week_with_nothing_to_tell_has_no_post(workspace: BotWorkspace) -> None:
    team(workspace)
    assert digests(workspace.tick_at(FRIDAY)) == [("dropped", "nothing_to_tell")]


def test_what_was_told_is_not_told_again(workspace: BotWorkspace) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    workspace.tick_at(FRIDAY)
    workspace.slack.expect_message(to=channel, containing=STORY)
    assert digests(workspace.tick_at(FRIDAY + timedelta(days=7))) == [
        ("dropped", "nothing_to_tell")
    ]


def test_a_story_of_a_visit_long_ago_is_told_when_it_was_written(workspace: BotWorkspace) -> None:
    ada, channel = team(workspace)
    workspace.tick_at(FRIDAY)
    workspace.clock.at = T(days=5)
    workspace.record_debrief(ada, "Brightwater Mill", STORY, on=T(days=-60).date())
    workspace.tick_at(FRIDAY + timedelta(days=7))
    workspace.slack.expect_message(to=channel, containing=STORY)


@EVERY_DATABASE
def test_ticking_twice_at_one_instant_posts_once(workspace: BotWorkspace) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    workspace.tick_at(FRIDAY)
    assert workspace.tick_at(FRIDAY) == []
    workspace.slack.expect_message(to=channel, containing=STORY)


def test_a_week_has_one_digest_even_when_its_plan_was_set_back(workspace: BotWorkspace) -> None:
    ada, channel = team(workspace)
    with workspace.services.reading(workspace.workspace_id) as tx:
        planned = story_queries.get_by_channel(tx, channel.id)
    assert planned is not None
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    workspace.tick_at(FRIDAY)
    workspace.slack.expect_message(to=channel, containing=STORY)
    workspace.record_debrief(ada, "Alder Works", "Another word.")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        story_queries.set_next_digest(tx, planned.id, planned.digest)
    assert digests(workspace.tick_at(FRIDAY)) == [("dropped", "sent_already")]


def test_a_digest_that_was_missed_comes_on_the_next_working_day(workspace: BotWorkspace) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    monday = FRIDAY + timedelta(days=3)
    for early in (timedelta(days=2), timedelta(hours=3), SECOND):
        workspace.tick_at(monday - early)
    assert workspace.messages(channel) == []
    workspace.tick_at(monday)
    workspace.slack.expect_message(to=channel, containing=STORY)


def test_a_digest_left_behind_by_a_killed_process_keeps_to_the_teams_hour(
    workspace: BotWorkspace,
) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    # The process dies between the plan and the delivery.
    stories.enqueue_digests(workspace.services, workspace.workspace_id, FRIDAY)
    monday = FRIDAY + timedelta(days=3)
    workspace.tick_at(monday - timedelta(hours=9))
    assert workspace.messages(channel) == []
    workspace.tick_at(monday)
    workspace.slack.expect_message(to=channel, containing=STORY)


def share(_: BotWorkspace, channel: Channel) -> None:
    channel.is_ext_shared = True


def archive(_: BotWorkspace, channel: Channel) -> None:
    channel.archived = True


def remove(workspace: BotWorkspace, channel: Channel) -> None:
    channel.members.remove(workspace.slack.bot_user_id)


@pytest.mark.parametrize(
    ("change", "reason"), [(share, "shared"), (archive, "archived"), (remove, "not_invited")]
)
def test_a_channel_that_may_not_read_it_any_more_is_refused_and_doctor_says_why(
    workspace: BotWorkspace, change: Callable[[BotWorkspace, Channel], None], reason: str
) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    change(workspace, channel)
    assert digests(workspace.tick_at(FRIDAY))[-1] == ("dead", reason)
    workspace.tick_at(FRIDAY + timedelta(hours=1))
    workspace.slack.expect_message(to=ada, containing="I cannot post your team's stories")
    stuck = [
        each
        for each in checks.run_checks(workspace.services, MANIFEST, workspace.clock.at)
        if each.subject == "messages"
    ]
    assert [(each.ok, each.details) for each in stuck] == [(False, f"1 x digest: {reason}")]


def test_stories_of_a_digest_that_was_refused_stand_in_the_next_one(
    workspace: BotWorkspace,
) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    channel.archived = True
    workspace.tick_at(FRIDAY)
    workspace.slack.expect_message(to=ada, containing="it has been archived")
    channel.archived = False
    workspace.tick_at(FRIDAY + timedelta(days=7))
    workspace.slack.expect_message(to=channel, containing="Brightwater Mill")


@EVERY_DATABASE
def test_several_processes_at_once_send_each_message_once(
    slack: Sandbox, clock: ManualClock, database: str
) -> None:
    offices = [open_workspace(slack, clock, database) for _ in range(3)]
    first, pms = offices[0], []
    for number in range(3):
        ada, channel = team(first, f"team-{number}")
        first.record_debrief(ada, "Brightwater Mill", STORY)
        pms.append((first.add_pm(f"Bo {number}", interval_days=7), channel))
    clock.at = FRIDAY
    tick_concurrently(offices)
    clock.at = T(days=7)
    tick_concurrently(offices)
    for bo, channel in pms:
        slack.expect_message(to=channel, containing=STORY)
        slack.expect_message(to=bo, containing="Your first customer visit is due")
    for each in offices:
        each.services.engine.dispose()
    slack.assert_nothing_else()


def tick_concurrently(offices: list[BotWorkspace]) -> None:
    """Tick every workspace at the same time, each in its own thread; raise any error."""
    start = Barrier(len(offices))

    def run(workspace: BotWorkspace) -> None:
        start.wait(5)
        tick(workspace.services, workspace.clock.at)

    with ThreadPoolExecutor(len(offices)) as pool:
        for each in [pool.submit(run, workspace) for workspace in offices]:
            each.result()


@pytest.mark.parametrize("posted_before", [False, True])
def test_a_story_is_not_lost_with_a_digest_that_never_came(
    workspace: BotWorkspace, posted_before: bool
) -> None:
    ada, channel = team(workspace)
    if posted_before:
        workspace.record_debrief(ada, "Alder Works", "Another word.")
        workspace.tick_at(FRIDAY)
        workspace.slack.expect_message(to=channel, containing="Another word.")
    workspace.clock.at = FRIDAY + timedelta(days=3)
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    # Nothing ran on the next Friday, nor until the one after.
    workspace.tick_at(FRIDAY + timedelta(days=14))
    workspace.slack.expect_message(to=channel, containing=STORY)


def test_a_story_that_was_on_its_way_while_the_digest_was_made_is_in_the_next(
    workspace: BotWorkspace,
) -> None:
    ada, channel = team(workspace)
    workspace.record_debrief(ada, "Alder Works", "Another word.")
    workspace.tick_at(FRIDAY)
    workspace.slack.expect_message(to=channel, containing="Another word.")
    workspace.clock.at = FRIDAY - SECOND
    workspace.record_debrief(ada, "Brightwater Mill", STORY)
    workspace.tick_at(FRIDAY + timedelta(days=7))
    workspace.slack.expect_message(to=channel, containing=STORY)
