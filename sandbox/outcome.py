"""What a person sees of the app's answer to one interaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sandbox.delivery.payload_delivery import DeliveryResult


@dataclass(frozen=True)
class Outcome:
    """`took` is in seconds; `status` is 0 when nothing was sent or nothing came back.

    `errors` are a modal's errors by block_id; `text` and `blocks` are the message in the ack, or
    Slack's own words when it refuses or the app does not answer.
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
        """Slack's client itself said no; nothing was sent."""
        return cls(acked=False, status=0, text=text, errors=dict(errors or {}))


def _failure_text(delivered: DeliveryResult) -> str:
    if delivered.reason in ("timeout", "http_timeout"):
        return "The app did not respond: operation_timeout"
    return "The app did not respond: dispatch_failed"
