"""What a refusal leads to: handled once, reported once, and fixed by sending again."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from bot.db import stories as story_queries
from bot.db import workspaces
from bot.db.outbox import dead_letters, rates
from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind
from bot.db.staff import pms
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.customers import Stage
from bot.domain.working_time import to_instant
from bot.operations import messages
from bot.operations import workspaces as workspace_operations
from bot.operations.nudges import scheduling as nudges
from bot.operations.stories import digests as stories
from bot.operations.visits import booking as visits
from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T

DUE = T(days=14)
# The first Friday, at two in London.
FRIDAY = to_instant(T(days=4).date(), time(14), "Europe/London")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def queue(workspace: BotWorkspace, *names: str) -> list[Person]:
    """Add PMs in London, each with a nudge in the outbox at noon."""
    people = [workspace.add_pm(name, tz="Europe/London") for name in names]
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    return people


def statuses(outcomes) -> list[tuple[str, str]]:
    return sorted((each.status, each.reason) for each in outcomes)


def posts(workspace: BotWorkspace) -> int:
    return sum(call.method == "chat.postMessage" for call in workspace.slack.calls)


def states(workspace: BotWorkspace) -> list[str]:
    with workspace.services.engine.connect() as connection:
        return sorted(connection.execute(select(outbox_table.c.state)).scalars())


# The installation


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_workspace_that_no_longer_knows_us_is_left_alone(
    workspace: BotWorkspace, error: str
) -> None:
    queue(workspace, "Ada", "Bo", "Cy")
    workspace.slack.fail("*", error, times=None)
    workspace.deliver_at(DUE)
    assert posts(workspace) == 1
    for minutes in range(1, 60):
        assert workspace.deliver_at(DUE + minutes * MINUTE) == []
    assert posts(workspace) == 1
    assert states(workspace) == ["pending"] * 3
    assert workspaces.list_halted(workspace.services.engine) == {workspace.workspace_id: error}


def test_messages_go_on_once_slack_knows_us_again(workspace: BotWorkspace) -> None:
    ada, bo = queue(workspace, "Ada", "Bo")
    workspace.slack.fail("*", "token_revoked", times=None)
    workspace.deliver_at(DUE)
    assert statuses(workspace_operations.retry_halted(workspace.services, DUE)) == [
        ("held", "token_revoked")
    ]
    workspace.slack.clear_faults()
    assert statuses(workspace_operations.retry_halted(workspace.services, DUE)) == [
        ("sent", "known_again")
    ]
    workspace.deliver_at(DUE + MINUTE)
    workspace.slack.expect_message(to=ada)
    workspace.slack.expect_message(to=bo)


def test_a_workspace_that_is_known_is_not_asked_for(workspace: BotWorkspace) -> None:
    before = len(workspace.slack.calls)
    assert workspace_operations.retry_halted(workspace.services, DUE) == []
    assert len(workspace.slack.calls) == before


def test_a_scope_that_is_missing_holds_that_method_and_no_other(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace, "Ada")
    workspace.slack.fail("chat.postMessage", "missing_scope")
    workspace.deliver_at(DUE)
    assert workspaces.list_halted(workspace.services.engine) == {}
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert list(rates.list_rate_limited(tx, DUE)) == ["chat.postMessage"]
    assert workspace.deliver_at(DUE + 14 * MINUTE) == []
    workspace.deliver_at(DUE + 15 * MINUTE)
    workspace.slack.expect_message(to=ada)


def test_after_a_429_nobody_of_the_same_share_calls(workspace: BotWorkspace) -> None:
    queue(workspace, "Ada", "Bo", "Cy")
    workspace.slack.fail("chat.postMessage", "429")
    outcomes = workspace.deliver_at(DUE)
    assert statuses(outcomes) == [
        ("held", "rate_held"),
        ("held", "rate_held"),
        ("retried", "ratelimited"),
    ]
    assert posts(workspace) == 1
    workspace.deliver_at(DUE + SECOND)
    for name in ("Ada", "Bo", "Cy"):
        workspace.slack.expect_message(to=person(workspace, name))


def person(workspace: BotWorkspace, name: str) -> Person:
    return next(each for each in workspace.slack.people() if each.user.real_name == name)


# A person


def test_somebody_deactivated_is_left_alone(workspace: BotWorkspace) -> None:
    ada, bo = queue(workspace, "Ada", "Bo")
    ada.user.deleted = True
    assert statuses(workspace.deliver_at(DUE)) == [
        ("dropped", "user_disabled"),
        ("sent", "delivered"),
    ]
    workspace.slack.expect_refusal("chat.postMessage", "user_disabled")
    workspace.slack.expect_message(to=bo)
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert pms.get(tx, ada.id) is None
        assert pms.get(tx, bo.id) is not None


def test_nobody_is_called_twice_who_is_gone(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace, "Ada")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        outbox.enqueue(tx, MessageKind.NUDGE, ada.id, "2026-03-17", ada.id, DUE)
    ada.user.deleted = True
    workspace.deliver_at(DUE)
    workspace.slack.expect_refusal("chat.postMessage", "user_disabled")
    assert statuses(workspace.deliver_at(DUE + 2 * SECOND)) == [("dropped", "not_a_member")]
    assert posts(workspace) == 1


def test_a_nudge_that_was_refused_goes_out_when_it_is_redriven(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace, "Ada")
    workspace.slack.fail("chat.postMessage", "messages_tab_disabled")
    workspace.deliver_at(DUE)
    assert redrive(workspace, DUE + MINUTE) == 1
    workspace.deliver_at(DUE + MINUTE)
    workspace.slack.expect_message(to=ada)


def redrive(workspace: BotWorkspace, at) -> int:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        return len(messages.requeue_dead(tx, dead_letters.list_dead(tx), at))


# A message


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
def test_a_message_whose_make_slack_refuses_is_sent_plainer(
    workspace: BotWorkspace, error: str
) -> None:
    (ada,) = queue(workspace, "Ada")
    workspace.slack.fail("chat.postMessage", error)
    assert statuses(workspace.deliver_at(DUE)) == [("sent", "delivered")]
    message = workspace.slack.expect_message(to=ada)
    assert message.text
    assert not message.blocks


def test_a_message_that_is_refused_however_plain_stops(workspace: BotWorkspace) -> None:
    queue(workspace, "Ada")
    workspace.slack.fail("chat.postMessage", "invalid_blocks", times=2)
    assert statuses(workspace.deliver_at(DUE)) == [("dead", "invalid_blocks")]


# A channel


def team_with_story(workspace: BotWorkspace) -> tuple[Channel, Person, Person]:
    """Add two PMs and their channel, with a story for Friday's digest."""
    channel = workspace.slack.add_channel("stories")
    choices = {"tz": "Europe/London", "channel_id": channel.id, "interval_days": 90}
    ada, bo = workspace.add_pm("Ada", **choices), workspace.add_pm("Bo", **choices)
    record_story(workspace, ada, T(days=1))
    return channel, ada, bo


