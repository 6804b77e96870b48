"""Failures that a test orders, as the real client sees them, and the rate limits."""

import http.client
import socket
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox.api.faults import RANDOM_FAULTS, Faults
from sandbox.api.rate_limits import POST_BURST, TIERS, RateLimiter
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.sandbox.example_app import manifest

BROKEN = (ConnectionResetError, http.client.RemoteDisconnected, URLError)


@pytest.fixture
def ana(sandbox: Sandbox) -> Person:
    return sandbox.add_user("Ana")


def refused(client: WebClient, to: Person) -> Any:
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=to.id, text="x")
    return caught.value.response


def test_too_many_requests_say_when_to_come_back(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    sandbox.fail("chat.postMessage", "429")
    answer = refused(client, ana)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert client.chat_postMessage(channel=ana.id, text="x")["ok"]


@pytest.mark.parametrize(("how", "posted"), [("500 before", 0), ("500 after", 1)])
def test_a_broken_server_may_have_done_it(
    sandbox: Sandbox, client: WebClient, ana: Person, how: str, posted: int
) -> None:
    sandbox.fail("*", how)
    assert refused(client, ana).status_code == 500
    assert len(ana.messages()) == posted


@pytest.mark.parametrize(("how", "posted"), [("reset before", 0), ("reset after", 1)])
def test_a_reset_connection_may_have_done_it(
    sandbox: Sandbox, client: WebClient, ana: Person, how: str, posted: int
) -> None:
    sandbox.fail("chat.postMessage", how)
    with pytest.raises(BROKEN):
        client.chat_postMessage(channel=ana.id, text="x")
    assert len(ana.messages()) == posted
    assert client.chat_postMessage(channel=ana.id, text="y")["ok"]


def test_the_default_client_posts_twice_after_a_reset(sandbox: Sandbox, ana: Person) -> None:
    sandbox.fail("chat.postMessage", "reset after")
    WebClient(sandbox.bot_token, base_url=sandbox.api_url).chat_postMessage(
        channel=ana.id, text="x"
    )
    assert len(ana.messages()) == 2


def test_a_hanging_call_was_accepted(sandbox: Sandbox, ana: Person) -> None:
    hasty = WebClient(sandbox.bot_token, base_url=sandbox.api_url, timeout=1, retry_handlers=[])
    sandbox.fail("chat.postMessage", "hang")
    with pytest.raises(TimeoutError):
        hasty.chat_postMessage(channel=ana.id, text="x")
    assert len(ana.messages()) == 1


def test_any_error_can_be_ordered_until_healed(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    sandbox.fail("chat.postMessage", "channel_not_found", times=None)
    assert refused(client, ana)["error"] == "channel_not_found"
    assert refused(client, ana)["error"] == "channel_not_found"
    sandbox.clear_faults()
    client.chat_postMessage(channel=ana.id, text="back again")
    sandbox.expect_message(to=ana, containing="back again")
    sandbox.assert_nothing_else()


def met_at_random(share: float, seed: int, calls: int = 1000) -> list[str]:
    faults = Faults()
    faults.add_at_random("chat.postMessage", share, seed)
    assert faults.next_fault("conversations.history") is None
    return [fault for _ in range(calls) if (fault := faults.next_fault("chat.postMessage"))]


def test_a_share_of_the_calls_fails_at_random_and_in_every_way_alike() -> None:
    met = met_at_random(0.3, seed=1, calls=6000)
    assert 1700 < len(met) < 1900
    assert {fault for fault in RANDOM_FAULTS if 250 < met.count(fault) < 350} == set(RANDOM_FAULTS)


def test_the_same_seed_gives_the_same_failures() -> None:
    assert met_at_random(0.3, seed=1) == met_at_random(0.3, seed=1)
    assert met_at_random(0.3, seed=1) != met_at_random(0.3, seed=2)


def test_failures_at_random_are_counted_and_end_with_healing(
    sandbox: Sandbox, client: WebClient, ana: Person
) -> None:
    sandbox.faults.hang_seconds = 0
    sandbox.fail_at_random("chat.postMessage", 1.0, seed=1)
    answers = [_attempt(client, ana) for _ in range(20)]
    hung = sandbox.faults.met["hang"]
    assert answers.count(True) == hung > 0
    acted = hung + sandbox.faults.met["500 after"] + sandbox.faults.met["reset after"]
    assert len(ana.messages()) == acted
    assert sandbox.faults.met.total() == 20
    sandbox.clear_faults()
    assert _attempt(client, ana)


def _attempt(client: WebClient, to: Person) -> bool:
    try:
        return bool(client.chat_postMessage(channel=to.id, text="x")["ok"])
    except (SlackApiError, *BROKEN):
        return False


def test_half_a_request_is_none(
    sandbox: Sandbox, client: WebClient, caplog: pytest.LogCaptureFixture
) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        head = "POST /api/chat.postMessage HTTP/1.1", "Host: sandbox", "Content-Length: 100", "", ""
        connection.sendall("\r\n".join(head).encode())
    client.auth_test()
    assert [call.method for call in sandbox.calls] == ["auth.test"]
    assert not caplog.records


def test_a_response_address_can_fail_and_wears_out(sandbox: Sandbox, ana: Person) -> None:
    ticket = sandbox.workspace.tokens.new_response_url(ana.dm.id, ana.id, None)
    webhook = WebhookClient(f"{sandbox.url}/response/{ticket.id}")
    sandbox.fail("response_url", "500 before")
    assert webhook.send(text="x").status_code == 500
    for _ in range(5):
        assert '"ok": true' in webhook.send(text="x").body
    assert "used_url" in webhook.send(text="x").body


def test_posts_to_one_channel_are_slowed_down() -> None:
    now = [0.0]
    rates = RateLimiter(lambda: now[0])
    assert [rates.wait_for("chat.postMessage", "C1") for _ in range(POST_BURST)] == [0, 0, 0]
    assert rates.wait_for("chat.postMessage", "C1") == 1
    assert rates.wait_for("chat.postMessage", "C2") == 0
    now[0] = 1.0
    assert rates.wait_for("chat.postMessage", "C1") == 0


def test_a_method_has_so_many_calls_a_minute() -> None:
    now = [0.0]
    rates = RateLimiter(lambda: now[0])
    allowed = TIERS["users.list"]
    assert {rates.wait_for("users.list") for _ in range(allowed)} == {0}
    now[0] = 20.0
    assert rates.wait_for("users.list") == 40
    now[0] = 60.0
    assert rates.wait_for("users.list") == 0


def test_rates_are_answered_with_429() -> None:
    with Sandbox(manifest=manifest(), rate_limits=True) as sandbox:
        client = WebClient(sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
        ana = sandbox.add_user("Ana")
        for _ in range(POST_BURST):
            client.chat_postMessage(channel=ana.id, text="x")
        assert refused(client, ana).headers["Retry-After"] == "1"
