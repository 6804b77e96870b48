"""A sandbox that stops leaves nothing open."""

import gc
import socket
import warnings
from contextlib import suppress

from fastapi import FastAPI

from sandbox.server_thread import ServerThread


def connect(port: int) -> socket.socket:
    """Begin to connect to a port, without waiting until it is accepted."""
    client = socket.socket()
    client.setblocking(False)
    with suppress(BlockingIOError):
        client.connect(("127.0.0.1", port))
    return client


def test_connections_that_are_accepted_while_it_stops_are_closed() -> None:
    with warnings.catch_warnings(record=True) as unclosed:
        warnings.simplefilter("always")
        for _ in range(20):
            server = ServerThread(FastAPI(), 0)
            server.start()
            clients = [connect(server.port) for _ in range(5)]
            server.stop()
            for each in clients:
                each.close()
            gc.collect()
    assert [str(each.message) for each in unclosed] == []
