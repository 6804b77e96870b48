"""A sandbox, a small Bolt app and the two transports between them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.server import Sandbox
from tests.sandbox.example_app import manifest
from tests.support.socket_mode import close_socket_mode


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(manifest=manifest()) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    return WebClient(sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])


@pytest.fixture
def app(sandbox: Sandbox, client: WebClient) -> App:
    """Return a Bolt app without listeners that does its work before it responds."""
    return App(client=client, signing_secret=sandbox.signing_secret, process_before_response=True)


@pytest.fixture
def over_http(sandbox: Sandbox, app: App) -> Iterator[None]:
    """Deliver to `app` in signed HTTP requests."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(app))
    thread = threading.Thread(target=lambda: server.serve_forever(0.01))
    thread.start()
    sandbox.deliver_over_http(f"http://127.0.0.1:{server.server_port}/slack/events")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def over_socket(sandbox: Sandbox, app: App) -> Iterator[SocketModeHandler]:
    """Deliver to `app` in Socket Mode envelopes."""
    handler = SocketModeHandler(app, sandbox.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    sandbox.wait_for_connection()
    yield handler
    close_socket_mode(sandbox, handler)


def _handler_for(app: App) -> type[BaseHTTPRequestHandler]:
    class RequestHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers: dict[str, Any] = dict(self.headers)
            answer = app.dispatch(BoltRequest(body=body, headers=headers))
            self.send_response(answer.status)
            for name, value in answer.first_headers().items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing: the test reports what went wrong."""

    return RequestHandler
