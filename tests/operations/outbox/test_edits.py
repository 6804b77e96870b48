"""Edits of posted messages: each in the message's own row, once for any number of changes."""

from datetime import timedelta

from bot.db.outbox import queries as outbox
from bot.db.outbox.queries import MessageKind, OutboxState, OutboxStatus
from bot.domain.outbox.message_ref import MessageRef
from bot.operations.outbox import leases
from bot.operations.outbox.leases import DeliveryRun
from bot.operations.stories import digests
from tests.operations.operations_fixture import BotWorkspace
from tests.operations.outbox.test_refusals import (
    DUE,
    FRIDAY,
    SECOND,
    digest_id,
    queue,
    statuses,
    team_with_story,
)

MINUTE = timedelta(minutes=1)
WEEK = "2026-W10"


def change(workspace: BotWorkspace, posted_id: int) -> None:
    """Enqueue an edit of the digest, as a change of one of its stories does."""
    with workspace.services.transaction(workspace.workspace_id) as tx:
        digests.enqueue_edit(tx, posted_id, workspace.clock.at)


def status(workspace: BotWorkspace, posted_id: int) -> OutboxStatus:
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = outbox.get_status(tx, MessageKind.DIGEST, posted_id, WEEK)
    assert found is not None
    return found


def test_a_change_before_its_message_is_posted_costs_no_edit(workspace: BotWorkspace) -> None:
    channel, _, _ = team_with_story(workspace)
    workspace.clock.at = FRIDAY
    digests.enqueue_digests(workspace.services, workspace.workspace_id, FRIDAY)
    change(workspace, digest_id(workspace))
    assert statuses(workspace.deliver_at(FRIDAY)) == [("sent", "delivered")]
    assert workspace.deliver_at(FRIDAY + MINUTE) == []
    workspace.slack.expect_message(to=channel)
    workspace.slack.assert_nothing_else()


def test_what_changes_while_it_is_being_posted_is_due_for_an_edit(workspace: BotWorkspace) -> None:
    team_with_story(workspace)
    workspace.clock.at = FRIDAY
    digests.enqueue_digests(workspace.services, workspace.workspace_id, FRIDAY)
    (claimed,) = leases.claim(DeliveryRun(workspace.services, FRIDAY, FRIDAY))
    posted_id = digest_id(workspace)
    change(workspace, posted_id)
    place = MessageRef("C1", "1700000000.000001")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        assert outbox.finish(tx, claimed, OutboxState.SENT, FRIDAY)
        outbox.mark_posted(tx, claimed, place, FRIDAY)
    known = status(workspace, posted_id)
    assert (known.state, known.message_ref) == (OutboxState.PENDING, place)


def test_what_was_edited_is_edited_again_when_it_changes_again(workspace: BotWorkspace) -> None:
    channel, _, _ = team_with_story(workspace)
    workspace.tick_at(FRIDAY)
    post = workspace.slack.expect_message(to=channel)
    for minutes in (1, 2):
        change(workspace, digest_id(workspace))
        edited = workspace.deliver_at(FRIDAY + minutes * MINUTE)
        assert statuses(edited) == [("sent", "edited")]
        workspace.slack.expect_update(post)


def test_a_message_whose_edit_slack_refuses_for_good_stays_sent(workspace: BotWorkspace) -> None:
    channel, _, _ = team_with_story(workspace)
    workspace.tick_at(FRIDAY)
    workspace.slack.expect_message(to=channel)
    posted_id = digest_id(workspace)
    change(workspace, posted_id)
    workspace.slack.fail("chat.update", "message_not_found")
    assert statuses(workspace.deliver_at(FRIDAY + MINUTE)) == [("dropped", "message_not_found")]
    known = status(workspace, posted_id)
    assert (known.state, known.sent_at) == (OutboxState.SENT, FRIDAY)


def test_a_nudge_that_a_debrief_answers_while_it_may_be_in_slack_is_edited(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace, "Ada")
    workspace.slack.fail("chat.postMessage", "reset after")
    workspace.deliver_at(DUE)
    nudge = workspace.slack.expect_message(to=ada)
    workspace.record_debrief(ada, "Brightwater Mill", "They count by hand.")
    for seconds in range(1, 20):
        workspace.deliver_at(DUE + seconds * SECOND)
    workspace.slack.expect_update(nudge, containing="Brightwater Mill")