def record_story(
    workspace: BotWorkspace, pm: Person, at, story: str = "They count by hand. Nobody asked."
) -> None:
    workspace.clock.at = at
    workspace.record_debrief(pm, "Brightwater Mill", story)


def test_the_owner_of_an_archived_channel_is_told_once(workspace: BotWorkspace) -> None:
    channel, ada, _ = team_with_story(workspace)
    channel.archived = True
    weeks = [FRIDAY + timedelta(days=7 * week) for week in range(3)]
    for at in weeks:
        workspace.tick_at(at)
        workspace.tick_at(at + MINUTE)
    workspace.slack.expect_message(to=ada, containing="it has been archived")


def test_a_channel_costs_one_call_a_week_while_it_is_gone(workspace: BotWorkspace) -> None:
    channel, ada, _ = team_with_story(workspace)
    channel.archived = True
    workspace.tick_at(FRIDAY)
    for minutes in range(1, 30):
        workspace.tick_at(FRIDAY + minutes * MINUTE)
    workspace.slack.expect_message(to=ada)
    asked = [call for call in workspace.slack.calls if call.method == "conversations.info"]
    # Two of them when the PMs joined.
    assert len(asked) == 3


def test_the_stories_come_with_the_next_digest_once_the_channel_is_back(
    workspace: BotWorkspace,
) -> None:
    channel, ada, _ = team_with_story(workspace)
    channel.archived = True
    workspace.tick_at(FRIDAY)
    workspace.tick_at(FRIDAY + MINUTE)
    workspace.slack.expect_message(to=ada, containing="#stories")
    channel.archived = False
    workspace.tick_at(FRIDAY + timedelta(days=7))
    workspace.slack.expect_message(to=channel, containing="They count by hand.")
    with workspace.services.reading(workspace.workspace_id) as tx:
        team = story_queries.get_by_channel(tx, channel.id)
    assert team is not None
    assert team.channel_fault is None


