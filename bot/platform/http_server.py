"""HTTP server: uvicorn with bounds on what clients can hold, before the application reads anything.

A client holds a connection and some memory while the server waits for it: for the head of a request
(its first line and headers), for a body, or for its reading of a response. All three are timed, and
when there are too many connections or bytes, those that are waited for are cut: a client that
sends whole requests always gets in.
"""

import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from bot.platform.connections import Connections, Limits, limits_for

MAX_HEADERS = 100
# Connections that the kernel keeps until they are accepted: a burst of commands is one each.
QUEUE = 2048
# How many are accepted before those accepted earlier are counted.
ACCEPTED_AT_ONCE = 16
CHECK_SECONDS = 5.0
OPTIONS: Mapping[str, Any] = {"ws": "none", "log_config": None, "access_log": False}


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, which bounds and times nothing itself."""

    def __init__(self, connections: Connections, **given: Any) -> None:
        super().__init__(**given)
        self._connections = connections
        self._timer: asyncio.TimerHandle | None = None
        self._received = 0
        self.held = 0
        self.waiting = True

    @property
    def app(self) -> ASGIApp:
        """Return what uvicorn calls for each request, around the application that it sets."""
        return self._answer

    @app.setter
    def app(self, app: ASGIApp) -> None:
        self._application = app

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connections.add(self)
        self._wait(self._connections.limits.head_seconds)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self.waiting:
            self._hold()
        if self in self._connections:
            super().data_received(data)
        if self._answered() and self._received > self._connections.limits.head_bytes:
            self.cut()

    def on_message_begin(self) -> None:
        # All requests in one read would be parsed at once; no client of ours sends them ahead.
        if not self._answered():
            raise ValueError("a request before the response to the last one")
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) == MAX_HEADERS:
            raise ValueError("too many headers")
        super().on_header(name, value)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def cut(self) -> None:
        """Close the connection at once, whatever is left to send."""
        self._leave()
        self.transport.abort()
        if self.cycle is not None:
            # Otherwise it is freed only once all who are to be read from now have been.
            self.cycle.body.clear()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.transport.is_closing():
            # What came behind the head was no HTTP, and uvicorn has answered that.
            return await _wait_until_disconnected(receive)
        self._work()
        try:
            await self._application(
                scope,
                lambda: self._wait_for(receive()),
                lambda message: self._wait_for(send(message)),
            )
        finally:
            self._received = 0
            self._connections.begin(self)
            self._wait(self._connections.limits.head_seconds)

    async def _wait_for(self, client: Awaitable[Any]) -> Any:
        self._wait(self._connections.limits.client_seconds)
        try:
            return await client
        finally:
            self._work()

    def _answered(self) -> bool:
        """Return whether the last request has its response, and the next may come."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self, seconds: float) -> None:
        if self in self._connections:
            self.waiting = True
            self._stop_timer()
            self._timer = self.loop.call_later(seconds, self.cut)
            self._hold()

    def _hold(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._connections.hold(self, self._received + unread)

    def _work(self) -> None:
        self.waiting = False
        self._stop_timer()
        self._connections.hold(self, 0)

    def _leave(self) -> None:
        self._connections.remove(self)
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _wait_until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class BoundedServer(uvicorn.Server):
    """A server of one application whose connections are bounded."""

    def __init__(self, app: ASGIApp, host: str, port: int, limits: Limits) -> None:
        self.connections = Connections(limits)
        protocol: Callable[..., HttpToolsProtocol] = partial(BoundedProtocol, self.connections)
        config = uvicorn.Config(
            app,
            host,
            port,
            http=protocol,  # type: ignore[arg-type]
            backlog=ACCEPTED_AT_ONCE,
            **OPTIONS,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen; uvicorn has one setting for the queue and what is accepted from it."""
        await super().startup(sockets)
        for listener in (each for server in self.servers for each in server.sockets):
            with listener.dup() as same:
                same.listen(QUEUE)


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve an application until the process is asked to stop."""
    check_uvicorn()
    descriptors, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    BoundedServer(app, host, port, limits_for(descriptors)).run()


def check_uvicorn(protocol_class: type[BoundedProtocol] = BoundedProtocol) -> None:
    """Check that uvicorn's protocol still works by the names that `BoundedProtocol` uses.

    Without them a client could hold a connection for ever. Raises `RuntimeError`.
    """
    try:
        asyncio.run(_answer_one(protocol_class))
    except (AttributeError, EOFError, TimeoutError, TypeError, ValueError) as error:
        raise RuntimeError("this uvicorn works differently: install the locked version") from error


async def _answer_one(protocol_class: type[BoundedProtocol]) -> None:
    """Answer one request over a pair of sockets; `ValueError` if it isn't noticed."""
    waited_for: list[bool] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        waited_for.append(protocol.waiting)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    ours, theirs = socket.socketpair()
    config = uvicorn.Config(app, **OPTIONS)
    connections = Connections(Limits(1))
    protocol = protocol_class(connections, config=config, server_state=ServerState(), app_state={})
    await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, ours)
    reader, writer = await asyncio.open_unix_connection(sock=theirs)
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    async with asyncio.timeout(CHECK_SECONDS):
        await reader.readuntil(b"\r\n\r\n")
    protocol.cut()
    writer.close()
    if waited_for != [False] or not protocol.waiting or len(connections):
        raise ValueError
