"""Every request of the app passes here: ordered failures, rates, tokens, then the method itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from sandbox.api.args import Args
from sandbox.api.errors import Refused
from sandbox.api.method import Method, demand
from sandbox.api.table import METHODS
from sandbox.call_record import Call

if TYPE_CHECKING:
    from sandbox.server import Sandbox

LATE = ("500 after", "reset after", "hang")


@dataclass(frozen=True)
class Arrived:
    """One decoded request; `client` is the address it came from."""

    method: str
    args: Args
    token: str
    client: tuple[str, int]


@dataclass(frozen=True)
class Reply:
    """An answer, encoded while the state it shows stood still."""

    status: int
    content: str
    headers: Mapping[str, str] = field(default_factory=dict)


def pass_through(sandbox: Sandbox, arrived: Arrived, run: Callable[[], dict[str, Any]]) -> Reply:
    """Run the request unless a failure was ordered for it; record what came of it."""
    fault = sandbox.faults.take(arrived.method)
    if fault is not None and fault not in LATE:
        return _fail(sandbox, arrived, fault)
    wait = _rate_wait(sandbox, arrived)
    if wait:
        return _too_many(sandbox, arrived, wait)
    try:
        with sandbox.workspace.lock:
            content, error = json.dumps({"ok": True, **run()}), ""
    except Refused as refusal:
        content, error = json.dumps(refusal.body()), refusal.code
    if fault in ("500 after", "reset after"):
        return _fail_late(sandbox, arrived, fault)
    _note(sandbox, arrived, 200, error)
    if fault == "hang":
        sandbox.faults.hang()
    return Reply(200, content)


def call_method(sandbox: Sandbox, arrived: Arrived) -> Reply:
    """One Web API call."""

    def run() -> dict[str, Any]:
        method = METHODS.get(arrived.method)
        if method is None:
            raise Refused("unknown_method", extra={"req_method": arrived.method})
        _authorise(sandbox, method, arrived.token)
        return method.run(sandbox.workspace, arrived.args)

    reply = pass_through(sandbox, arrived, run)
    scopes = ",".join(sorted(sandbox.installation.scopes))
    told = {"X-OAuth-Scopes": scopes, "Date": format_datetime(sandbox.workspace.now(), usegmt=True)}
    return Reply(reply.status, reply.content, {**reply.headers, **told})


def _authorise(sandbox: Sandbox, method: Method, token: str) -> None:
    if not token:
        raise Refused("not_authed")
    kind = token_kind(sandbox, token)
    if kind == "unknown":
        raise Refused("invalid_auth")
    if kind != method.token:
        raise Refused("not_allowed_token_type")
    demand(sandbox.workspace, method.scope)


def token_kind(sandbox: Sandbox, token: str) -> str:
    known = {sandbox.bot_token: "bot", sandbox.app_token: "app", "": "none"}
    return known.get(token, "unknown")


def _rate_wait(sandbox: Sandbox, arrived: Arrived) -> int:
    if sandbox.rates is None:
        return 0
    return sandbox.rates.wait_for(arrived.method, arrived.args.text("channel"))


def _too_many(sandbox: Sandbox, arrived: Arrived, seconds: int) -> Reply:
    _note(sandbox, arrived, 429, "ratelimited", injected=True)
    headers = {"Retry-After": str(seconds)}
    return Reply(429, _not_ok("ratelimited"), headers)


def _not_ok(error: str) -> str:
    return json.dumps({"ok": False, "error": error})


def _fail(sandbox: Sandbox, arrived: Arrived, fault: str) -> Reply:
    if fault == "429":
        return _too_many(sandbox, arrived, sandbox.faults.retry_seconds)
    if fault == "reset before":
        _note(sandbox, arrived, 0, fault, injected=True)
        return _reset(sandbox, arrived)
    if fault == "500 before":
        return _broken(sandbox, arrived, fault)
    if fault == "502 page":
        _note(sandbox, arrived, 502, fault, injected=True)
        return Reply(502, "<html><body>Bad gateway</body></html>")
    _note(sandbox, arrived, 200, fault, injected=True)
    return Reply(200, _not_ok(fault))


def _fail_late(sandbox: Sandbox, arrived: Arrived, fault: str) -> Reply:
    if fault == "500 after":
        return _broken(sandbox, arrived, fault)
    _note(sandbox, arrived, 0, fault, injected=True)
    return _reset(sandbox, arrived)


def _broken(sandbox: Sandbox, arrived: Arrived, fault: str) -> Reply:
    _note(sandbox, arrived, 500, fault, injected=True)
    return Reply(500, _not_ok("internal_error"))


def _reset(sandbox: Sandbox, arrived: Arrived) -> Reply:
    sandbox.reset_connection(arrived.client)
    return Reply(500, "")


def _note(
    sandbox: Sandbox, arrived: Arrived, status: int, error: str, *, injected: bool = False
) -> None:
    sandbox.record.add_call(
        Call(
            at=sandbox.workspace.now(),
            method=arrived.method,
            args=arrived.args.decoded(),
            status=status,
            ok=not error,
            error=error,
            token_kind=token_kind(sandbox, arrived.token),
            injected=injected,
        )
    )