def test_a_digest_that_was_refused_goes_out_when_it_is_redriven(workspace: BotWorkspace) -> None:
    channel, ada, _ = team_with_story(workspace)
    channel.archived = True
    workspace.tick_at(FRIDAY)
    workspace.tick_at(FRIDAY + MINUTE)
    workspace.slack.expect_message(to=ada)
    channel.archived = False
    assert redrive(workspace, FRIDAY + 2 * MINUTE) == 1
    workspace.tick_at(FRIDAY + 2 * MINUTE)
    workspace.slack.expect_message(to=channel, containing="They count by hand.")
    workspace.tick_at(FRIDAY + timedelta(days=7))
    workspace.slack.assert_nothing_else()


def test_a_story_written_since_is_not_lost_with_a_digest_that_had_come_through_after_all(
    workspace: BotWorkspace,
) -> None:
    channel, ada, _ = team_with_story(workspace)
    workspace.slack.fail("chat.postMessage", "500 after")
    workspace.tick_at(FRIDAY)
    workspace.slack.expect_message(to=channel, containing="They count by hand.")
    workspace.slack.fail("conversations.history", "is_archived")
    workspace.tick_at(FRIDAY + 10 * MINUTE)
    workspace.slack.expect_message(to=ada, containing="it has been archived")
    workspace.clock.at = FRIDAY + 20 * MINUTE
    workspace.record_debrief(ada, "Harrow Tiles", "They print it twice.")
    assert redrive(workspace, FRIDAY + 30 * MINUTE) == 1
    workspace.tick_at(FRIDAY + 30 * MINUTE)
    workspace.tick_at(FRIDAY + timedelta(days=7))
    workspace.slack.expect_message(to=channel, containing="They print it twice.")


def test_whoever_was_to_be_told_of_a_channel_is_not_once_it_is_back(
    workspace: BotWorkspace,
) -> None:
    # The owner isn't messaged before three, the digest goes out at two.
    channel = workspace.slack.add_channel("stories")
    ada = workspace.add_pm(
        "Ada", tz="Europe/London", channel_id=channel.id, interval_days=90, at=time(15)
    )
    record_story(workspace, ada, T(days=1))
    channel.archived = True
    workspace.tick_at(FRIDAY)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        story_queries.clear_channel_fault(tx, int(dead_letters.list_dead(tx)[0].subject))
    assert ("dropped", "back") in statuses(workspace.deliver_at(FRIDAY + 60 * MINUTE))


# Changes after it was sent


def test_a_story_that_changes_after_it_was_told_is_told_anew_in_its_place(
    workspace: BotWorkspace,
) -> None:
    channel, _, _ = team_with_story(workspace)
    workspace.tick_at(FRIDAY)
    post = workspace.slack.expect_message(to=channel, containing="They count by hand.")
    posted_id = digest_id(workspace)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        stories.enqueue_edit(tx, posted_id, FRIDAY)
        stories.enqueue_edit(tx, posted_id, FRIDAY)
    workspace.tick_at(FRIDAY + MINUTE)
    workspace.slack.expect_update(
        post, containing="A story was changed or taken back after this was posted."
    )


def digest_id(workspace: BotWorkspace) -> int:
    with workspace.services.engine.connect() as connection:
        chosen = select(outbox_table.c.subject).where(outbox_table.c.kind == MessageKind.DIGEST)
        return int(connection.execute(chosen).scalar_one())


def test_a_change_while_nobody_knows_whether_it_was_posted_is_edited_in(
    workspace: BotWorkspace,
) -> None:
    channel, _, _ = team_with_story(workspace)
    workspace.clock.at = FRIDAY
    stories.enqueue_digests(workspace.services, workspace.workspace_id, FRIDAY)
    workspace.slack.fail("chat.postMessage", "reset after")
    workspace.deliver_at(FRIDAY)
    posted_id = digest_id(workspace)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        stories.enqueue_edit(tx, posted_id, FRIDAY)
    for seconds in range(1, 20):
        workspace.deliver_at(FRIDAY + seconds * SECOND)
    post = workspace.slack.expect_message(to=channel)
    workspace.slack.expect_update(post, containing="changed")


def test_a_nudge_is_rendered_anew_when_a_visit_was_logged_elsewhere(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace, "Ada")
    workspace.deliver_at(DUE)
    message = workspace.slack.expect_message(to=ada)
    customer_id = workspace.add_customer("Brightwater Mill", Stage.CUSTOMER)
    workspace.add_held_visit(ada, customer_id, DUE.date())
    with workspace.services.transaction(workspace.workspace_id) as tx:
        pm = pms.get(tx, ada.id)
        assert pm is not None
        visits.update_after_visit(tx, pm, DUE)
    workspace.deliver_at(DUE + MINUTE)
    workspace.slack.expect_update(message, containing="Brightwater Mill")
