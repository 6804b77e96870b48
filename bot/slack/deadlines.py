"""A Slack client that sends nothing after a deadline, however long the process was stopped.

A process can be stopped between deciding to post and posting: by SIGSTOP, a paused virtual machine,
a full disk. Another process then claims the message, looks for it in Slack, does not find it and
posts it. So the last check of the clock comes after the connection is open and the headers are
written, right before the body: a request without its body has no effect.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.errors import DeadlinePassed

# The port for discarding, on this machine: no call gets so far.
NOWHERE = "http://127.0.0.1:9/"

BeforeDeadline = Callable[[], bool]


class _Reached(BaseException):
    """The probe got where a call would be sent; no error, which the SDK would log."""


class DeadlineClient(WebClient):
    """slack_sdk's client; it calls `before_deadline` before each request's body."""

    before_deadline: BeforeDeadline | None = None

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        if self.before_deadline is not None and isinstance(req.data, bytes):
            body = req.data
            req.data = _body_before_deadline(body, self.before_deadline)
            # By default urllib sends a body of unknown length in chunks.
            req.add_unredirected_header("Content-length", str(len(body)))
        return super()._perform_urllib_http_request_internal(url, req)


def check_sdk(client_class: type[WebClient] = DeadlineClient) -> None:
    """Check that the SDK still sends each call by the private method overridden above.

    Without it a message that is too late would leave all the same. Nothing is sent: the probe stops
    where a call would be. Raises `RuntimeError`.
    """
    reached = []

    class Probe(client_class):  # type: ignore[valid-type, misc]
        def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
            reached.append(url)
            raise _Reached

    with suppress(_Reached, OSError, SlackClientError):
        Probe(token="", base_url=NOWHERE, retry_handlers=[]).api_test()
    if not reached:
        raise RuntimeError("this slack-sdk sends calls in another way: install the locked version")


def deadline_in(seconds: float) -> BeforeDeadline:
    """Return a check that so many seconds from now are not over, by any clock of this machine.

    The wall clock can be set back; the other may stand still while a virtual machine does.
    """
    monotonic_end, wall_clock_end = time.monotonic() + seconds, time.time() + seconds
    return lambda: time.monotonic() < monotonic_end and time.time() < wall_clock_end


def _body_before_deadline(body: bytes, before_deadline: BeforeDeadline) -> Iterator[bytes]:
    if not before_deadline():
        raise DeadlinePassed("too_late")
    yield body
