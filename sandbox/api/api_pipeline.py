"""Pipeline of each request from the app: injected faults, rate limits, token, then the method."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any

from sandbox.api.args import Args
from sandbox.api.faults import Faults
from sandbox.api.method import Method, require_scope
from sandbox.api.rate_limits import RateLimiter
from sandbox.api.table import METHODS
from sandbox.call_record import Call, CallRecord
from sandbox.errors import Refused
from sandbox.workspace.state import Workspace

LATE_FAULTS = ("500 after", "reset after", "hang")


@dataclass(frozen=True)
class ApiBackend:
    """What each request meets; `reset_connection` resets the TCP connection of a client."""

    workspace: Workspace
    record: CallRecord
    faults: Faults
    rates: RateLimiter | None
    reset_connection: Callable[[tuple[str, int]], None]


@dataclass(frozen=True)
class ApiRequest:
    """A decoded request; `client` is the address and port it came from."""

    method: str
    args: Args
    token: str
    client: tuple[str, int]


@dataclass(frozen=True)
class ApiReply:
    """A reply, encoded while the workspace's lock was held."""

    status: int
    content: str
    headers: Mapping[str, str] = field(default_factory=dict)


def handle_request(
    backend: ApiBackend, api_request: ApiRequest, run: Callable[[], dict[str, Any]]
) -> ApiReply:
    """Run a request unless a fault is injected, and record the result."""
    fault = backend.faults.next_fault(api_request.method)
    if fault is not None and fault not in LATE_FAULTS:
        return _apply_fault(backend, api_request, fault)
    wait = _rate_limit_seconds(backend, api_request)
    if wait:
        return _rate_limited(backend, api_request, wait)
    try:
        with backend.workspace.lock:
            content, error = json.dumps({"ok": True, **run()}), ""
    except Refused as refusal:
        content, error = json.dumps(refusal.body()), refusal.code
    if fault in ("500 after", "reset after"):
        return _apply_late_fault(backend, api_request, fault)
    _record_call(backend, api_request, 200, error)
    if fault == "hang":
        backend.faults.hang()
    return ApiReply(200, content)


def call_method(backend: ApiBackend, api_request: ApiRequest) -> ApiReply:
    """Run one call of a Web API method."""

    def run() -> dict[str, Any]:
        method = METHODS.get(api_request.method)
        if method is None:
            raise Refused("unknown_method", extra={"req_method": api_request.method})
        _authorise(backend, method, api_request.token)
        return method.run(backend.workspace, api_request.args)

    reply = handle_request(backend, api_request, run)
    scopes = ",".join(sorted(backend.workspace.installation.scopes))
    slack_headers = {
        "X-OAuth-Scopes": scopes,
        "Date": format_datetime(backend.workspace.now(), usegmt=True),
    }
    return ApiReply(reply.status, reply.content, {**reply.headers, **slack_headers})


def _authorise(backend: ApiBackend, method: Method, token: str) -> None:
    if method.token == "none":
        return
    if not token:
        raise Refused("not_authed")
    kind = token_kind(backend, token)
    if kind == "unknown":
        raise Refused("invalid_auth")
    if kind != method.token:
        raise Refused("not_allowed_token_type")
    require_scope(backend.workspace, method.scope)


def token_kind(backend: ApiBackend, token: str) -> str:
    app = backend.workspace.installation
    known = {
        app.bot_token: "bot",
        app.app_token: "app",
        app.configuration_token: "configuration",
        "": "none",
    }
    return known.get(token, "unknown")


def _rate_limit_seconds(backend: ApiBackend, api_request: ApiRequest) -> int:
    if backend.rates is None:
        return 0
    return backend.rates.wait_for(api_request.method, api_request.args.text("channel"))


def _rate_limited(backend: ApiBackend, api_request: ApiRequest, seconds: int) -> ApiReply:
    _record_call(backend, api_request, 429, "ratelimited", injected=True)
    headers = {"Retry-After": str(seconds)}
    return ApiReply(429, _not_ok("ratelimited"), headers)


def _not_ok(error: str) -> str:
    return json.dumps({"ok": False, "error": error})


def _apply_fault(backend: ApiBackend, api_request: ApiRequest, fault: str) -> ApiReply:
    if fault == "429":
        return _rate_limited(backend, api_request, backend.faults.retry_seconds)
    if fault == "reset before":
        _record_call(backend, api_request, 0, fault, injected=True)
        return _reset(backend, api_request)
    if fault == "500 before":
        return _server_error(backend, api_request, fault)
    if fault == "502 page":
        _record_call(backend, api_request, 502, fault, injected=True)
        return ApiReply(502, "<html><body>Bad gateway</body></html>")
    _record_call(backend, api_request, 200, fault, injected=True)
    return ApiReply(200, _not_ok(fault))


def _apply_late_fault(backend: ApiBackend, api_request: ApiRequest, fault: str) -> ApiReply:
    if fault == "500 after":
        return _server_error(backend, api_request, fault)
    _record_call(backend, api_request, 0, fault, injected=True)
    return _reset(backend, api_request)


def _server_error(backend: ApiBackend, api_request: ApiRequest, fault: str) -> ApiReply:
    _record_call(backend, api_request, 500, fault, injected=True)
    return ApiReply(500, _not_ok("internal_error"))


def _reset(backend: ApiBackend, api_request: ApiRequest) -> ApiReply:
    backend.reset_connection(api_request.client)
    return ApiReply(500, "")


def _record_call(
    backend: ApiBackend, api_request: ApiRequest, status: int, error: str, *, injected: bool = False
) -> None:
    backend.record.add_call(
        Call(
            at=backend.workspace.now(),
            method=api_request.method,
            args=api_request.args.decoded(),
            status=status,
            ok=not error,
            error=error,
            token_kind=token_kind(backend, api_request.token),
            injected=injected,
        )
    )
