"""Socket Mode: open connections, sent envelopes and the acknowledgements waited for."""

import asyncio
import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from sandbox.workspace.interaction_tokens import InteractionTokens

CONNECTION_SECONDS = 3600
# The code of a close frame from a server that goes away.
GOING_AWAY = 1001


@dataclass
class _PendingAck:
    done: threading.Event = field(default_factory=threading.Event)
    answer: dict[str, Any] | None = None


@dataclass(eq=False)
class _Connection:
    socket: WebSocket
    loop: asyncio.AbstractEventLoop

    @property
    def address(self) -> tuple[str, int]:
        client = self.socket.client
        return (client.host, client.port) if client else ("", 0)

    def send(self, frame: Mapping[str, Any]) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(self.socket.send_text(json.dumps(frame)), self.loop)

    def close(self) -> "Future[None]":
        return asyncio.run_coroutine_threadsafe(self.socket.close(GOING_AWAY), self.loop)


class SocketHub:
    """The app's Socket Mode connections; payloads are sent to them in turn."""

    def __init__(self, tokens: InteractionTokens) -> None:
        self._tokens = tokens
        self._changed = threading.Condition()
        self._connections: list[_Connection] = []
        self._pending: dict[str, _PendingAck] = {}
        self._reconnecting = False
        self._closed = False

    def is_expecting(self) -> bool:
        """Return whether a connection is open or about to be."""
        with self._changed:
            return bool(self._connections or self._reconnecting or self._tokens.sockets)

    def wait_for_connection(self, timeout: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._connections or self._closed, timeout)
            return bool(self._connections)

    async def serve(self, socket: WebSocket, ticket: str, app_id: str) -> None:
        """Say hello, then receive acknowledgements until the client disconnects."""
        known = self._tokens.redeem_socket_ticket(ticket)
        await socket.accept()
        if not known:
            await socket.close(4001)
            return
        await socket.send_text(json.dumps(_hello(app_id, len(self._connections) + 1)))
        connection = _Connection(socket, asyncio.get_running_loop())
        self._add(connection)
        try:
            while True:
                self._receive_ack(json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            return
        finally:
            self._remove(connection)

    def send(self, envelope: Mapping[str, Any], timeout: float) -> dict[str, Any] | None:
        """Send an envelope and return its acknowledgement, or None after `timeout` seconds."""
        pending = _PendingAck()
        with self._changed:
            if not self._connections:
                return None
            self._pending[str(envelope["envelope_id"])] = pending
            connection = self._connections.pop(0)
            self._connections.append(connection)
        connection.send(envelope)
        pending.done.wait(timeout)
        with self._changed:
            self._pending.pop(str(envelope["envelope_id"]), None)
        return pending.answer

    def close_all(self) -> None:
        """Send a close frame on all connections."""
        with self._changed:
            connections = list(self._connections)
        for connection in connections:
            connection.close().result(1)

    def disconnect_all(self, reason: str) -> list[tuple[str, int]]:
        """Send a disconnect on all connections; return their addresses for the caller to close."""
        with self._changed:
            connections, self._connections = self._connections, []
            self._reconnecting = bool(connections)
        for connection in connections:
            connection.send(_disconnect(reason)).result(1)
        return [connection.address for connection in connections]

    def addresses(self) -> list[tuple[str, int]]:
        """Return the app's ends of the open connections."""
        with self._changed:
            return [connection.address for connection in self._connections]

    def wait_until_disconnected(self, timeout: float) -> None:
        """Return once no connection is open, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._connections, timeout)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            for pending in self._pending.values():
                pending.done.set()
            self._changed.notify_all()

    def _add(self, connection: _Connection) -> None:
        with self._changed:
            self._connections.append(connection)
            self._reconnecting = False
            self._changed.notify_all()

    def _remove(self, connection: _Connection) -> None:
        with self._changed:
            if connection in self._connections:
                self._connections.remove(connection)
                self._changed.notify_all()

    def _receive_ack(self, frame: dict[str, Any]) -> None:
        with self._changed:
            pending = self._pending.get(str(frame.get("envelope_id")))
            if pending is not None:
                pending.answer = frame.get("payload") or {}
                pending.done.set()


def _disconnect(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


def _hello(app_id: str, connections: int) -> dict[str, Any]:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": app_id},
        "debug_info": {
            "host": "sandbox",
            "approximate_connection_time": CONNECTION_SECONDS,
        },
    }
