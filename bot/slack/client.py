"""The way to Slack: slack_sdk without its own retries, its errors translated."""

import json
import re
from collections.abc import Mapping
from functools import cache
from http.client import HTTPException
from ssl import SSLContext, create_default_context
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.errors import SlackHalted, SlackRefused, SlackUnavailable
from bot.slack import error_codes as codes
from bot.slack.deadlines import FencedClient, StillTime

TIMEOUT_SECONDS = 10

SLACKS_CODE = re.compile("[a-z0-9_]+")


class Slack:
    """Calls methods of the Web API for one workspace."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def only_while(self, still_time: StillTime) -> "Slack":
        """The same, for requests that leave only while there is still time (`TooLate`)."""
        known = self.client
        client = FencedClient(
            token=known.token,
            base_url=known.base_url,
            timeout=known.timeout,
            ssl=known.ssl,
            retry_handlers=[],
        )
        client.still_time = still_time
        return Slack(client)

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """The answer to `method`.

        Raises `SlackRefused` when it will not go through as it is, and `SlackUnavailable` when the
        outcome is open: Slack may have acted before the connection broke.
        """
        try:
            answer = getattr(self.client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            raise translated(error, method) from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise SlackUnavailable(type(error).__name__, method=method) from error
        data: Mapping[str, Any] = answer.data
        return data

    def respond(self, url: str, **payload: Any) -> None:
        """Answer through a response URL. Raises `SlackRefused` and `SlackUnavailable`."""
        try:
            webhook = WebhookClient(url, TIMEOUT_SECONDS, ssl=self.client.ssl, retry_handlers=[])
            answer = webhook.send_dict(payload)
        except ValueError as error:
            raise SlackRefused("invalid_url") from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise SlackUnavailable(type(error).__name__) from error
        if answer.status_code >= 500:
            raise SlackUnavailable(f"http_{answer.status_code}")
        if answer.status_code != 200 or _refusal(answer.body):
            raise SlackRefused(_refusal(answer.body) or f"http_{answer.status_code}")


def make_client(token: str | None, api_url: str) -> WebClient:
    """A client that never posts twice by itself (slack_sdk's default handler does)."""
    return WebClient(
        token=token, base_url=api_url, timeout=TIMEOUT_SECONDS, ssl=_trusted(), retry_handlers=[]
    )


@cache
def _trusted() -> SSLContext:
    """Whom this machine trusts; left to itself slack_sdk reads that anew for every call."""
    return create_default_context()


def translated(error: SlackApiError, method: str = "") -> SlackUnavailable | SlackRefused:
    """Our error for one of slack_sdk's, with Slack's code and `Retry-After` in seconds."""
    response: Any = error.response
    retry_after = _seconds(
        response.headers.get("Retry-After") or response.headers.get("retry-after")
    )
    code = str(response.get("error") or "")
    if not SLACKS_CODE.fullmatch(code):
        # Somebody between us and Slack has answered, in a page.
        return SlackUnavailable(f"http_{response.status_code}", retry_after, method)
    if code in codes.HALTING:
        return SlackHalted(code, method=method)
    open_yet = code in codes.TRANSIENT | codes.LACKING or response.status_code >= 500
    if open_yet or retry_after is not None:
        return SlackUnavailable(code, retry_after, method)
    return SlackRefused(code, method=method)


def _refusal(body: str) -> str:
    """Slack's code in the answer of a response URL, which is "ok" or JSON; "" when it is well."""
    try:
        known = json.loads(body)
    except ValueError:
        return ""
    refused = isinstance(known, dict) and known.get("ok") is False
    return str(known.get("error") or "refused") if refused else ""


def _seconds(header: Any) -> int | None:
    value = header[0] if isinstance(header, list) and header else header
    return int(value) if value and str(value).isdigit() else None
