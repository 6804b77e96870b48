"""The facade: expectations, waiting, the clock and a quick shutdown."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox.server import Sandbox
from tests.sandbox.example_app import manifest

T0 = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_an_unexpected_message_is_listed(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana")
    client.chat_postMessage(channel=ana.id, text="surprise")
    with pytest.raises(AssertionError, match="surprise"):
        sandbox.assert_nothing_else()
    sandbox.expect_message(to=ana.dm, containing="surprise")
    sandbox.assert_nothing_else()


def test_a_message_is_expected_once(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana")
    client.chat_postMessage(channel=ana.id, text="one")
    sandbox.expect_message(to=ana)
    with pytest.raises(AssertionError, match="no new"):
        sandbox.expect_message(to=ana, timeout=0)


def test_a_later_message_is_waited_for(sandbox: Sandbox, client: WebClient) -> None:
    ana = sandbox.add_user("Ana")
    posting = threading.Thread(
        target=client.chat_postMessage, kwargs={"channel": ana.id, "text": "x"}
    )
    posting.start()
    assert sandbox.expect_message(to=ana).text == "x"
    posting.join()


def test_a_refusal_nobody_expected_is_listed(sandbox: Sandbox, client: WebClient) -> None:
    with pytest.raises(SlackApiError):
        client.api_call("no.such", json={})
    with pytest.raises(AssertionError, match="unknown_method"):
        sandbox.assert_nothing_else()
    assert sandbox.expect_refusal("no.such", "unknown_method").status == 200
    sandbox.assert_nothing_else()


def test_messages_carry_the_time_of_the_workspace() -> None:
    with Sandbox(manifest=manifest(), now=lambda: T0) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        posted = client.chat_postMessage(channel=sandbox.add_user("Ana").id, text="x")
        assert int(float(posted["ts"])) == int(T0.timestamp())


def test_a_response_address_lives_half_an_hour() -> None:
    moment = [T0]
    with Sandbox(manifest=manifest(), now=lambda: moment[0]) as sandbox:
        ana = sandbox.add_user("Ana")
        ticket = sandbox.workspace.tokens.new_response_url(ana.dm.id, ana.id, None)
        moment[0] += timedelta(minutes=31)
        webhook = WebhookClient(f"{sandbox.url}/response/{ticket.id}")
        assert "expired_url" in webhook.send(text="x").body


def test_many_callers_at_once_lose_nothing(sandbox: Sandbox, client: WebClient) -> None:
    general = sandbox.add_channel("general")
    with ThreadPoolExecutor(8) as pool:
        calls = [
            pool.submit(client.chat_postMessage, channel=general.id, text=str(n)) for n in range(80)
        ]
        stamps = [call.result()["ts"] for call in calls]
    assert len(set(stamps)) == 80
    listed = sandbox.workspace.messages[general.id]
    assert [m.ts for m in listed] == sorted(stamps)


def test_waiters_are_let_go_when_it_stops(sandbox: Sandbox) -> None:
    done: list[int] = []
    revision = sandbox.workspace.revision
    waiter = threading.Thread(
        target=lambda: done.append(sandbox.workspace.wait_for_change(revision, 30))
    )
    waiter.start()
    sandbox.stop()
    waiter.join(1)
    assert done == [revision]


def test_a_change_wakes_who_waits(sandbox: Sandbox) -> None:
    revision = sandbox.workspace.revision
    sandbox.add_user("Ana")
    assert sandbox.workspace.wait_for_change(revision, 1) > revision


def test_it_stops_at_once_under_a_hanging_call(
    sandbox: Sandbox, client: WebClient, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.fail("*", "hang")
    ends: list[BaseException] = []

    def hang() -> None:
        try:
            client.auth_test()
        except OSError as error:
            ends.append(error)

    caller = threading.Thread(target=hang)
    caller.start()
    assert sandbox.workspace.wait_until(lambda: sandbox.calls or None, 5)
    started = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - started < 0.5
    caller.join()
    errors = [r for r in caplog.records if r.name.startswith("uvicorn") and r.levelname == "ERROR"]
    assert errors == []
