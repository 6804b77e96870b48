"""Validation: what Slack would refuse in a message or a view, asked without a token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.errors import SlackUnavailable
from bot.slack.client import make_client, translate_error

METHOD = "blocks.validate"
REFUSALS = frozenset({"invalid_blocks", "invalid_message", "invalid_view"})
# Slack doesn't say how often it may be asked; each time it says how long to wait.
MAX_WAITS = 20


@dataclass(frozen=True)
class BlockFault:
    """What Slack refuses in a payload; `pointer` is the path to it, "" for all of it."""

    pointer: str
    code: str
    message: str


def make_validation_client(api_url: str) -> WebClient:
    """Return a client without a token, which waits as long as `Retry-After` says."""
    client = make_client(None, api_url)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=MAX_WAITS))
    return client


def find_faults(
    client: WebClient,
    *,
    message: dict[str, Any] | None = None,
    view: dict[str, Any] | None = None,
) -> Sequence[BlockFault]:
    """Return what Slack would refuse in a message or a view; exactly one is given.

    Raises `SlackRefused` and `SlackUnavailable` when Slack doesn't say.
    """
    try:
        client.blocks_validate(message=message, view=view)
    except SlackApiError as error:
        if error.response.get("error") not in REFUSALS:
            raise translate_error(error, METHOD) from error
        return _parse_faults(error.response.data)
    except (SlackClientError, HTTPException, OSError) as error:
        raise SlackUnavailable(type(error).__name__, method=METHOD) from error
    return ()


def _parse_faults(refused: Mapping[str, Any]) -> Sequence[BlockFault]:
    faults = [
        BlockFault(*(str(each.get(name, "")) for name in ("pointer", "code", "message")))
        for each in refused.get("errors") or ()
    ]
    return faults or [BlockFault("", str(refused["error"]), "no details")]
