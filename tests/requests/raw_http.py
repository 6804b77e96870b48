"""Requests as bytes: signed as Slack signs, or not, over real sockets."""

import hashlib
import hmac
import http.client
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import TypeVar
from urllib.parse import urlsplit

SECRET = "sandbox-signing-secret"
PATH = "/slack/events"
BODY = b'{"type": "url_verification", "challenge": "here I am"}'
MAX_BODY_BYTES = 2 * 1024 * 1024
MEGABYTE = 1024 * 1024
Result = TypeVar("Given")
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def signature(body: bytes, stamp: bytes | str, secret: str = SECRET) -> str:
    """Return the signature that Slack puts into the header."""
    at = stamp.encode() if isinstance(stamp, str) else stamp
    signed = b"v0:" + at + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_headers(body: bytes, *, ago: int = 0, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a body signed so many seconds ago."""
    stamp = str(int(time.time()) - ago)
    return {STAMP: stamp, SIGNATURE: signature(body, stamp, secret)}


def forged_headers(*, ago: int = 0) -> dict[str, str]:
    """Return headers of the shape that Slack sends, with a signature of nothing."""
    return {STAMP: str(int(time.time()) - ago), SIGNATURE: "v0=" + "0" * 64}


def as_lines(headers: dict[str, str]) -> list[str]:
    """Return headers as lines of a head."""
    return [f"{name}: {value}" for name, value in headers.items()]


def post(url: str, body: bytes, headers: dict[str, str], kind: str = JSON) -> int:
    """Post a body; return the status of the response."""
    return ask(url, "POST", PATH, body, headers | {"Content-Type": kind})[0]


def ask(
    url: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """Send a request; return the status and the body of the response."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def connect(url: str) -> socket.socket:
    """Open a bare connection."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)


def head(*lines: str | bytes) -> bytes:
    """Build the head of a POST."""
    first = (f"POST {PATH} HTTP/1.1", "Host: here", f"Content-Type: {JSON}", *lines)
    return b"".join((x.encode() if isinstance(x, str) else x) + b"\r\n" for x in first) + b"\r\n"


def read_status(open_socket: socket.socket) -> int:
    """Read the status of the next response on a connection."""
    first = b""
    while b"\r\n" not in first:
        read = open_socket.recv(4096)
        if not read:
            raise AssertionError(f"the server hung up after {first!r}")
        first += read
    return int(first.split()[1])


def send(url: str, *parts: bytes) -> int:
    """Send these bytes on a new connection; return the status of the response."""
    with connect(url) as opened:
        for part in parts:
            opened.sendall(part)
        return read_status(opened)


def send_chunked(url: str, chunk: bytes, times: int) -> tuple[int, int]:
    """Send a chunked body until the response or the cut-off; return the status and bytes sent."""
    framed = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
    frames = chain(repeat(framed, times), [b"0\r\n\r\n"])
    with connect(url) as opened:
        opened.sendall(head(*as_lines(forged_headers()), "Transfer-Encoding: chunked"))
        sent = _send_frames(opened, frames)
        return read_status(opened), sent


def _send_frames(opened: socket.socket, frames: Iterable[bytes]) -> int:
    sent = 0
    for frame in frames:
        try:
            opened.sendall(frame)
        except (BrokenPipeError, ConnectionResetError):
            break
        sent += len(frame)
    return sent


def peak_memory(act: Callable[[], Result]) -> tuple[Result, int]:
    """Return what an act returns, and the most bytes held meanwhile."""
    tracemalloc.start()
    try:
        return act(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
