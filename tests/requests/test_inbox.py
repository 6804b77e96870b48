"""Events are stored before they are acked, and what one process leaves another finishes."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from bot.domain.outbox.outcomes import DeliveryStatus
from bot.operations.inbox import requests as inbox
from bot.operations.staff import directory as staff
from handlers.dispatcher import Dispatcher
from handlers.requests import RequestKind, deduplication_key
from handlers.routes import build_dispatcher
from sandbox.delivery import payloads
from sandbox.person import Person
from tests.conftest import Nihito
from tests.forms import form_helpers
from tests.forms.test_database_away import AWAY
from tests.forms.test_database_away import EVERYWHERE as AWAY_EVERYWHERE
from tests.times import T

EVERYWHERE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
AFTER_LEASE = inbox.LEASE.total_seconds() / 60


class DiscardingExecutor(Executor):
    """Threads of a process that was killed right after its ack."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **known: Any) -> Future[Any]:
        return Future()


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    return form_helpers.new_pm(nihito)


def dispatcher_of_killed_process(nihito: Nihito) -> Dispatcher:
    """Return the dispatcher of a process that is killed between the ack and the work."""
    return build_dispatcher(nihito.services, DiscardingExecutor())


def home_opened_event(nihito: Nihito, person: Person) -> dict[str, Any]:
    """Build the event of a person who opens their Home."""
    workspace = nihito.slack.workspace
    event = {"type": "app_home_opened", "user": person.id, "tab": "home", "channel": "D1"}
    return payloads.event_envelope(workspace, event, person.user, ext_shared=False)


def leave_unfinished_event(nihito: Nihito, person: Person) -> None:
    """Dispatch an event in a process that acks it and does nothing more."""
    assert dispatcher_of_killed_process(nihito).dispatch(
        RequestKind.EVENT, home_opened_event(nihito, person), nihito.workspace_id
    )


def resume_events(nihito: Nihito, minutes: float) -> None:
    nihito.application.dispatcher.resume_events(nihito.services, T(minutes=minutes))
    nihito.wait_until_idle()


def events(nihito: Nihito) -> list[Any]:
    return [each for each in form_helpers.table_rows(nihito, "inbox") if each["kind"] == "event"]


@EVERYWHERE
def test_an_event_is_stored_before_it_is_acknowledged(nihito: Nihito, ada: Person) -> None:
    leave_unfinished_event(nihito, ada)
    (row,) = events(nihito)
    assert (row["payload"]["event"]["user"], row["done_at"]) == (ada.id, None)
    assert ada.home is None


@EVERYWHERE
def test_what_a_killed_copy_acknowledged_another_one_finishes_after_a_while(
    nihito: Nihito, ada: Person
) -> None:
    leave_unfinished_event(nihito, ada)
    resume_events(nihito, AFTER_LEASE / 2)
    assert ada.home is None
    resume_events(nihito, AFTER_LEASE)
    assert ada.home is not None
    (row,) = events(nihito)
    assert (row["done_at"] is None, row["payload"]) == (False, None)


@EVERYWHERE
def test_of_copies_that_resume_at_once_one_does_the_work(nihito: Nihito, ada: Person) -> None:
    leave_unfinished_event(nihito, ada)
    with ThreadPoolExecutor(4) as copies:
        list(copies.map(lambda _: resume_events(nihito, AFTER_LEASE), range(4)))
    assert [each.method for each in nihito.slack.calls].count("views.publish") == 1


def test_what_is_finished_is_not_resumed(nihito: Nihito, ada: Person) -> None:
    ada.open_home()
    nihito.wait_until_idle()
    resume_events(nihito, AFTER_LEASE)
    assert [each.method for each in nihito.slack.calls].count("views.publish") == 1


def test_an_event_that_came_again_is_worked_on_once(nihito: Nihito, ada: Person) -> None:
    ada.open_home()
    nihito.slack.resend_last()
    nihito.wait_until_idle()
    assert [each.method for each in nihito.slack.calls].count("views.publish") == 1


@EVERYWHERE
def test_what_fails_again_and_again_is_given_up_and_reported(nihito: Nihito, ada: Person) -> None:
    leave_unfinished_event(nihito, ada)
    for attempt in range(1, inbox.MAX_ATTEMPTS + 1):
        dispatcher_of_killed_process(nihito).resume_events(
            nihito.services, T(minutes=attempt * AFTER_LEASE)
        )
    at = T(minutes=(inbox.MAX_ATTEMPTS + 2) * AFTER_LEASE)
    (outcome,) = inbox.clean_up(nihito.services, nihito.workspace_id, at)
    (row,) = events(nihito)
    assert (outcome.status, row["payload"], row["attempts"]) == (DeliveryStatus.DEAD, None, 5)
    resume_events(nihito, 1000)
    assert ada.home is None


@pytest.mark.usefixtures("ada")
@EVERYWHERE
def test_what_was_received_two_days_ago_is_forgotten(nihito: Nihito) -> None:
    assert form_helpers.count_rows(nihito, "inbox") != (0,)
    inbox.clean_up(nihito.services, nihito.workspace_id, T(hours=47))
    assert form_helpers.count_rows(nihito, "inbox") != (0,)
    inbox.clean_up(nihito.services, nihito.workspace_id, T(hours=49))
    assert form_helpers.count_rows(nihito, "inbox") == (0,)


