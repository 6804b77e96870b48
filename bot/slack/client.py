"""The way to Slack: slack_sdk without its own retries, its errors translated."""

from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.errors import SlackRefused, SlackUnavailable

TIMEOUT_SECONDS = 10

# Slack may have done its part, or will do it later (`ratelimited` and 5xx among them).
TRANSIENT = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
        "external_channel_migrating",
        "update_failed",
        "message_limit_exceeded",
    }
)


class Slack:
    """Calls methods of the Web API for one workspace."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The answer to `method`.

        Raises `SlackRefused` when it will not go through as it is, and `SlackUnavailable` when the
        outcome is open: Slack may have acted before the connection broke.
        """
        try:
            answer = getattr(self.client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            raise translated(error) from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise SlackUnavailable(type(error).__name__) from error
        data: Mapping[str, Any] = answer.data
        return data

    def respond(self, url: str, **payload: Any) -> None:
        """Answer through a response URL. Raises `SlackRefused` and `SlackUnavailable`."""
        try:
            answer = WebhookClient(url, TIMEOUT_SECONDS, retry_handlers=[]).send_dict(payload)
        except (SlackClientError, HTTPException, OSError) as error:
            raise SlackUnavailable(type(error).__name__) from error
        if answer.status_code != 200:
            raise SlackRefused(f"http_{answer.status_code}")


def make_client(token: str | None, api_url: str) -> WebClient:
    """A client that never posts twice by itself (slack_sdk's default handler does)."""
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])


def translated(error: SlackApiError) -> SlackUnavailable | SlackRefused:
    """Our error for one of slack_sdk's, with Slack's code and `Retry-After` in seconds."""
    response: Any = error.response
    retry_after = _seconds(
        response.headers.get("Retry-After") or response.headers.get("retry-after")
    )
    code = str(response.get("error") or f"http_{response.status_code}")
    if code in TRANSIENT or response.status_code >= 500 or retry_after is not None:
        return SlackUnavailable(code, retry_after)
    return SlackRefused(code)


def _seconds(header: Any) -> int | None:
    value = header[0] if isinstance(header, list) and header else header
    return int(value) if value and str(value).isdigit() else None
