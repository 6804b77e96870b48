"""A uvicorn server in a background thread that starts and stops without delay."""

import asyncio
import socket
import struct
import threading

import anyio.to_thread
import uvicorn
from fastapi import FastAPI

THREADS = 200
SHUTDOWN_SECONDS = 1.0
TURNS_TO_CONNECT = 3
_RESET = struct.pack("ii", 1, 0)


class _UvicornServer(uvicorn.Server):
    """A server that waits for an event, not in ticks, and stops without waiting for clients."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def main_loop(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.stopping = asyncio.Event()
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        self._ready.set()
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in sockets or []:
            self.loop.remove_reader(listener)
        # A connection accepted just now gets its protocol in the loop's next turns; once the server
        # is closed it would get none, and stay open.
        for _ in range(TURNS_TO_CONNECT):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        # Waiting requests have been released; cancelling one would log an error.
        if self.server_state.tasks:
            await asyncio.wait(list(self.server_state.tasks), timeout=SHUTDOWN_SECONDS)


class ServerThread:
    """Serves one ASGI app on the loopback interface; `port` 0 picks a free one."""

    def __init__(self, app: FastAPI, port: int) -> None:
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]
        ready = threading.Event()
        config = uvicorn.Config(
            app,
            http="h11",
            ws="websockets-sansio",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            ws_ping_interval=None,
        )
        self._server = _UvicornServer(config, ready)
        self._ready = ready
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the sandbox did not start within 10 s")

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._server.loop

    def stop(self) -> None:
        self._server.loop.call_soon_threadsafe(self._server.stopping.set)
        self._thread.join(10)

    def reset_connection(self, client: tuple[str, int]) -> None:
        """Reset the TCP connection from `client` at once."""
        self._server.loop.call_soon_threadsafe(self._close_connection, client, True)

    def close_connection(self, client: tuple[str, int]) -> None:
        """Close the TCP connection from `client` once all data is sent."""
        self._server.loop.call_soon_threadsafe(self._close_connection, client, False)

    def _close_connection(self, client: tuple[str, int], at_once: bool) -> None:
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            if transport is None or transport.get_extra_info("peername")[:2] != client:
                continue
            if at_once:
                opened = transport.get_extra_info("socket")
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                transport.abort()
            else:
                transport.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Otherwise a response's body waits 40 ms for the client to acknowledge its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(512)
    return listener
