"""Pipeline of each request from the app: injected faults, rate limits, token, then the method."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from sandbox.api.args import Args
from sandbox.api.errors import Refused
from sandbox.api.method import Method, require_scope
from sandbox.api.table import METHODS
from sandbox.call_record import Call

if TYPE_CHECKING:
    from sandbox.server import Sandbox

LATE_FAULTS = ("500 after", "reset after", "hang")


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
    sandbox: Sandbox, api_request: ApiRequest, run: Callable[[], dict[str, Any]]
) -> ApiReply:
    """Run a request unless a fault is injected, and record the result."""
    fault = sandbox.faults.next_fault(api_request.method)
    if fault is not None and fault not in LATE_FAULTS:
        return _apply_fault(sandbox, api_request, fault)
    wait = _rate_limit_seconds(sandbox, api_request)
    if wait:
        return _rate_limited(sandbox, api_request, wait)
    try:
        with sandbox.workspace.lock:
            content, error = json.dumps({"ok": True, **run()}), ""
    except Refused as refusal:
        content, error = json.dumps(refusal.body()), refusal.code
    if fault in ("500 after", "reset after"):
        return _apply_late_fault(sandbox, api_request, fault)
    _record_call(sandbox, api_request, 200, error)
    if fault == "hang":
        sandbox.faults.hang()
    return ApiReply(200, content)


def call_method(sandbox: Sandbox, api_request: ApiRequest) -> ApiReply:
    """Run one call of a Web API method."""

    def run() -> dict[str, Any]:
        method = METHODS.get(api_request.method)
        if method is None:
            raise Refused("unknown_method", extra={"req_method": api_request.method})
        _authorise(sandbox, method, api_request.token)
        return method.run(sandbox.workspace, api_request.args)

    reply = handle_request(sandbox, api_request, run)
    scopes = ",".join(sorted(sandbox.installation.scopes))
    slack_headers = {
        "X-OAuth-Scopes": scopes,
        "Date": format_datetime(sandbox.workspace.now(), usegmt=True),
    }
    return ApiReply(reply.status, reply.content, {**reply.headers, **slack_headers})


def _authorise(sandbox: Sandbox, method: Method, token: str) -> None:
    if not token:
        raise Refused("not_authed")
    kind = token_kind(sandbox, token)
    if kind == "unknown":
        raise Refused("invalid_auth")
    if kind != method.token:
        raise Refused("not_allowed_token_type")
    require_scope(sandbox.workspace, method.scope)


def token_kind(sandbox: Sandbox, token: str) -> str:
    known = {sandbox.bot_token: "bot", sandbox.app_token: "app", "": "none"}
    return known.get(token, "unknown")


def _rate_limit_seconds(sandbox: Sandbox, api_request: ApiRequest) -> int:
    if sandbox.rates is None:
        return 0
    return sandbox.rates.wait_for(api_request.method, api_request.args.text("channel"))


def _rate_limited(sandbox: Sandbox, api_request: ApiRequest, seconds: int) -> ApiReply:
    _record_call(sandbox, api_request, 429, "ratelimited", injected=True)
    headers = {"Retry-After": str(seconds)}
    return ApiReply(429, _not_ok("ratelimited"), headers)


def _not_ok(error: str) -> str:
    return json.dumps({"ok": False, "error": error})


def _apply_fault(sandbox: Sandbox, api_request: ApiRequest, fault: str) -> ApiReply:
    if fault == "429":
        return _rate_limited(sandbox, api_request, sandbox.faults.retry_seconds)
    if fault == "reset before":
        _record_call(sandbox, api_request, 0, fault, injected=True)
        return _reset(sandbox, api_request)
    if fault == "500 before":
        return _server_error(sandbox, api_request, fault)
    if fault == "502 page":
        _record_call(sandbox, api_request, 502, fault, injected=True)
        return ApiReply(502, "<html><body>Bad gateway</body></html>")
    _record_call(sandbox, api_request, 200, fault, injected=True)
    return ApiReply(200, _not_ok(fault))


def _apply_late_fault(sandbox: Sandbox, api_request: ApiRequest, fault: str) -> ApiReply:
    if fault == "500 after":
        return _server_error(sandbox, api_request, fault)
    _record_call(sandbox, api_request, 0, fault, injected=True)
    return _reset(sandbox, api_request)


def _server_error(sandbox: Sandbox, api_request: ApiRequest, fault: str) -> ApiReply:
    _record_call(sandbox, api_request, 500, fault, injected=True)
    return ApiReply(500, _not_ok("internal_error"))


def _reset(sandbox: Sandbox, api_request: ApiRequest) -> ApiReply:
    sandbox.reset_connection(api_request.client)
    return ApiReply(500, "")


def _record_call(
    sandbox: Sandbox, api_request: ApiRequest, status: int, error: str, *, injected: bool = False
) -> None:
    sandbox.record.add_call(
        Call(
            at=sandbox.workspace.now(),
            method=api_request.method,
            args=api_request.args.decoded(),
            status=status,
            ok=not error,
            error=error,
            token_kind=token_kind(sandbox, api_request.token),
            injected=injected,
        )
    )
