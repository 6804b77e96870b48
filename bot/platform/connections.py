"""The open connections of a server, and what all their clients together can hold."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from bot.log import get_logger

LOG = get_logger(__name__)

MAX_CONNECTIONS = 1000
LOG_SECONDS = 10.0


@dataclass(frozen=True)
class Limits:
    """What all clients together can hold.

    `bytes` counts what they sent of heads and bodies that are not complete, and what they have not
    read of responses. A head has `head_seconds` to be complete; a part of a body has
    `client_seconds` to come, and a part of a response to be read.
    """

    connections: int
    bytes: int = 8 * 1024 * 1024
    head_bytes: int = 64 * 1024
    head_seconds: float = 10.0
    client_seconds: float = 30.0


def limits_for(descriptors: int) -> Limits:
    """Return the limits of a process that can open so many descriptors; negative: any number.

    Half of them are left to the database, to calls of Slack and to everything else.
    """
    most = descriptors // 2 if descriptors >= 0 else MAX_CONNECTIONS
    return Limits(min(MAX_CONNECTIONS, most))


class Connection(Protocol):
    """A connection: whether the server waits for its client, and how much the client holds."""

    waiting: bool
    held: int

    def cut(self) -> None:
        """Close it at once; it is `remove`d before this returns."""


class Connections:
    """The open connections, the one that has been at its request for longest first."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._open: OrderedDict[Connection, None] = OrderedDict()
        self._bytes = self._cuts = 0
        self._log_at = 0.0

    def add(self, connection: Connection) -> None:
        """Add a connection; if there are too many, cut the one that has been waited for longest."""
        self._open[connection] = None
        if len(self._open) > self.limits.connections:
            self._cut(next(each for each in self._open if each.waiting), "connections")

    def begin(self, connection: Connection) -> None:
        """Begin another request on a connection, unless it is closed."""
        if connection in self._open:
            self._open.move_to_end(connection)

    def hold(self, connection: Connection, held: int) -> None:
        """Set what a client holds; while all hold too much, cut the one that holds the most."""
        self._bytes += held - connection.held
        connection.held = held
        while self._bytes > self.limits.bytes:
            self._cut(max(self._open, key=lambda each: each.held), "bytes")

    def remove(self, connection: Connection) -> None:
        """Remove a connection that is closed."""
        if connection in self._open:
            del self._open[connection]
            self._bytes -= connection.held
            connection.held = 0

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._open

    def __len__(self) -> int:
        return len(self._open)

    def _cut(self, connection: Connection, limit: str) -> None:
        connection.cut()
        self._cuts += 1
        # In a flood, to log each of them would cost more than all the rest.
        now = time.monotonic()
        if now >= self._log_at:
            LOG.warning("connections_cut", limit=limit, cut=self._cuts, open=len(self))
            self._cuts, self._log_at = 0, now + LOG_SECONDS
