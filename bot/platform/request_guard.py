"""Checks on requests in front of Bolt, before it parses them: headers, size, signature, shape."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Sequence
from urllib.parse import parse_qs

MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_AGE_SECONDS = 300
READ_TIMEOUT_SECONDS = 20.0
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Rejected(Exception):
    """A request that was rejected; `status` is the HTTP status of its response."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_capped(
    stream: AsyncIterator[bytes],
    content_length: str | None,
    seconds: float = READ_TIMEOUT_SECONDS,
    max_bytes: int = MAX_BODY_BYTES,
) -> bytes:
    """Read the raw body. Raises `Rejected` 413 as soon as it is too large, whatever was declared.

    Raises `Rejected` 408 when it is not there within so many seconds: a client that sends it a byte
    at a time holds a connection and what has come so far.
    """
    if (
        content_length
        and content_length.isascii()
        and content_length.isdigit()
        and int(content_length) > max_bytes
    ):
        raise Rejected(413)
    # Not copied until all are there, as their stream holds the last one too.
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in stream:
                chunks.append(chunk)
                size += len(chunk)
                if size > max_bytes:
                    raise Rejected(413)
    except TimeoutError:
        raise Rejected(408) from None
    return b"".join(chunks)


def check_headers(
    timestamps: Sequence[str], signatures: Sequence[str], seconds: float
) -> tuple[str, str]:
    """Return the time and the signature that a request's headers hold, before its body is read.

    Raises `Rejected` 401 unless both look as Slack sends them, and the time is within five minutes
    of `seconds`. The arguments are the values of the two headers, each time that they occur: Slack
    sends each once. `seconds` is the Unix time of the machine, not of the product's clock: replays
    are real.
    """
    if len(timestamps) != 1 or len(signatures) != 1:
        raise Rejected(401)
    timestamp, signature = timestamps[0], signatures[0]
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        raise Rejected(401)
    if abs(seconds - int(timestamp)) > MAX_AGE_SECONDS or not SIGNATURE.fullmatch(signature):
        raise Rejected(401)
    return timestamp, signature


def check_signature(body: bytes, timestamp: str, signature: str, secret: str) -> None:
    """Raise `Rejected` 401 unless Slack signed these bytes at this time."""
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":", hashlib.sha256)
    digest.update(body)
    if not secret or not hmac.compare_digest("v0=" + digest.hexdigest(), signature):
        raise Rejected(401)


def check_shape(body: bytes, content_type: str) -> None:
    """Raise `Rejected` 400 unless the body is what Slack sends: a JSON object, or a form."""
    try:
        payload = _parse_payload(body.decode("utf-8"), content_type)
    except (ValueError, RecursionError):
        raise Rejected(400) from None
    if not isinstance(payload, dict):
        raise Rejected(400)


def _parse_payload(text: str, content_type: str) -> object:
    if "json" in content_type:
        return json.loads(text)
    form = parse_qs(text, keep_blank_values=True, strict_parsing=True)
    return json.loads(form["payload"][0]) if "payload" in form else form
