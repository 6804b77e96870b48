"""Clients that take what they can of an HTTP server, without a signature."""

import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
PAUSE_SECONDS, OPENED_IN_A_PASS, CONNECT_SECONDS = 0.05, 10, 5.0
SMALL_BUFFER = 4096


@dataclass(frozen=True)
class Flood:
    """So many connections, each of which sends these bytes and waits, or reads nothing of answers.

    One that the server closes is opened again, 200 of them a second. `tail` is sent after `start`,
    again and again, with `seconds` in between. `at_once` opens all of them at the beginning.
    """

    connections: int
    start: bytes | Callable[[], bytes]
    tail: bytes = b""
    seconds: float = 0.0
    reads: bool = True
    at_once: bool = True


def _post(*headers: str, body: bytes = b"") -> bytes:
    lines = ("POST /slack/events HTTP/1.1", "Host: here", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


def _forged(*headers: str, body: bytes = b"") -> bytes:
    """Build a request with headers of the shape that Slack sends, and a fresh time."""
    signature = f"X-Slack-Signature: v0={'0' * 64}"
    return _post(f"X-Slack-Request-Timestamp: {int(time.time())}", signature, *headers, body=body)


GET = b"GET /%s HTTP/1.1\r\nHost: here\r\n\r\n"
LENGTH, CHUNKED = f"Content-Length: {2 * MEGABYTE}", "Transfer-Encoding: chunked"
MOST_OF_IT = bytes(2 * MEGABYTE - 1)

ALL: Mapping[str, Flood] = {
    "no attack": Flood(0, b""),
    "headers without end": Flood(1, b"GET / HTTP/1.1\r\n", tail=b"A: b\r\n" * 170_000),
    "one header without end": Flood(1, b"GET / HTTP/1.1\r\nA: ", tail=b"a" * MEGABYTE),
    "2,000 half-sent requests": Flood(2000, b"GET / HTTP/1.1\r\nX-"),
    "2,000 that send nothing": Flood(2000, b""),
    "1,000 headers of almost 64 kB": Flood(1000, b"GET / HTTP/1.1\r\nA: " + b"a" * 65_000),
    "250 unsigned bodies of 2 MB": Flood(250, lambda: _post(LENGTH, body=MOST_OF_IT)),
    "250 forged bodies of 2 MB": Flood(250, lambda: _forged(LENGTH, body=MOST_OF_IT)),
    "250 forged bodies, a byte at a time": Flood(250, lambda: _forged(LENGTH), tail=b"x"),
    "100 forged bodies of 1-byte chunks": Flood(
        100, lambda: _forged(CHUNKED, body=b"1\r\nx\r\n" * 1000)
    ),
    "100 slow readers": Flood(
        100, GET % b"metrics", tail=GET % b"metrics", seconds=1.0, reads=False, at_once=False
    ),
    "500 that send requests ahead": Flood(500, GET % b"metrics" * 200),
    "2,000 idle after an answer": Flood(2000, GET % b"healthz", at_once=False),
    "200 that go on after a 404": Flood(200, _post(LENGTH).replace(b"slack", b"other"), tail=b"x"),
    "200 that speak TLS": Flood(200, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(500)),
    "200 that ask to upgrade": Flood(
        200,
        GET.replace(b"\r\n\r\n", b"\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n") % b"x",
    ),
}


def main(name: str, port: int) -> None:
    """Print a line, and flood a port until this process is killed."""
    flood = ALL[name]
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    opened: list[_Client] = []
    in_a_pass = flood.connections if flood.at_once else OPENED_IN_A_PASS
    while True:
        opened = [each for each in opened if each.goes_on()]
        missing = flood.connections - len(opened)
        for _ in range(min(missing, in_a_pass)):
            with suppress(OSError):
                opened.append(_Client(flood, port))
        in_a_pass = OPENED_IN_A_PASS
        time.sleep(PAUSE_SECONDS)


class _Client:
    def __init__(self, flood: Flood, port: int) -> None:
        self._flood = flood
        self._unsent = flood.start if isinstance(flood.start, bytes) else flood.start()
        self._tail_at = time.monotonic() + flood.seconds
        self._socket = socket.socket()
        if not flood.reads:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self._socket.settimeout(CONNECT_SECONDS)
        self._socket.connect(("127.0.0.1", port))
        self._socket.setblocking(False)

    def goes_on(self) -> bool:
        """Send more if there is more; return False once the server has closed the connection."""
        try:
            self._send()
            closed = self._flood.reads and self._socket.recv(MEGABYTE) == b""
        except BlockingIOError:
            return True
        except OSError:
            closed = True
        if closed:
            self._socket.close()
        return not closed

    def _send(self) -> None:
        if not self._unsent and time.monotonic() >= self._tail_at:
            self._unsent = self._flood.tail
            self._tail_at += self._flood.seconds
        if self._unsent:
            with suppress(BlockingIOError):
                self._unsent = self._unsent[self._socket.send(self._unsent) :]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
