"""Delivery against Slack's faults: each message once, none lost, and undeliverable ones stop."""

from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.db import customers
from bot.db.contacts import flags
from bot.db.engine import Tx
from bot.db.nudges import queries as nudge_queries
from bot.db.outbox import dead_letters
from bot.db.outbox import queries as outbox
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.customers import Stage
from bot.domain.outbox.delivery_policy import DeliveryPolicy
from bot.domain.outbox.message_ref import MessageRef
from bot.domain.outbox.outcomes import Outcome
from bot.errors import SlackUnavailable
from bot.operations.nudges import scheduling as nudges
from bot.operations.nudges.sent import get_message_ref
from bot.operations.outbox import delivery, leases
from bot.operations.outbox.leases import DeliveryRun
from bot.services import Services
from bot.slack.client import Slack
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace, open_workspace
from tests.times import T

# When the first nudge of everyone who joined at T0 is queued; noon for Ada in London.
DUE = T(days=14)
SECOND = timedelta(seconds=1)
LEASE = DeliveryPolicy().lease
FAULTS = ["429", "500 before", "500 after", "502 page", "reset before", "reset after"]


def queue(workspace: BotWorkspace, *names: str) -> list[Person]:
    """Add PMs, each with a nudge in the outbox."""
    people = [workspace.add_pm(name, tz="Europe/London") for name in names or ("Ada",)]
    workspace.clock.at = DUE
    nudges.enqueue_due(workspace.services, workspace.workspace_id, DUE)
    return people


def statuses(outcomes: list[Outcome]) -> list[tuple[str, str]]:
    return [(each.status, each.reason) for each in outcomes]


def deliver_for(workspace: BotWorkspace, minutes: int) -> None:
    """Deliver every few seconds for so long, as the clock's job does."""
    for step in range(minutes * 12):
        workspace.deliver_at(DUE + timedelta(seconds=5 * step))


def row(workspace: BotWorkspace):
    with workspace.services.engine.connect() as connection:
        return connection.execute(select(outbox_table)).one()


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize("times", [1, 3])
def test_whatever_slack_does_a_message_arrives_once(
    workspace: BotWorkspace, how: str, times: int
) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", how, times)
    deliver_for(workspace, 2)
    workspace.slack.expect_message(to=ada)
    assert row(workspace).state == "sent"


@pytest.mark.parametrize("method", ["conversations.history", "conversations.open"])
@pytest.mark.parametrize("how", ["429", "500 before", "reset before"])
def test_a_look_up_that_fails_too_posts_nothing_twice(
    workspace: BotWorkspace, method: str, how: str
) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", "500 after")
    workspace.slack.fail(method, how, 2)
    deliver_for(workspace, 2)
    workspace.slack.expect_message(to=ada)
    assert row(workspace).state == "sent"


@pytest.mark.parametrize("how", FAULTS)
def test_among_many_messages_each_arrives_once(workspace: BotWorkspace, how: str) -> None:
    people = queue(workspace, "Ada", "Bo", "Cy", "Dee", "Eve")
    workspace.slack.fail("chat.postMessage", how, 3)
    deliver_for(workspace, 1)
    for each in people:
        workspace.slack.expect_message(to=each)


def impatient(services: Services, seconds: float) -> Services:
    """Return the same services with a client that times out sooner."""
    known = services.slack.client
    client = WebClient(
        token=known.token,
        base_url=known.base_url,
        timeout=seconds,  # type: ignore[arg-type]
        retry_handlers=[],
    )
    return replace(services, slack=Slack(client))


