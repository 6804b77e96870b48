"""A toy app that shows every block and element of Block Kit, and a workspace to see it in.

All names in it are made up.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.workspace.messages import fill_in_ids
from sandbox.workspace.state import Channel, Message
from tests.sandbox.page.every_block import (
    button,
    field_block,
    form_view,
    gallery_blocks,
    home_view,
    option,
    section,
)

CITIES = ["Aberdeen", "Antwerp", "Bergen", "Bologna", "Cork", "Dundee", "Ghent", "Lund"]
ANY = re.compile(".*")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763386a"
    "9c0100030b0183cbe11f2c0000000049454e44ae426082"
)


def build_manifest() -> dict[str, Any]:
    """Build the toy's manifest."""
    names = {
        "/gallery": "Show every block",
        "/debrief": "Write down a visit",
        "/stack": "Open a modal that pushes another",
        "/slow": "Never answers",
        "/hostile": "Says what a hostile app would",
    }
    scopes = ["chat:write", "commands", "im:write", "im:history", "files:write", "channels:read"]
    return {
        "display_information": {"name": "Nihito"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Nihito"},
            "slash_commands": [
                {"command": name, "description": text, "usage_hint": "[customer]"}
                for name, text in names.items()
            ],
            "shortcuts": [
                {"name": "Record a contact", "type": "message", "callback_id": "contact",
                 "description": "From this message"},
                {"name": "Debrief", "type": "global", "callback_id": "debrief",
                 "description": "Write down a visit"},
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.im"]}},
    }  # fmt: skip


@dataclass
class Received:
    """What reached the app, oldest first."""

    actions: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)


def build_app(sandbox: Sandbox, received: Received, file_id: str) -> App:
    """Build the toy app; its listeners finish before it responds."""
    client = WebClient(sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    app = App(client=client, signing_secret=sandbox.signing_secret, process_before_response=True)
    _add_commands(app, file_id)
    _add_forms(app, received)
    _add_actions(app, received)
    return app


def _add_commands(app: App, file_id: str) -> None:
    @app.command("/gallery")
    def gallery(ack: Any, client: WebClient, command: dict[str, Any]) -> None:
        ack()
        blocks = gallery_blocks(file_id)
        client.chat_postMessage(channel=command["channel_id"], text="Gallery", blocks=blocks)

    @app.command("/hostile")
    def hostile(ack: Any) -> None:
        text = "<script>alert(1)</script> <javascript:alert(1)|click> &lt;img src=x onerror=1&gt;"
        ack(text=text)

    @app.command("/debrief")
    @app.shortcut("debrief")
    @app.shortcut("contact")
    def debrief(ack: Any, client: WebClient, body: dict[str, Any]) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=form_view())
        ack()

    @app.command("/stack")
    def stack(ack: Any, client: WebClient, body: dict[str, Any]) -> None:
        blocks = [section("The first step.", button("push", "Go deeper"))]
        client.views_open(trigger_id=body["trigger_id"], view=form_view(blocks, "First"))
        ack()

    @app.command("/slow")
    def slow() -> None:
        """Acknowledge nothing."""


def _add_forms(app: App, received: Received) -> None:
    @app.view("form")
    def form(ack: Any, view: dict[str, Any]) -> Any:
        received.forms.append(view["state"]["values"])
        name = view["state"]["values"].get("name", {}).get("name_input", {}).get("value")
        if name == "wrong":
            return ack(response_action="errors", errors={"name": "That is not a name."})
        return ack()

    @app.view_closed("form")
    def closed(ack: Any, view: dict[str, Any]) -> None:
        received.closed.append(view)
        ack()

    @app.options("place_input")
    @app.options("more_input")
    def cities(ack: Any, payload: dict[str, Any]) -> None:
        received.typed.append(payload["value"])
        found = [city for city in CITIES if payload["value"].lower() in city.lower()]
        ack(options=[option(city.lower(), city) for city in found])


def _add_actions(app: App, received: Received) -> None:
    @app.action("push")
    def push(ack: Any, client: WebClient, body: dict[str, Any]) -> None:
        blocks = [field_block("why", "Why", "plain_text_input")]
        client.views_push(trigger_id=body["trigger_id"], view=form_view(blocks, "Second"))
        ack()

    @app.action({"action_id": "plan", "block_id": "acts"})
    def plan(ack: Any, client: WebClient, body: dict[str, Any]) -> None:
        ack()
        received.actions.append(body["actions"][0])
        there = body["container"]
        client.chat_update(
            channel=there["channel_id"], ts=there["message_ts"], text="Planned :dart:"
        )

    @app.action(ANY)
    def other(ack: Any, body: dict[str, Any]) -> None:
        received.actions.append(body["actions"][0])
        ack()

    @app.event("app_home_opened")
    def opened(client: WebClient, event: dict[str, Any]) -> None:
        client.views_publish(user_id=event["user"], view=home_view())

    @app.event("message")
    def said() -> None:
        """Receive messages without answering."""


@dataclass(frozen=True)
class Toy:
    """The running workspace with its people."""

    sandbox: Sandbox
    received: Received
    ada: Person
    ben: Person
    guest: Person
    external_user: Person
    deactivated: Person
    general: Channel


def _handler_for(app: App) -> type[BaseHTTPRequestHandler]:
    class RequestHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers: dict[str, str | Sequence[str]] = dict(self.headers.items())
            answer = app.dispatch(BoltRequest(body=body, headers=headers))
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write((answer.body or "").encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    return RequestHandler


@contextmanager
def serving(app: App) -> Iterator[str]:
    """Run the app behind a real HTTP server; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(app))
    thread = threading.Thread(target=lambda: server.serve_forever(0.01))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/slack/events"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running_toy(**options: Any) -> Iterator[Toy]:
    """Run the toy in a workspace with five people and three channels; `options` go to Sandbox."""
    with Sandbox(manifest=build_manifest(), **options) as sandbox:
        ada, ben = (
            sandbox.add_user("Ada Fenn", admin=True),
            sandbox.add_user("Ben Okoro", tz="Asia/Tokyo"),
        )
        guest = sandbox.add_user("Gwen Guest", guest=True)
        external_user = sandbox.add_user("Sol Stranger", stranger=True)
        deactivated = sandbox.add_user("Dora Gone", deleted=True)
        general = sandbox.add_channel("general", members=[ada, ben, guest])
        general.topic = "What happens outside"
        sandbox.add_channel("shared-desk", members=[ada, external_user], ext_shared=True)
        sandbox.add_channel("leads", members=[ada], private=True)
        picture = ada.upload("visits.png", PIXEL, "image/png")
        received = Received()
        with serving(build_app(sandbox, received, picture.id)) as url:
            sandbox.deliver_over_http(url)
            yield Toy(sandbox, received, ada, ben, guest, external_user, deactivated, general)


def add_message(toy: Toy, blocks: Sequence[dict[str, Any]]) -> Message:
    """Add a message of the app to Ada's conversation with it, whatever its blocks are."""
    workspace = toy.sandbox.workspace
    return workspace.add_message(
        Message(
            ts=workspace.new_ts(),
            channel=toy.ada.dm.id,
            user=toy.sandbox.bot_user_id,
            text="Newer blocks",
            blocks=fill_in_ids(workspace, blocks),
        )
    )


def noon() -> datetime:
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