@EVERYWHERE
def test_nothing_that_somebody_typed_is_kept_of_a_form(nihito: Nihito, ada: Person) -> None:
    nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.submit({"story": form_helpers.STORY})
    nihito.slack.expect_message(to=ada, containing="is kept")
    assert {each["payload"] for each in form_helpers.table_rows(nihito, "inbox")} == {None}


@AWAY_EVERYWHERE
def test_an_event_is_not_acknowledged_while_the_database_is_away(
    nihito: Nihito, ada: Person, away
) -> None:
    with away(nihito):
        payload = home_opened_event(nihito, ada)
        outcome = nihito.slack.delivery._send_once("events_api", payload)
        assert (outcome.acked, outcome.status) == (False, 503)
    nihito.slack.record.unacked.clear()
    assert nihito.slack.delivery._send_once("events_api", payload).acked
    nihito.wait_until_idle()
    assert ada.home is not None


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
def test_nor_over_socket_mode(nihito: Nihito, ada: Person) -> None:
    nihito.slack.delivery.ack_seconds = 3.0
    with AWAY["sqlite"](nihito):
        payload = home_opened_event(nihito, ada)
        assert not nihito.slack.delivery._send_once("events_api", payload).acked
    nihito.slack.record.unacked.clear()
    assert nihito.slack.delivery._send_once("events_api", payload).acked
    nihito.wait_until_idle()
    assert ada.home is not None


@EVERYWHERE
def test_a_form_with_errors_stays_open_however_often_it_is_delivered(
    nihito: Nihito, ada: Person
) -> None:
    view = nihito.open_form(ada, "/debrief", "Brightwater Mill")
    ada.fill(story=form_helpers.STORY, on="2027-01-01")
    slack = nihito.slack
    payload = payloads.view_submission(slack.workspace, ada.user, view)
    sent = slack.delivery.send_to_all("interactive", payload, [slack.delivery.http_url] * 4)
    assert [each.body.get("response_action") for each in sent] == ["errors"] * 4
    assert len({str(each.body) for each in sent}) == 1
    assert form_helpers.count_rows(nihito, "debriefs") == (0,)


@pytest.mark.parametrize("who", ["people we know", "people about whom Slack is asked first"])
def test_a_burst_is_acknowledged_while_slack_hangs(nihito: Nihito, who: str) -> None:
    people = [nihito.slack.add_user(f"Person {number}") for number in range(30)]
    if who == "people we know":
        staff.refresh_all(nihito.services, nihito.workspace_id, nihito.clock.at)
    nihito.slack.faults.hang_seconds = 2.0
    for method in ("users.info", "response_url"):
        nihito.slack.fail(method, "hang", times=None)
    with ThreadPoolExecutor(len(people)) as typing:
        heard = list(typing.map(lambda each: each.run("/visit", "help"), people))
    assert max(each.took for each in heard) < nihito.slack.faults.hang_seconds
    for person, outcome in zip(people, heard, strict=True):
        told = outcome.text or nihito.slack.expect_message(to=person, timeout=20).text
        assert "What you can ask for" in told


def test_payloads_are_known_by_slacks_own_ids() -> None:
    assert (
        deduplication_key(RequestKind.EVENT, {"event_id": "Ev1", "trigger_id": "1.2"})
        == "event:Ev1"
    )
    assert deduplication_key(RequestKind.ACTION, {"trigger_id": "1.2"}) == "action:1.2"


@pytest.mark.parametrize("own", [{}, {"trigger_id": ""}, {"trigger_id": "x" * 300}])
def test_without_an_id_a_payload_is_known_by_what_it_says(own: dict[str, str]) -> None:
    said = {"command": "/visit", "response_url": "http://here/1", **own}
    assert deduplication_key(RequestKind.COMMAND, said) == deduplication_key(
        RequestKind.COMMAND, dict(reversed(said.items()))
    )
    assert deduplication_key(RequestKind.COMMAND, said) != deduplication_key(
        RequestKind.COMMAND, said | {"response_url": "http://here/2"}
    )
    assert len(deduplication_key(RequestKind.COMMAND, said)) < 100


def test_a_twin_waits_for_the_answer_of_the_first(nihito: Nihito, ada: Person) -> None:
    noted = inbox.Inbox(nihito.services)
    payload = inbox.InboxPayload("command:1.2", "command")
    arrival = inbox.ReceivedPayload(nihito.workspace_id, payload, ada.id, nihito.clock.at)
    assert noted.receive(arrival).new
    assert not noted.receive(arrival).new
    with ThreadPoolExecutor(1) as twin:
        started = time.monotonic()
        heard = twin.submit(noted.get_response, nihito.workspace_id, payload.key, 2.0)
        noted.complete(nihito.workspace_id, payload.key, {"text": "Here."}, nihito.clock.at, 1.0)
        assert heard.result() == {"text": "Here."}
    assert time.monotonic() - started < inbox.TIMEOUT_SECONDS
