"""Health checks and signed commands, each on a connection of its own, and how long they take."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

EVERY_SECONDS, TIMEOUT_SECONDS = 0.1, 20.0
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


@dataclass
class Seen:
    """The seconds that each answer took, and how many were none."""

    health: list[float] = field(default_factory=list)
    commands: list[float] = field(default_factory=list)
    failed: int = 0


class Probes:
    """Asks for health and sends `/visit next`, ten times a second each."""

    def __init__(self, port: int, secret: str, team: str, person: str) -> None:
        self._port = port
        self._verifier = SignatureVerifier(secret)
        self._form = {
            "team_id": team,
            "channel_id": "C0000001",
            "user_id": person,
            "command": "/visit",
            "text": "next",
            "response_url": "http://127.0.0.1:9/response",
            "is_enterprise_install": "false",
        }
        self._sent = 0

    @contextmanager
    def running(self) -> Iterator[Seen]:
        """Probe until the block ends."""
        seen, ended = Seen(), Event()
        threads = [
            Thread(target=self._probe, args=(lambda: HEALTH, b"up", seen, seen.health, ended)),
            Thread(
                target=self._probe,
                args=(self._command, b"next nudge", seen, seen.commands, ended),
            ),
        ]
        for each in threads:
            each.start()
        try:
            yield seen
        finally:
            ended.set()
            for each in threads:
                each.join()

    def _probe(
        self,
        request: Callable[[], bytes],
        expected: bytes,
        seen: Seen,
        took: list[float],
        ended: Event,
    ) -> None:
        while not ended.wait(EVERY_SECONDS):
            sent, started = request(), time.monotonic()
            answer = self._ask(sent)
            took.append(time.monotonic() - started)
            seen.failed += not (answer.startswith(b"HTTP/1.1 200") and expected in answer)

    def _ask(self, request: bytes) -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", self._port), TIMEOUT_SECONDS) as opened:
                opened.sendall(request)
                return b"".join(iter(lambda: opened.recv(65536), b""))
        except OSError:
            return b""

    def _command(self) -> bytes:
        self._sent += 1
        body = urlencode({**self._form, "trigger_id": f"{self._sent}.{time.time()}.probe"})
        stamp = str(int(time.time()))
        signature = self._verifier.generate_signature(timestamp=stamp, body=body)
        lines = (
            "POST /slack/events HTTP/1.1",
            "Host: here",
            "Connection: close",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
            f"X-Slack-Request-Timestamp: {stamp}",
            f"X-Slack-Signature: {signature}",
        )
        return "\r\n".join((*lines, "", body)).encode()
