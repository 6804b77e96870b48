"""Socket Mode: slack_sdk's built-in client, made to reconnect as soon as its connection has ended.

By itself it takes a connection that ended without a close frame for a silent one: each read returns
nothing, at once, until five pings have failed. Its other ends wait for the next ping.
"""

import json
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event
from typing import Any

from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection

from bot.errors import SlackError
from bot.log import get_logger
from bot.slack.client import Slack, make_client

LOG = get_logger(__name__)

# A connection over which nothing gets through any more is noticed after four pings.
PING_SECONDS = 3
# The pause before a second attempt; it doubles with each further one.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 15.0
# A connection that lasted so long was no failed attempt.
LASTING_SECONDS = 5.0
# How often an operator reads that there is still no connection.
REMINDER_SECONDS = 300.0
# Methods of slack_sdk's whose errors are reported by `SocketClient` itself.
REPORTED_METHODS = frozenset(
    {"_on_error", "check_state", "connect", "_perform_urllib_http_request"}
)
# Private methods of slack_sdk's that are called or overridden here.
PRIVATE_METHODS = ("_run_current_session", "_monitor_current_session")


class Backoff:
    """Pauses before attempts to connect: none at first, doubled until a connection lasts.

    `monotonic` gives seconds that only ever grow.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._next = self._least = 0.0
        self._connected_at: float | None = None

    def next_pause(self) -> float:
        """Return the seconds to wait before the attempt that is about to be made."""
        connected_at, self._connected_at = self._connected_at, None
        if connected_at is not None and self._monotonic() - connected_at >= LASTING_SECONDS:
            self._next = 0.0
        pause, self._least = max(self._next, self._least), 0.0
        self._next = min(max(2 * self._next, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        return pause

    def mark_connected(self) -> None:
        """Note that an attempt has succeeded."""
        self._connected_at = self._monotonic()

    def wait_at_least(self, seconds: float) -> None:
        """Let the next pause last at least so many seconds, as Slack has asked."""
        self._least = seconds


class SocketClient(SocketModeClient):
    """slack_sdk's built-in client; it notices each end at once, and reconnects with pauses.

    While there is no connection, one warning is logged and a reminder every five minutes.
    """

    def __init__(self, app_token: str, api_url: str) -> None:
        self._closing = Event()
        self._backoff = Backoff()
        self._last_error: str | None = None
        self._ended_at: float | None = None
        self._warned_at = float("-inf")
        self._announced = False
        logger = self._library_logger()
        # Last: slack_sdk's threads start right away.
        super().__init__(
            app_token,
            logger=logger,
            web_client=make_client(app_token, api_url, logger),
            ping_interval=PING_SECONDS,
            on_error_listeners=[self._keep_error],
            on_message_listeners=[self._note_announcement],
        )

    def issue_new_wss_url(self) -> str:
        """Return the address of a new connection. Raises `SlackError`."""
        found = Slack(self.web_client).call("apps.connections.open", app_token=self.app_token)
        return str(found["url"])

    def connect(self) -> None:
        """Connect to the known address, or a new one. Raises `SlackError` when there is none."""
        super().connect()
        session = self.current_session
        assert session is not None
        session.close = partial(_close_at_once, session)  # type: ignore[method-assign]
        with session.sock_send_lock:
            if session.sock is not None:
                session.sock = _EndingSocket(session.sock)  # type: ignore[assignment]
        if self._closing.is_set():
            self.disconnect()

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Replace the connection, once for each that has ended or, with `force`, is about to."""
        ended = self.current_session
        with self.connect_operation_lock:
            if self.current_session is not ended or (self.is_connected() and not force):
                return
            if not force:
                self._warn()
            if not self._closing.wait(self._backoff.next_pause()):
                self._reconnect()

    def close(self) -> None:
        """Close the connection for good, without waiting for the next frame or ping."""
        self._closing.set()
        self.auto_reconnect_enabled = False
        # Otherwise a thread waits a second for the next message.
        self.closed = True
        self.message_queue.put(None)
        super().close()

    def _run_current_session(self) -> None:
        super()._run_current_session()  # type: ignore[no-untyped-call]
        if self.current_session is None:
            # Before the first connection: the library is still being built.
            return
        # By itself that would wait for the next ping.
        self._monitor_current_session()  # type: ignore[no-untyped-call]

    def _reconnect(self) -> None:
        try:
            self.wss_uri = self.issue_new_wss_url()
            self.connect()
        except SlackError as error:
            self._last_error = error.code
            self._backoff.wait_at_least(error.retry_after or 0.0)
        if self.is_connected():
            away = time.monotonic() - self._ended_at if self._ended_at else 0.0
            LOG.info("socket_mode_connected", away_seconds=round(away, 1))
            self._backoff.mark_connected()
            self._last_error = self._ended_at = None
            self._warned_at, self._announced = float("-inf"), False

    def _warn(self) -> None:
        now = time.monotonic()
        self._ended_at = self._ended_at or now
        announced, self._announced = self._announced, False
        if announced or now - self._warned_at < REMINDER_SECONDS:
            return
        self._warned_at = now
        LOG.warning(
            "socket_mode_not_connected",
            error=self._last_error,
            away_seconds=round(now - self._ended_at),
        )

    def _keep_error(self, error: Exception) -> None:
        self._last_error = type(error).__name__

    def _note_announcement(self, message: str) -> None:
        # The end may be noticed before the thread that handles messages gets to this one.
        if '"disconnect"' in message:
            self._announced = json.loads(message).get("type") == "disconnect"

    def _library_logger(self) -> logging.Logger:
        logger = logging.Logger("slack_sdk.socket_mode")
        logger.parent = logging.getLogger()
        logger.addFilter(
            lambda record: not self._closing.is_set() and record.funcName not in REPORTED_METHODS
        )
        return logger


class _EndingSocket:
    """A socket that raises an error where the stream has ended, in place of returning nothing."""

    def __init__(self, connected: socket.socket) -> None:
        self._connected = connected
        self._shut_down = False

    def shutdown(self, how: int) -> None:
        self._shut_down = True
        self._connected.shutdown(how)

    def recv(self, size: int) -> bytes:
        received = self._connected.recv(size)
        if not (received or self._shut_down):
            raise ConnectionAbortedError("ended without a close frame")
        return received

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connected, name)


def _close_at_once(session: Connection) -> None:
    """Close a connection; slack_sdk waits up to three seconds for the next frame before it does."""
    if (connected := session.sock) is not None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)
    session.disconnect()


def check_sdk(client_class: type[SocketModeClient] = SocketModeClient) -> None:
    """Check that the SDK still has the private methods used here. Raises `RuntimeError`."""
    missing = [name for name in PRIVATE_METHODS if not hasattr(client_class, name)]
    if missing:
        raise RuntimeError("this slack-sdk reconnects in another way: install the locked version")