def test_an_answer_that_never_comes_is_found_by_looking(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    workspace.slack.faults.hang_seconds = 0.4
    workspace.services = impatient(workspace.services, 0.15)
    workspace.slack.fail("chat.postMessage", "hang")
    assert statuses(workspace.deliver_at(DUE)) == [("retried", "TimeoutError")]
    assert statuses(workspace.deliver_at(DUE + 6 * SECOND)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)


def test_a_place_that_was_found_by_looking_is_known_to_the_nudge(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", "reset after")
    deliver_for(workspace, 1)
    message = workspace.slack.expect_message(to=ada)
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
        assert nudge is not None
        known = get_message_ref(tx, nudge)
    assert known == MessageRef(message.channel, message.ts)


def test_retry_after_is_kept_and_honoured_by_every_process(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", "429")
    workspace.deliver_at(DUE)
    assert row(workspace).next_at == DUE + SECOND
    assert workspace.deliver_at(DUE + SECOND * 0.9) == []
    assert statuses(workspace.deliver_at(DUE + SECOND)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)


def test_after_a_429_nothing_needs_to_be_looked_up(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", "429")
    deliver_for(workspace, 1)
    workspace.slack.expect_message(to=ada)
    assert not any(each.method == "conversations.history" for each in workspace.slack.calls)


def test_it_is_tried_less_and_less_often_while_slack_is_away(workspace: BotWorkspace) -> None:
    queue(workspace)
    workspace.slack.fail("chat.postMessage", "500 before", times=None)
    at, waits = DUE, []
    for _ in range(12):
        workspace.deliver_at(at)
        waits.append((row(workspace).next_at - at).total_seconds())
        at = row(workspace).next_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]


@pytest.mark.parametrize("error", ["no_permission", "channel_not_found", "messages_tab_disabled"])
def test_a_refusal_for_good_stops_the_message_with_its_reason(
    workspace: BotWorkspace, error: str
) -> None:
    queue(workspace)
    workspace.slack.fail("chat.postMessage", error)
    assert statuses(workspace.deliver_at(DUE)) == [("dead", error)]
    deliver_for(workspace, 1)
    with workspace.services.reading(workspace.workspace_id) as tx:
        assert [each.reason for each in dead_letters.list_dead(tx)] == [error]


def test_somebody_deactivated_is_refused_by_slack_and_stops_nobody_else(
    workspace: BotWorkspace,
) -> None:
    ada, bo = queue(workspace, "Ada", "Bo")
    ada.user.deleted = True
    assert sorted(statuses(workspace.deliver_at(DUE))) == [
        ("dropped", "user_disabled"),
        ("sent", "delivered"),
    ]
    workspace.slack.expect_refusal("chat.postMessage", "user_disabled")
    workspace.slack.expect_message(to=bo)


def test_one_message_that_cannot_be_rendered_holds_up_no_other(workspace: BotWorkspace) -> None:
    (bo,) = queue(workspace, "Bo")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        outbox.enqueue(tx, outbox.MessageKind.FLAG, "not a number", "2026-03-16", "U0000009", DUE)
    assert sorted(statuses(workspace.deliver_at(DUE))) == [
        ("retried", "ValueError"),
        ("sent", "delivered"),
    ]
    workspace.slack.expect_message(to=bo)


def test_the_message_of_a_flag_that_somebody_deleted_is_not_stuck(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada", tz="Europe/London")
    with workspace.services.transaction(workspace.workspace_id) as tx:
        clear_deleted_flag(tx, ada)
    assert statuses(workspace.deliver_at(DUE)) == [("dropped", "message_not_found")]
    workspace.slack.expect_refusal("chat.update", "message_not_found")


def clear_deleted_flag(tx: Tx, pm: Person) -> None:
    """Add a cleared flag whose message is no longer in Slack, and enqueue its edit."""
    customer_id = customers.add(tx, "Brightwater Mill", Stage.CUSTOMER)
    flag = Flag(customer_id, FlagState.CLEARED, (), T(), T(), cleared_at=DUE)
    flag_id = flags.save(tx, pm.id, flag)
    outbox.enqueue(tx, outbox.MessageKind.FLAG, flag_id, "2026-03-02", pm.id, T())
    place = {"message_channel": pm.dm.id, "message_ts": "1700000000.000001", "sent_at": T()}
    tx.run(tx.update(outbox_table).values(state="sent", **place))
    outbox.enqueue_edit(tx, outbox.MessageKind.FLAG, flag_id, "2026-03-02", DUE)


def claim(workspace: BotWorkspace, at) -> list[outbox.ClaimedMessage]:
    """Claim messages like a process that then hangs."""
    workspace.clock.at = at
    return list(leases.claim(DeliveryRun(workspace.services, at, at)))


def test_what_one_process_holds_another_leaves_alone(workspace: BotWorkspace) -> None:
    queue(workspace)
    assert len(claim(workspace, DUE)) == 1
    for seconds in (0, 1, LEASE.total_seconds() - 1):
        assert workspace.deliver_at(DUE + seconds * SECOND) == []


def test_what_a_dead_process_left_is_sent_once_its_lease_is_over(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    claim(workspace, DUE)
    assert statuses(workspace.deliver_at(DUE + LEASE)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)


def test_what_a_dead_process_had_posted_is_found_and_not_posted_again(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace)
    (claimed,) = claim(workspace, DUE)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        outbox.mark_attempt(tx, claimed, DUE, DUE + LEASE)
    # It posts, and dies before it can record that.
    metadata = {"event_type": "nihito_delivery", "event_payload": {"id": claimed.id}}
    client = workspace.services.slack.client
    client.chat_postMessage(channel=ada.id, text="A visit is due.", metadata=metadata)
    assert statuses(workspace.deliver_at(DUE + LEASE)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada, containing="A visit is due.")


def test_what_was_posted_is_found_even_when_it_would_not_be_sent_now(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace)
    workspace.slack.fail("chat.postMessage", "reset after")
    workspace.deliver_at(DUE)
    workspace.add_booked_visit(ada, workspace.add_customer("Brightwater Mill"), T(days=15).date())
    assert statuses(workspace.deliver_at(DUE + 6 * SECOND)) == [("sent", "delivered")]
    workspace.slack.expect_message(to=ada)


def test_whoever_comes_back_after_its_lease_was_taken_posts_nothing(
    workspace: BotWorkspace,
) -> None:
    ada, bo = queue(workspace, "Ada", "Bo")
    slow = SlowSlack(workspace)
    # While the first process posts one message, its lease runs out: a second finds that message in
    # Slack and sends the other.
    outcomes = workspace.deliver_at(DUE)
    # What it has posted, the second has recorded.
    assert statuses(outcomes) == [("held", "another_has_it")] * 2
    assert slow.second == [("sent", "delivered"), ("sent", "delivered")]
    workspace.slack.expect_message(to=ada)
    workspace.slack.expect_message(to=bo)


class SlowSlack:
    """Slack for the first process: its first post takes longer than the lease."""

    def __init__(self, workspace: BotWorkspace) -> None:
        self.second: list[tuple[str, str]] = []
        self._office = workspace
        self._other = open_workspace(
            workspace.slack, workspace.clock, workspace.services.settings.database_url
        )
        self._real = workspace.services.slack
        workspace.services = replace(workspace.services, slack=self)  # type: ignore[arg-type]

    def with_deadline(self, _before_deadline: object) -> "SlowSlack":
        """Set no deadline."""
        return self

    def call(self, method: str, **arguments: object):
        """Return the real response, after a second process has delivered meanwhile."""
        answer = self._real.call(method, **arguments)
        if method == "chat.postMessage" and not self.second:
            later = DUE + LEASE
            self.second = [("running", "")]
            self.second = statuses(self._other.deliver_at(later))
            self._other.services.engine.dispose()
        return answer


class BreakingSlack:
    """Slack that accepts the first post, and answers that it is unavailable for a second."""

    def __init__(self, slack: Slack) -> None:
        self._slack, self._broken = slack, False

    def with_deadline(self, _before_deadline: object) -> "BreakingSlack":
        """Set no deadline."""
        return self

    def call(self, method: str, **arguments: object):
        """Return the real response, except for the first post."""
        answer = self._slack.call(method, **arguments)
        if method == "chat.postMessage" and not self._broken:
            self._broken = True
            raise SlackUnavailable("service_unavailable", 1, method)
        return answer


def test_a_breakdown_that_asks_us_to_wait_may_have_taken_the_message(
    workspace: BotWorkspace,
) -> None:
    (ada,) = queue(workspace)
    broken = BreakingSlack(workspace.services.slack)
    workspace.services = replace(workspace.services, slack=broken)  # type: ignore[arg-type]
    deliver_for(workspace, 1)
    workspace.slack.expect_message(to=ada)


def test_a_post_renews_the_lease_so_that_nobody_takes_what_is_on_its_way(
    workspace: BotWorkspace,
) -> None:
    queue(workspace)
    (claimed,) = claim(workspace, DUE)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        assert outbox.mark_attempt(tx, claimed, DUE + LEASE - SECOND, DUE + 2 * LEASE - SECOND)
    assert claim(workspace, DUE + LEASE) == []


def test_a_clock_that_ran_ahead_does_not_hide_an_earlier_attempt(workspace: BotWorkspace) -> None:
    (ada,) = queue(workspace)
    # A tick for a later instant than the clock's, as the command allows.
    workspace.slack.fail("chat.postMessage", "reset after")
    workspace.clock.at = DUE
    delivery.deliver(workspace.services, DUE + timedelta(hours=1))
    workspace.deliver_at(DUE + timedelta(hours=2))
    workspace.slack.expect_message(to=ada)


def test_what_slack_says_in_its_own_words_is_told_from_a_page(workspace: BotWorkspace) -> None:
    workspace.slack.fail("auth.test", "502 page")
    with pytest.raises(SlackUnavailable, match="http_502"):
        workspace.services.slack.call("auth.test")
