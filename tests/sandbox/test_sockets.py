"""The app connects over Socket Mode with the real client."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sandbox.server import Sandbox
from tests.sandbox.example_app import modal


def listen(app: App) -> list[str]:
    """Add a command that opens a form, the form, a button and messages; return what they got."""
    heard: list[str] = []

    @app.command("/probe")
    def probe(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        element = {"type": "plain_text_input", "action_id": "words"}
        label = {"type": "plain_text", "text": "Story"}
        story = {"type": "input", "block_id": "story", "label": label, "element": element}
        client.views_open(trigger_id=body["trigger_id"], view=modal(story))

    @app.view("form")
    def save(ack: Ack, view: dict[str, Any]) -> None:
        heard.append(view["state"]["values"]["story"]["words"]["value"])
        if heard[-1] == "no":
            ack(response_action="errors", errors={"story": "Say more."})
        else:
            ack()

    @app.event("message")
    def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    return heard


@pytest.mark.usefixtures("over_socket")
def test_a_form_is_opened_refused_and_saved(sandbox: Sandbox, app: App) -> None:
    heard = listen(app)
    ana = sandbox.add_user("Ana")
    assert ana.run("/probe").acked
    assert ana.submit({"story": "no"}).errors == {"story": "Say more."}
    assert ana.submit({"story": "They copy it by hand."}).errors == {}
    assert ana.view is None
    ana.say(ana.dm, "hello")
    assert heard == ["no", "They copy it by hand.", "hello"]
    sandbox.assert_nothing_else()


@contextmanager
def bare_socket(address: str) -> Iterator[ClientConnection]:
    """Open a bare connection, to see each frame."""
    with connect(address, open_timeout=5) as bare:
        yield bare


def new_address(sandbox: Sandbox) -> str:
    client = WebClient(base_url=sandbox.api_url)
    return str(client.apps_connections_open(app_token=sandbox.app_token)["url"])


def test_a_dropped_connection_is_told_and_an_event_waits_for_the_next(sandbox: Sandbox) -> None:
    ana = sandbox.add_user("Ana")
    saying = threading.Thread(target=ana.say, args=(ana.dm, "after the break"))
    with bare_socket(new_address(sandbox)) as first:
        assert json.loads(first.recv())["type"] == "hello"
        sandbox.wait_for_connection()
        sandbox.drop_connections("warning")
        assert json.loads(first.recv())["reason"] == "warning"
        with pytest.raises(ConnectionClosed):
            first.recv()
    saying.start()
    with bare_socket(new_address(sandbox)) as second:
        assert json.loads(second.recv())["num_connections"] == 1
        envelope = json.loads(second.recv())
        second.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        saying.join()
    assert envelope["payload"]["event"]["text"] == "after the break"
    assert envelope["retry_attempt"] == 0
    sandbox.assert_nothing_else()


@pytest.mark.parametrize(("with_frame", "code"), [(True, 1001), (False, 1006)])
def test_a_connection_is_closed_with_a_frame_or_without(
    sandbox: Sandbox, with_frame: bool, code: int
) -> None:
    with bare_socket(new_address(sandbox)) as bare:
        bare.recv()
        sandbox.wait_for_connection()
        sandbox.close_connections(with_frame=with_frame)
        with pytest.raises(ConnectionClosed):
            bare.recv()
        assert bare.close_code == code


@pytest.mark.usefixtures("over_socket")
def test_the_real_handler_comes_back_when_it_is_told_to(sandbox: Sandbox, app: App) -> None:
    listen(app)
    sandbox.drop_connections("refresh_requested")
    sandbox.hub.wait_until_disconnected(1)
    sandbox.wait_for_connection()
    assert sandbox.add_user("Ana").run("/probe").acked


def test_a_made_up_ticket_opens_nothing(sandbox: Sandbox) -> None:
    address = f"ws{sandbox.url.removeprefix('http')}/link/?ticket=made-up"
    with bare_socket(address) as bare, pytest.raises(ConnectionClosed):
        bare.recv()


@pytest.mark.usefixtures("over_socket")
def test_no_ack_is_told_to_the_person(sandbox: Sandbox) -> None:
    sandbox.delivery.ack_seconds = 0.1
    outcome = sandbox.add_user("Ana").run("/probe")
    assert not outcome.acked
    assert "operation_timeout" in outcome.text
    assert [u.kind for u in sandbox.unacked] == ["slash_commands"]


def test_without_any_connection_the_person_is_told_at_once(sandbox: Sandbox) -> None:
    outcome = sandbox.add_user("Ana").run("/probe")
    assert outcome.took < 1
    assert "dispatch_failed" in outcome.text


def test_a_sandbox_stops_at_once_under_an_open_connection(
    sandbox: Sandbox, over_socket: SocketModeHandler
) -> None:
    over_socket.client.auto_reconnect_enabled = False
    sandbox.stop()
    assert not sandbox.hub.wait_for_connection(0)
