"""Outcome: what a person sees of the app's response to an interaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sandbox.delivery.payload_delivery import DeliveryResult


@dataclass(frozen=True)
class Outcome:
    """An interaction's result; `took` is in seconds, `status` 0 if nothing was sent or returned.

    `errors` are a modal's errors by block_id; `text` and `blocks` are the message in the
    acknowledgement, or Slack's own text when it refuses or the app doesn't respond.
    """

    acked: bool
    status: int
    took: float = 0.0
    body: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def from_delivery(cls, delivered: DeliveryResult) -> Self:
        body = delivered.body
        errors = body.get("errors") if body.get("response_action") == "errors" else None
        return cls(
            acked=delivered.acked,
            status=delivered.status,
            took=delivered.took,
            body=body,
            errors=dict(errors or {}),
            text=str(body.get("text") or "") if delivered.acked else _failure_text(delivered),
            blocks=list(body.get("blocks") or ()),
        )

    @classmethod
    def refused(cls, text: str = "", errors: Mapping[str, str] | None = None) -> Self:
        """Return the outcome when Slack's client refuses and nothing is sent."""
        return cls(acked=False, status=0, text=text, errors=dict(errors or {}))


def _failure_text(delivered: DeliveryResult) -> str:
    if delivered.reason in ("timeout", "http_timeout"):
        return "The app did not respond: operation_timeout"
    return "The app did not respond: dispatch_failed"
