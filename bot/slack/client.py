"""The Slack client: slack_sdk without its own retries, its errors translated."""

import json
import logging
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
from bot.slack import error_codes
from bot.slack.deadlines import BeforeDeadline, DeadlineClient

TIMEOUT_SECONDS = 10

ERROR_CODE = re.compile("[a-z0-9_]+")


class Slack:
    """A client of the Web API for one workspace."""

    def __init__(self, client: WebClient) -> None:
        self.client = client

    def with_deadline(self, before_deadline: BeforeDeadline) -> "Slack":
        """Return a client whose requests leave only before a deadline (`DeadlinePassed`)."""
        known = self.client
        client = DeadlineClient(
            token=known.token,
            base_url=known.base_url,
            timeout=known.timeout,
            ssl=known.ssl,
            retry_handlers=[],
        )
        client.before_deadline = before_deadline
        return Slack(client)

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Call `method` and return its response.

        Raises `SlackRefused` when it will not go through as it is, and `SlackUnavailable` when the
        outcome is unknown: Slack may have acted before the connection broke.
        """
        try:
            response = getattr(self.client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            raise translate_error(error, method) from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise SlackUnavailable(type(error).__name__, method=method) from error
        data: Mapping[str, Any] = response.data
        return data

    def respond(self, url: str, **payload: Any) -> None:
        """Respond through a response URL. Raises `SlackRefused` and `SlackUnavailable`."""
        try:
            webhook = WebhookClient(url, TIMEOUT_SECONDS, ssl=self.client.ssl, retry_handlers=[])
            response = webhook.send_dict(payload)
        except ValueError as error:
            raise SlackRefused("invalid_url") from error
        except (SlackClientError, HTTPException, OSError) as error:
            raise SlackUnavailable(type(error).__name__) from error
        if response.status_code >= 500:
            raise SlackUnavailable(f"http_{response.status_code}")
        if response.status_code != 200 or _error_code(response.body):
            raise SlackRefused(_error_code(response.body) or f"http_{response.status_code}")


def make_client(token: str | None, api_url: str, logger: logging.Logger | None = None) -> WebClient:
    """Return a client that never posts twice by itself (slack_sdk's default handler does)."""
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT_SECONDS,
        ssl=_ssl_context(),
        retry_handlers=[],
        logger=logger,
    )


@cache
def _ssl_context() -> SSLContext:
    """Return the SSL context of this machine; slack_sdk itself loads it for every call."""
    return create_default_context()


def translate_error(error: SlackApiError, method: str = "") -> SlackUnavailable | SlackRefused:
    """Translate one of slack_sdk's errors, with Slack's code and `Retry-After` in seconds."""
    response: Any = error.response
    retry_after = _retry_after_seconds(
        response.headers.get("Retry-After") or response.headers.get("retry-after")
    )
    code = str(response.get("error") or "")
    if not ERROR_CODE.fullmatch(code):
        # Something between us and Slack has answered, with a page.
        return SlackUnavailable(f"http_{response.status_code}", retry_after, method)
    if code in error_codes.HALTING:
        return SlackHalted(code, method=method)
    transient = (
        code in error_codes.TRANSIENT | error_codes.MISSING_SCOPE or response.status_code >= 500
    )
    if transient or retry_after is not None:
        return SlackUnavailable(code, retry_after, method)
    return SlackRefused(code, method=method)


def _error_code(body: str) -> str:
    """Return Slack's code in a response URL's body ("ok" or JSON); "" on success."""
    try:
        known = json.loads(body)
    except ValueError:
        return ""
    refused = isinstance(known, dict) and known.get("ok") is False
    return str(known.get("error") or "refused") if refused else ""


def _retry_after_seconds(header: Any) -> int | None:
    value = header[0] if isinstance(header, list) and header else header
    return int(value) if value and str(value).isdigit() else None
