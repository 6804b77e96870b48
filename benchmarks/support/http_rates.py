"""Requests a second that a server manages for an application which does nothing."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from bot.platform.connections import Limits
from bot.platform.http_server import BoundedServer

BOUNDED, PLAIN, PARSED_IN_C = "bounded", "uvicorn with h11", "uvicorn with httptools"
CONNECTIONS, SECONDS, TIMEOUT_SECONDS = 32, 2.0, 20.0
BODY = b"x" * 400
HEADERS = (
    "POST /slack/events HTTP/1.1",
    "Host: nihito.example.org",
    "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)",
    "Accept-Encoding: gzip,deflate",
    "Accept: application/json,*/*",
    "Content-Type: application/x-www-form-urlencoded",
    f"X-Slack-Signature: v0={'0' * 64}",
    "X-Slack-Request-Timestamp: 1772452800",
    f"Content-Length: {len(BODY)}",
)
REQUEST = "\r\n".join((*HEADERS, "", "")).encode() + BODY
ANSWER = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}


def measure_rates() -> Mapping[str, float]:
    """Measure each server; httptools only where it is installed."""
    names = [BOUNDED, PLAIN, *([PARSED_IN_C] if find_spec("httptools") else [])]
    return {name: _rate(name) for name in names}


async def answer(_scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, and answer with two bytes."""
    while (await receive()).get("more_body"):
        pass
    await send(ANSWER)
    await send({"type": "http.response.body", "body": b"{}"})


def serve(name: str, port: int) -> None:
    """Serve until this process is killed."""
    if name == BOUNDED:
        BoundedServer(answer, "127.0.0.1", port, Limits(2 * CONNECTIONS)).run()
    options: dict[str, Any] = {"log_config": None, "access_log": False, "lifespan": "off"}
    http = "h11" if name == PLAIN else "httptools"
    uvicorn.run(answer, host="127.0.0.1", port=port, http=http, **options)


def _rate(name: str) -> float:
    with _served(name) as port:
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
        count, started = 0, time.monotonic()
        while time.monotonic() < started + SECONDS:
            for each in clients:
                each.sendall(REQUEST)
            for each in clients:
                _read(each)
            count += CONNECTIONS
        took = time.monotonic() - started
        for each in clients:
            each.close()
    return count / took


def _read(client: socket.socket) -> None:
    answer = b""
    while not answer.endswith(b"{}"):
        read = client.recv(4096)
        if not read:
            raise ValueError(f"the server hung up after {answer!r}")
        answer += read


@contextmanager
def _served(name: str) -> Iterator[int]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    process = get_context("spawn").Process(target=serve, args=(name, port), daemon=True)
    process.start()
    try:
        _wait_until_open(port)
        yield port
    finally:
        process.kill()
        process.join()


def _wait_until_open(port: int) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError("the server did not start")
