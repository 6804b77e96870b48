"""Delivery of payloads over Socket Mode or signed HTTP, with three seconds to acknowledge."""

import copy
import http.client
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from slack_sdk.signature import SignatureVerifier

from sandbox.call_record import CallRecord
from sandbox.delivery.socket_mode import SocketHub
from sandbox.workspace.state import Workspace

ACK_SECONDS = 3.0
RETRIES = 3
PayloadKind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True)
class DeliveryResult:
    """The result of one delivery; `status` is 0 without a response, `took` is in seconds."""

    acked: bool
    status: int
    took: float
    body: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    retry: bool = True


class PayloadDelivery:
    """Sends payloads to the app; never call it while holding the workspace's lock."""

    def __init__(self, workspace: Workspace, hub: SocketHub, record: CallRecord) -> None:
        self.workspace = workspace
        self.installation = workspace.installation
        self._hub = hub
        self.record = record
        self._numbers = itertools.count(1)
        self._last: tuple[PayloadKind, dict[str, Any]] | None = None
        self.http_url: str | None = None
        self.ack_seconds = ACK_SECONDS

    def send(self, kind: PayloadKind, build: Callable[[], dict[str, Any]]) -> DeliveryResult:
        """Deliver a payload; an event is retried at once, up to three times, until acknowledged.

        `build` makes the payload under the workspace's lock.
        """
        with self.workspace.lock:
            # A payload refers to live state; the copy that is sent must not change.
            payload = copy.deepcopy(build())
        self._last = (kind, payload)
        delivered = self._send_once(kind, payload)
        if kind != "events_api":
            return delivered
        for attempt in range(1, RETRIES + 1):
            if delivered.acked or not delivered.retry:
                break
            delivered = self._send_once(kind, payload, attempt, delivered.reason)
        return delivered

    def resend_last(self) -> DeliveryResult:
        if self._last is None:
            raise AssertionError("nothing was delivered yet")
        kind, payload = self._last
        if kind == "events_api":
            return self._send_once(kind, payload, 1, "http_timeout")
        return self._send_once(kind, payload)

    def send_to_all(
        self, kind: PayloadKind, payload: dict[str, Any], urls: Sequence[str]
    ) -> list[DeliveryResult]:
        """Deliver one payload to several URLs at once, as when acknowledgements get lost."""
        with ThreadPoolExecutor(len(urls)) as pool:
            posted = pool.map(
                lambda url: self._over_http(url, kind, payload, 0, "", time.monotonic()), urls
            )
            return list(posted)

    def _send_once(
        self, kind: PayloadKind, payload: dict[str, Any], attempt: int = 0, reason: str = ""
    ) -> DeliveryResult:
        started = time.monotonic()
        if self.http_url is None:
            delivered = self._over_socket(kind, payload, attempt, reason, started)
        else:
            delivered = self._over_http(self.http_url, kind, payload, attempt, reason, started)
        if not delivered.acked:
            self.record.add_unacked(kind, payload, delivered.reason)
        return delivered

    def _over_socket(
        self, kind: PayloadKind, payload: dict[str, Any], attempt: int, reason: str, started: float
    ) -> DeliveryResult:
        envelope: dict[str, Any] = {
            "envelope_id": f"envelope-{next(self._numbers)}",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        if self._hub.is_expecting():
            self._hub.wait_for_connection(self.ack_seconds)
        seconds_left = self.ack_seconds - (time.monotonic() - started)
        answer = self._hub.send(envelope, max(seconds_left, 0.0))
        took = time.monotonic() - started
        if answer is None:
            failure = "timeout" if took >= self.ack_seconds else "connection_failed"
            return DeliveryResult(acked=False, status=0, took=took, reason=failure)
        return DeliveryResult(acked=True, status=200, took=took, body=answer)

    def _over_http(
        self,
        url: str,
        kind: PayloadKind,
        payload: dict[str, Any],
        attempt: int,
        reason: str,
        started: float,
    ) -> DeliveryResult:
        body, content_type = _encode(kind, payload)
        headers = self._sign(body) | {"Content-Type": content_type}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            return _post(url, body, headers, self.ack_seconds, started)
        except TimeoutError:
            failure = "http_timeout"
        except (OSError, http.client.HTTPException):
            failure = "connection_failed"
        took = time.monotonic() - started
        return DeliveryResult(acked=False, status=0, took=took, reason=failure)

    def _sign(self, body: str) -> dict[str, str]:
        # Real time, as Bolt checks the timestamp against the machine's clock.
        stamp = str(int(time.time()))
        verifier = SignatureVerifier(self.installation.signing_secret)
        signature = verifier.generate_signature(timestamp=stamp, body=body)
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature or "",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }


def _encode(kind: PayloadKind, payload: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields), "application/x-www-form-urlencoded"


def _post(
    url: str, body: str, headers: Mapping[str, str], timeout: float, started: float
) -> DeliveryResult:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target or "/", body.encode(), dict(headers))
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    took = time.monotonic() - started
    return DeliveryResult(
        acked=200 <= response.status < 300,
        status=response.status,
        took=took,
        body=_decode(text, response.headers.get("Content-Type", "")),
        reason="" if 200 <= response.status < 300 else "http_error",
        retry=response.headers.get("X-Slack-No-Retry") != "1",
    )


def _decode(text: str, content_type: str) -> dict[str, Any]:
    if not text:
        return {}
    if "json" not in content_type:
        return {"text": text}
    decoded = json.loads(text)
    return decoded if isinstance(decoded, dict) else {"text": text}
