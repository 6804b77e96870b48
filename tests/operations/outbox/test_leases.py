"""Claims: fair between workspaces, within Slack's rates, and lost by whoever stands still."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select

from bot.db import workspaces
from bot.db.outbox import queries as outbox
from bot.db.outbox import rates
from bot.db.outbox.queries import Kind, Letter
from bot.db.tables.outbox import outbox as outbox_table
from bot.domain.outbox.delivery_policy import Terms
from bot.domain.outbox.outcomes import Outcome
from bot.errors import TooLate
from bot.operations.nudges import scheduling as nudges
from bot.operations.outbox import delivery
from bot.operations.outbox import leases as claims
from bot.operations.outbox.leases import SHARE, Round
from bot.slack.deadlines import within
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, HandClock
from tests.operations.operations_fixture import Office, open_office
from tests.times import T

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
OTHER = "T0000002"


def leave(office: Office, count: int, workspace_id: str = "", kind: Kind = Kind.NUDGE) -> None:
    """Messages that wait, each for somebody else."""
    with office.services.transaction(workspace_id or office.workspace_id) as tx:
        letters = [Letter(f"U{each:04}", "2026-03-16", f"U{each:04}", T()) for each in range(count)]
        outbox.put_all(tx, kind, letters, T())


def take(office: Office, at=None) -> list[outbox.Parcel]:
    """What one process takes at a time."""
    at = at or office.clock.at
    office.clock.at = at
    return list(claims.claim(Round(office.services, at, at)))


def taken_by_the_minute(office: Office, minutes: int) -> list[int]:
    """How many messages are taken in each minute, asking every two seconds."""
    counts = []
    for minute in range(minutes):
        start = T() + minute * MINUTE
        seconds = (start + each * SECOND for each in range(0, 60, 2))
        counts.append(sum(all_there_is(office, at) for at in seconds))
    return counts


def all_there_is(office: Office, at) -> int:
    count = 0
    while found := take(office, at):
        count += len(found)
    return count


def second_workspace(office: Office) -> None:
    with office.services.transaction(OTHER) as tx:
        workspaces.keep(tx, "Elsewhere", "U1", T())


def test_a_share_is_all_that_is_taken_at_once(office: Office) -> None:
    leave(office, 3 * SHARE)
    assert len(take(office)) == SHARE


def test_no_minute_sees_more_messages_than_a_workspace_takes(office: Office) -> None:
    office.services = replace(office.services, terms=Terms(a_minute=60))
    leave(office, 300)
    counts = taken_by_the_minute(office, 4)
    assert all(count <= 60 for count in counts)
    assert sum(counts) > 4 * 50


def test_one_workspaces_crowd_leaves_room_for_another(office: Office) -> None:
    second_workspace(office)
    leave(office, 1000)
    leave(office, 3, OTHER)
    seen = {each.workspace_id for _ in range(20) for each in take(office)}
    assert seen == {office.workspace_id, OTHER}


def test_a_workspace_that_slack_holds_up_holds_up_no_other(office: Office) -> None:
    second_workspace(office)
    leave(office, 10)
    leave(office, 3, OTHER)
    with office.services.transaction(office.workspace_id) as tx:
        rates.hold(tx, "chat.postMessage", T() + MINUTE, T())
    assert {each.workspace_id for each in take(office)} == {OTHER}
    assert take(office) == []


def test_a_method_that_is_held_is_asked_for_again_to_the_second(office: Office) -> None:
    leave(office, 1)
    with office.services.transaction(office.workspace_id) as tx:
        rates.hold(tx, "chat.postMessage", T() + 30 * SECOND, T())
    assert take(office, T() + 29 * SECOND) == []
    assert len(take(office, T() + 30 * SECOND)) == 1


def test_the_longer_of_two_holds_counts(office: Office) -> None:
    for seconds in (30, 10):
        with office.services.transaction(office.workspace_id) as tx:
            rates.hold(tx, "chat.update", T() + seconds * SECOND, T())
    with office.services.reading(office.workspace_id) as tx:
        assert rates.held(tx, T()) == {"chat.update": T() + 30 * SECOND}


def test_what_may_have_been_posted_waits_while_look_ups_are_held(office: Office) -> None:
    leave(office, 1)
    (parcel,) = take(office)
    with office.services.transaction(office.workspace_id) as tx:
        assert outbox.trying(tx, parcel, T(), T())
        rates.hold(tx, "conversations.history", T() + MINUTE, T())
    assert take(office, T() + SECOND) == []
    assert len(take(office, T() + MINUTE)) == 1


def test_two_messages_to_one_place_go_a_second_apart(office: Office) -> None:
    with office.services.transaction(office.workspace_id) as tx:
        letters = [Letter(f"{each}", "2026-03-16", "U0001", T()) for each in range(3)]
        outbox.put_all(tx, Kind.FLAG, letters, T())
    counts = [len(take(office, T() + each * SECOND / 2)) for each in range(6)]
    assert counts == [1, 0, 1, 0, 1, 0]


def test_a_crowd_of_digests_does_not_hold_up_a_nudge(office: Office) -> None:
    leave(office, 100, kind=Kind.DIGEST)
    while take(office):
        pass
    leave(office, 1)
    assert [each.kind for each in take(office)] == [Kind.NUDGE]


def test_a_lease_is_renewed_while_its_messages_are_worked_on(office: Office) -> None:
    office.services = replace(office.services, terms=Terms(lease=timedelta(seconds=0.15)))
    leave(office, 1)
    around = Round(office.services, T(), T())
    claims.claim(around)
    office.clock.at = T() + MINUTE
    with claims.renewing(around):
        assert eventually(lambda: lease(office) > T() + MINUTE)
    claims.let_go(around, [])


def lease(office: Office):
    with office.services.engine.connect() as connection:
        return connection.execute(select(outbox_table.c.lease_until)).scalar_one()


def eventually(holds) -> bool:
    pause = Event()
    return any(holds() or pause.wait(0.02) for _ in range(250))


# The fence


def post(office: Office, person: Person, seconds: float) -> None:
    slack = office.services.slack.only_while(within(seconds))
    slack.call("chat.postMessage", channel=person.id, text="A visit is due.")


def test_within_its_time_a_post_leaves(office: Office) -> None:
    ada = office.slack.user("Ada")
    post(office, ada, 30)
    office.slack.expect_message(to=ada, containing="A visit is due.")


def test_a_post_whose_time_is_over_never_leaves(office: Office) -> None:
    ada = office.slack.user("Ada")
    with pytest.raises(TooLate):
        post(office, ada, 0)


def test_time_is_looked_at_after_the_connection_stands(office: Office) -> None:
    ada = office.slack.user("Ada")
    asked: list[int] = []

    def still_time() -> bool:
        # By now the sandbox has been spoken to: only the body is missing.
        asked.append(len(office.slack.calls))
        return True

    slack = office.services.slack.only_while(still_time)
    slack.call("chat.postMessage", channel=ada.id, text="Now.")
    assert len(asked) == 1
    office.slack.expect_message(to=ada, containing="Now.")


def test_a_process_that_stood_still_before_its_post_leaves_it_to_the_next(office: Office) -> None:
    ada = office.pm("Ada", tz="Europe/London")
    office.services = replace(office.services, terms=Terms(lease=timedelta(), workers=1))
    outcomes = office.tick_at(T(days=14))
    assert ("retried", "too_late") in {(each.fate, each.reason) for each in outcomes}
    office.services = replace(office.services, terms=Terms())
    office.deliver_at(T(days=14) + 10 * SECOND)
    office.slack.expect_message(to=ada)


# Slack's own rates


class Running:
    """A clock that shows `start` when it is made, and goes on as the machine's does."""

    def __init__(self, start: datetime) -> None:
        self.at = start
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._began)


def test_slack_never_has_to_ask_us_to_wait(database: str) -> None:
    with Sandbox(manifest=MANIFEST, rate_limits=True) as slack:
        office = open_office(slack, HandClock(T()), database)
        people = [office.pm(f"Pm {each}", tz="Europe/London") for each in range(40)]
        clock = Running(T(days=14))
        office.services = replace(office.services, clock=clock)
        nudges.remind(office.services, office.workspace_id, clock.now())
        assert eventually(lambda: not deliver(office) and states(office) == {"sent"})
        for each in people:
            slack.expect_message(to=each)
        assert {call.status for call in slack.calls} == {200}
        office.services.engine.dispose()


def deliver(office: Office) -> Sequence[Outcome]:
    return delivery.deliver(office.services, office.services.clock.now())


def states(office: Office) -> set[str]:
    with office.services.engine.connect() as connection:
        return set(connection.execute(select(outbox_table.c.state)).scalars())
