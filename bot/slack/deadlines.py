"""The fence: a request whose time is over does not leave, however long the process stood still.

A process can be stopped between deciding to post and posting: by SIGSTOP, a paused virtual machine,
a full disk. Another copy then takes the message over, looks for it in Slack, does not find it and
posts it. So the last look at the clock is taken after the connection stands and the headers are
written, right before the body: a request without its body is none.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request

from slack_sdk import WebClient

from bot.errors import TooLate

StillTime = Callable[[], bool]


class FencedClient(WebClient):
    """slack_sdk's client; `still_time` is asked before each request's body."""

    still_time: StillTime | None = None

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        if self.still_time is not None and isinstance(req.data, bytes):
            body = req.data
            req.data = _fenced(body, self.still_time)
            # Of its own accord urllib would send what it cannot measure in chunks.
            req.add_unredirected_header("Content-length", str(len(body)))
        return super()._perform_urllib_http_request_internal(url, req)


def within(seconds: float) -> StillTime:
    """Whether so many seconds from now are not over, by any clock that this machine has.

    The wall's clock can be set back; the other may stand still while a virtual machine does.
    """
    steady, wall = time.monotonic() + seconds, time.time() + seconds
    return lambda: time.monotonic() < steady and time.time() < wall


def _fenced(body: bytes, still_time: StillTime) -> Iterator[bytes]:
    if not still_time():
        raise TooLate("too_late")
    yield body
