"""What a refusal leads to: acted on once, told once, and mended by sending again."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from bot.db import stories as teams
from bot.db import workspaces
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import Kind
from bot.db.staff import pms
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.customers import Stage
from bot.domain.working_time import instant
from bot.operations import messages, stories
from bot.operations import workspaces as installations
from bot.operations.nudges import scheduling as nudges
from bot.operations.visits import booking as visits
from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.operations.operations_fixture import Office
from tests.times import T

DUE = T(days=14)
# The first Friday, at two in London.
FRIDAY = instant(T(days=4).date(), time(14), "Europe/London")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def queue(office: Office, *names: str) -> list[Person]:
    """PMs in London, each with a nudge that waits in the outbox at noon."""
    people = [office.pm(name, tz="Europe/London") for name in names]
    office.clock.at = DUE
    nudges.remind(office.services, office.workspace_id, DUE)
    return people


def fates(outcomes) -> list[tuple[str, str]]:
    return sorted((each.fate, each.reason) for each in outcomes)


def posts(office: Office) -> int:
    return sum(call.method == "chat.postMessage" for call in office.slack.calls)


def states(office: Office) -> list[str]:
    with office.services.engine.connect() as connection:
        return sorted(connection.execute(select(outbox_table.c.state)).scalars())


# The installation


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_workspace_that_no_longer_knows_us_is_left_alone(office: Office, error: str) -> None:
    queue(office, "Ada", "Bo", "Cy")
    office.slack.fail("*", error, times=None)
    office.deliver_at(DUE)
    assert posts(office) == 1
    for minutes in range(1, 60):
        assert office.deliver_at(DUE + minutes * MINUTE) == []
    assert posts(office) == 1
    assert states(office) == ["pending"] * 3
    assert workspaces.halted(office.services.engine) == {office.workspace_id: error}


def test_messages_go_on_once_slack_knows_us_again(office: Office) -> None:
    ada, bo = queue(office, "Ada", "Bo")
    office.slack.fail("*", "token_revoked", times=None)
    office.deliver_at(DUE)
    assert fates(installations.try_again(office.services, DUE)) == [("held", "token_revoked")]
    office.slack.heal()
    assert fates(installations.try_again(office.services, DUE)) == [("sent", "known_again")]
    office.deliver_at(DUE + MINUTE)
    office.slack.expect_message(to=ada)
    office.slack.expect_message(to=bo)


def test_a_workspace_that_is_known_is_not_asked_for(office: Office) -> None:
    before = len(office.slack.calls)
    assert installations.try_again(office.services, DUE) == []
    assert len(office.slack.calls) == before


def test_a_scope_that_is_missing_holds_that_method_and_no_other(office: Office) -> None:
    (ada,) = queue(office, "Ada")
    office.slack.fail("chat.postMessage", "missing_scope")
    office.deliver_at(DUE)
    assert workspaces.halted(office.services.engine) == {}
    with office.services.reading(office.workspace_id) as tx:
        assert list(rates.held(tx, DUE)) == ["chat.postMessage"]
    assert office.deliver_at(DUE + 14 * MINUTE) == []
    office.deliver_at(DUE + 15 * MINUTE)
    office.slack.expect_message(to=ada)


def test_after_a_429_nobody_of_the_same_share_calls(office: Office) -> None:
    queue(office, "Ada", "Bo", "Cy")
    office.slack.fail("chat.postMessage", "429")
    outcomes = office.deliver_at(DUE)
    assert fates(outcomes) == [
        ("held", "rate_held"),
        ("held", "rate_held"),
        ("retried", "ratelimited"),
    ]
    assert posts(office) == 1
    office.deliver_at(DUE + SECOND)
    for name in ("Ada", "Bo", "Cy"):
        office.slack.expect_message(to=person(office, name))


def person(office: Office, name: str) -> Person:
    return next(each for each in office.slack.people() if each.user.real_name == name)


# A person


def test_somebody_deactivated_is_unenrolled(office: Office) -> None:
    ada, bo = queue(office, "Ada", "Bo")
    ada.user.deleted = True
    assert fates(office.deliver_at(DUE)) == [("dead", "user_disabled"), ("sent", "delivered")]
    office.slack.expect_refusal("chat.postMessage", "user_disabled")
    office.slack.expect_message(to=bo)
    with office.services.reading(office.workspace_id) as tx:
        assert pms.get(tx, ada.id) is None
        assert pms.get(tx, bo.id) is not None


def test_nobody_is_called_twice_who_is_gone(office: Office) -> None:
    (ada,) = queue(office, "Ada")
    with office.services.transaction(office.workspace_id) as tx:
        outbox.put(tx, Kind.NUDGE, ada.id, "2026-03-17", ada.id, DUE)
    ada.user.deleted = True
    office.deliver_at(DUE)
    office.slack.expect_refusal("chat.postMessage", "user_disabled")
    assert fates(office.deliver_at(DUE + 2 * SECOND)) == [("dropped", "left")]
    assert posts(office) == 1


def test_a_nudge_that_was_refused_goes_out_when_it_is_redriven(office: Office) -> None:
    (ada,) = queue(office, "Ada")
    office.slack.fail("chat.postMessage", "messages_tab_disabled")
    office.deliver_at(DUE)
    assert redrive(office, DUE + MINUTE) == 1
    office.deliver_at(DUE + MINUTE)
    office.slack.expect_message(to=ada)


def redrive(office: Office, at) -> int:
    with office.services.transaction(office.workspace_id) as tx:
        return len(messages.revive(tx, None, None, at))


# A message


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
def test_a_message_whose_make_slack_refuses_is_sent_plainer(office: Office, error: str) -> None:
    (ada,) = queue(office, "Ada")
    office.slack.fail("chat.postMessage", error)
    assert fates(office.deliver_at(DUE)) == [("sent", "delivered")]
    message = office.slack.expect_message(to=ada)
    assert message.text
    assert not message.blocks


def test_a_message_that_is_refused_however_plain_stops(office: Office) -> None:
    queue(office, "Ada")
    office.slack.fail("chat.postMessage", "invalid_blocks", times=2)
    assert fates(office.deliver_at(DUE)) == [("dead", "invalid_blocks")]


# A channel


def told_team(office: Office) -> tuple[Channel, Person, Person]:
    """Two PMs and their channel, with a story to tell on Friday."""
    channel = office.slack.channel("stories")
    choices = {"tz": "Europe/London", "channel_id": channel.id, "interval_days": 90}
    ada, bo = office.pm("Ada", **choices), office.pm("Bo", **choices)
    tell(office, ada, T(days=1))
    return channel, ada, bo


def tell(office: Office, pm: Person, at, story: str = "They count by hand. Nobody asked.") -> None:
    office.clock.at = at
    office.debrief(pm, "Brightwater Mill", story)


def test_the_owner_of_an_archived_channel_is_told_once(office: Office) -> None:
    channel, ada, _ = told_team(office)
    channel.archived = True
    weeks = [FRIDAY + timedelta(days=7 * week) for week in range(3)]
    for at in weeks:
        office.tick_at(at)
        office.tick_at(at + MINUTE)
    office.slack.expect_message(to=ada, containing="it has been archived")


def test_a_channel_costs_one_call_a_week_while_it_is_gone(office: Office) -> None:
    channel, ada, _ = told_team(office)
    channel.archived = True
    office.tick_at(FRIDAY)
    for minutes in range(1, 30):
        office.tick_at(FRIDAY + minutes * MINUTE)
    office.slack.expect_message(to=ada)
    asked = [call for call in office.slack.calls if call.method == "conversations.info"]
    # Two of them by those who joined.
    assert len(asked) == 3


def test_the_stories_come_with_the_next_digest_once_the_channel_is_back(office: Office) -> None:
    channel, ada, _ = told_team(office)
    channel.archived = True
    office.tick_at(FRIDAY)
    office.tick_at(FRIDAY + MINUTE)
    office.slack.expect_message(to=ada, containing="#stories")
    channel.archived = False
    office.tick_at(FRIDAY + timedelta(days=7))
    office.slack.expect_message(to=channel, containing="They count by hand.")
    with office.services.reading(office.workspace_id) as tx:
        team = teams.of_channel(tx, channel.id)
    assert team is not None
    assert team.lost_for is None


def test_a_digest_that_was_refused_goes_out_when_it_is_redriven(office: Office) -> None:
    channel, ada, _ = told_team(office)
    channel.archived = True
    office.tick_at(FRIDAY)
    office.tick_at(FRIDAY + MINUTE)
    office.slack.expect_message(to=ada)
    channel.archived = False
    assert redrive(office, FRIDAY + 2 * MINUTE) == 1
    office.tick_at(FRIDAY + 2 * MINUTE)
    office.slack.expect_message(to=channel, containing="They count by hand.")
    office.tick_at(FRIDAY + timedelta(days=7))


def test_a_story_written_since_is_not_lost_with_a_digest_that_had_come_through_after_all(
    office: Office,
) -> None:
    channel, ada, _ = told_team(office)
    office.slack.fail("chat.postMessage", "500 after")
    office.tick_at(FRIDAY)
    office.slack.expect_message(to=channel, containing="They count by hand.")
    office.slack.fail("conversations.history", "is_archived")
    office.tick_at(FRIDAY + 10 * MINUTE)
    office.slack.expect_message(to=ada, containing="it has been archived")
    office.clock.at = FRIDAY + 20 * MINUTE
    office.debrief(ada, "Harrow Tiles", "They print it twice.")
    assert redrive(office, FRIDAY + 30 * MINUTE) == 1
    office.tick_at(FRIDAY + 30 * MINUTE)
    office.tick_at(FRIDAY + timedelta(days=7))
    office.slack.expect_message(to=channel, containing="They print it twice.")


def test_whoever_was_to_be_told_of_a_channel_is_not_once_it_is_back(office: Office) -> None:
    # The owner is not to be written to before three, the digest goes out at two.
    channel = office.slack.channel("stories")
    ada = office.pm("Ada", tz="Europe/London", channel_id=channel.id, interval_days=90, at=time(15))
    tell(office, ada, T(days=1))
    channel.archived = True
    office.tick_at(FRIDAY)
    with office.services.transaction(office.workspace_id) as tx:
        teams.posted(tx, int(outbox.dead(tx)[0].subject), channel.id, "1700000000.000001")
    assert ("dropped", "back") in fates(office.deliver_at(FRIDAY + 60 * MINUTE))


# What changes after it was sent


def test_a_story_that_changes_after_it_was_told_is_told_anew_in_its_place(office: Office) -> None:
    channel, _, _ = told_team(office)
    office.tick_at(FRIDAY)
    post = office.slack.expect_message(to=channel, containing="They count by hand.")
    told_in = digest_id(office)
    with office.services.transaction(office.workspace_id) as tx:
        stories.changed(tx, told_in, FRIDAY)
        stories.changed(tx, told_in, FRIDAY)
    office.tick_at(FRIDAY + MINUTE)
    office.slack.expect_update(
        post, containing="A story was changed or taken back after this was posted."
    )


def digest_id(office: Office) -> int:
    with office.services.engine.connect() as connection:
        chosen = select(outbox_table.c.subject).where(outbox_table.c.kind == Kind.DIGEST)
        return int(connection.execute(chosen).scalar_one())


def test_a_change_while_the_message_is_on_its_way_waits_for_it(office: Office) -> None:
    channel, _, _ = told_team(office)
    office.clock.at = FRIDAY
    stories.post_digests(office.services, office.workspace_id, FRIDAY)
    told_in = digest_id(office)
    with office.services.transaction(office.workspace_id) as tx:
        stories.changed(tx, told_in, FRIDAY)
    office.slack.fail("chat.postMessage", "500 before")
    for seconds in range(20):
        office.deliver_at(FRIDAY + seconds * SECOND)
    post = office.slack.expect_message(to=channel)
    office.slack.expect_update(post, containing="changed")


def test_a_nudge_is_drawn_anew_when_a_visit_was_logged_elsewhere(office: Office) -> None:
    (ada,) = queue(office, "Ada")
    office.deliver_at(DUE)
    message = office.slack.expect_message(to=ada)
    customer_id = office.customer("Brightwater Mill", Stage.CUSTOMER)
    office.visit(ada, customer_id, DUE.date())
    with office.services.transaction(office.workspace_id) as tx:
        pm = pms.get(tx, ada.id)
        assert pm is not None
        visits.logged(tx, pm, DUE)
    office.deliver_at(DUE + MINUTE)
    office.slack.expect_update(message, containing="Brightwater Mill")
