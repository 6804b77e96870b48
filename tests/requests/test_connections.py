"""The HTTP server: what clients hold is bounded and timed, and those who send requests get in."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from threading import Thread

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.platform.connections import MAX_CONNECTIONS, Connections, Limits, limits_for
from bot.platform.http_server import MAX_HEADERS, BoundedProtocol, BoundedServer, check_uvicorn
from tests.requests.raw_http import connect, read_status

GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\n"
LARGE = 4 * 1024 * 1024
TRICKLED = 250
LIMITS = Limits(connections=20, bytes=100_000, head_bytes=10_000)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body; `/large` with a large body, without reading any."""
    request = Request(scope, receive)
    if request.url.path == "/large":
        answer = Response(bytes(LARGE))
    else:
        try:
            answer = PlainTextResponse(str(len(await request.body())))
        except ClientDisconnect:
            return
    await answer(scope, receive, send)


@contextmanager
def running(limits: Limits, served: ASGIApp = app) -> Iterator[BoundedServer]:
    """Run a server with these limits."""
    server = BoundedServer(served, "127.0.0.1", 0, limits)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    assert wait_until(lambda: server.started)
    yield server
    server.should_exit = True
    thread.join(10)


def address(server: BoundedServer) -> str:
    return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


@contextmanager
def serving(limits: Limits, served: ASGIApp = app) -> Iterator[str]:
    """Run a server with these limits; yield its address."""
    with running(limits, served) as server:
        yield address(server)


def wait_until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds, for five seconds at most; return whether it does."""
    ended = time.monotonic() + 5
    while time.monotonic() < ended and not holds():
        time.sleep(0.01)
    return holds()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(LIMITS) as served:
        yield served


def is_closed(opened: socket.socket) -> bool:
    """Wait until the server has closed a connection, for two seconds at most."""
    opened.settimeout(2)
    try:
        while opened.recv(65536):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def answers(url: str, *parts: bytes) -> int:
    """Send parts of a request on a new connection; return the status of its response."""
    with connect(url) as opened:
        for part in parts:
            opened.sendall(part)
        return read_status(opened)


def send_until_closed(url: str, start: bytes, part: bytes, most: int) -> int:
    """Send a start, then parts until the server closes; return the bytes sent, at most `most`."""
    sent = 0
    with connect(url) as opened, suppress(BrokenPipeError, ConnectionResetError):
        opened.sendall(start)
        while sent < most:
            opened.sendall(part)
            sent += len(part)
    return sent


def trickle(opened: socket.socket) -> int:
    """Send a byte every 20 ms until the server closes; return how many, at most `TRICKLED`."""
    sent = 0
    with suppress(BrokenPipeError, ConnectionResetError):
        while sent < TRICKLED:
            opened.sendall(b"x")
            sent += 1
            time.sleep(0.02)
    return sent


def test_requests_are_answered_one_after_the_other_on_a_connection(url: str) -> None:
    with connect(url) as opened:
        for body in (b"", b"abc"):
            opened.sendall(POST + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            read = b""
            while not read.endswith(f"\r\n\r\n{len(body)}".encode()):
                read += opened.recv(4096)
            assert read.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("start", "part"),
    [
        (b"GET /", b"a" * 6000),
        (b"GET / HTTP/1.1\r\n", b"A: b\r\n" * 1000),
        (b"GET / HTTP/1.1\r\nA: ", b"b" * 6000),
    ],
    ids=["first line", "headers", "one header"],
)
def test_a_head_without_end_is_cut_off(start: bytes, part: bytes) -> None:
    with serving(replace(LIMITS, bytes=1000 * LARGE)) as url:
        assert send_until_closed(url, start, part, 64 * LARGE) < 4 * LARGE


def test_all_unfinished_heads_together_are_bounded(url: str) -> None:
    head = b"GET / HTTP/1.1\r\nA: " + b"a" * (LIMITS.head_bytes * 9 // 10)
    with ExitStack() as leaving:
        waiting = [leaving.enter_context(connect(url)) for _ in range(15)]
        for number, each in enumerate(waiting):
            each.sendall(head + b"a" * number)
        assert answers(url, GET) == 200
        assert is_closed(waiting[-1])


def test_trailers_without_end_are_cut_off(url: str) -> None:
    start = POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
    assert send_until_closed(url, start, b"A: b\r\n", 64 * LARGE) < 4 * LARGE


def test_as_many_headers_as_allowed_are_taken_and_no_more(url: str) -> None:
    start, end = b"GET / HTTP/1.1\r\n", b"\r\n"
    assert answers(url, start + b"A: b\r\n" * MAX_HEADERS + end) == 200
    assert answers(url, start + b"A: b\r\n" * (MAX_HEADERS + 1) + end) == 400


@pytest.mark.parametrize("start", [b"", b"G", POST], ids=["nothing", "a letter", "half a head"])
def test_a_request_that_does_not_come_is_not_waited_for(start: bytes) -> None:
    with serving(replace(LIMITS, head_seconds=0.2)) as url, connect(url) as opened:
        opened.sendall(start)
        assert is_closed(opened)


def test_a_head_that_trickles_in_is_not_waited_for() -> None:
    with serving(replace(LIMITS, head_seconds=0.2)) as url, connect(url) as opened:
        assert trickle(opened) < TRICKLED


def test_a_body_that_goes_on_after_the_response_is_not_waited_for() -> None:
    with serving(replace(LIMITS, head_seconds=0.2)) as url, connect(url) as opened:
        opened.sendall(POST.replace(b"/", b"/large", 1) + b"Content-Length: 5000\r\n\r\n")
        assert trickle(opened) < TRICKLED


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    with serving(replace(LIMITS, client_seconds=0.2)) as url, connect(url) as opened:
        opened.sendall(POST + b"Content-Length: 5\r\n\r\n")
        assert is_closed(opened)


def test_a_response_that_is_not_read_is_not_waited_for() -> None:
    with serving(replace(LIMITS, head_seconds=0.2, bytes=2 * LARGE)) as url, connect(url) as opened:
        opened.sendall(GET.replace(b"/", b"/large", 1))
        time.sleep(0.5)
        opened.settimeout(5)
        read = b"".join(iter(lambda: opened.recv(65536), b""))
        assert len(read) < LARGE


def test_a_working_request_is_not_cut_however_long_it_takes() -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.6)
        await app(scope, receive, send)

    with serving(replace(LIMITS, head_seconds=0.1, client_seconds=0.1), slow) as url:
        assert answers(url, GET) == 200


def test_whoever_sends_a_whole_request_gets_in_though_others_wait(url: str) -> None:
    with ExitStack() as leaving:
        waiting = [leaving.enter_context(connect(url)) for _ in range(3 * LIMITS.connections)]
        for each in waiting:
            each.sendall(b"GET / HTTP/1.1\r\nX-")
        assert answers(url, GET) == 200
        # The first of those who waited have been cut, and the last have not.
        assert is_closed(waiting[0])
        waiting[-1].sendall(b"A: b\r\n\r\n")
        assert read_status(waiting[-1]) == 200


def test_all_unfinished_bodies_together_are_bounded(url: str) -> None:
    length = LIMITS.bytes // 4
    with ExitStack() as leaving:
        waiting = [leaving.enter_context(connect(url)) for _ in range(8)]
        for number, each in enumerate(waiting):
            each.sendall(POST + f"Content-Length: {2 * length}\r\n\r\n".encode())
            each.sendall(bytes(length + number))
        assert answers(url, POST + b"Content-Length: 3\r\n\r\n", b"abc") == 200
        # Those with the most bytes are cut first.
        assert is_closed(waiting[-1])


def test_requests_sent_ahead_are_refused(url: str) -> None:
    with connect(url) as opened:
        opened.sendall(GET * 1000)
        assert is_closed(opened)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.0\r\n\r\n", 200),
        (GET.replace(b"\r\n\r\n", b"\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"), 200),
        (POST + b"Expect: 100-continue\r\nContent-Length: 1\r\n\r\n", 100),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\nA: b\r\n\r\n", 200),
        (b"\x16\x03\x01\x02\0\x01\0\r\n\r\n", 400),
    ],
    ids=["HTTP/1.0", "an upgrade", "expecting 100", "trailers", "TLS"],
)
def test_unusual_requests_are_answered(url: str, request_: bytes, status: int) -> None:
    assert answers(url, request_) == status


def test_who_leaves_half_way_is_forgotten() -> None:
    with running(LIMITS) as server:
        for part in (b"", b"GET", POST + b"Content-Length: 5\r\n\r\nab", GET):
            with connect(address(server)) as opened:
                opened.sendall(part)
        assert wait_until(lambda: len(server.connections) == 0)
        assert answers(address(server), GET) == 200


class Client:
    """A connection of the table alone."""

    def __init__(self, table: Connections) -> None:
        self.waiting, self.held, self.was_cut = True, 0, False
        self._table = table

    def cut(self) -> None:
        self.was_cut = True
        self._table.remove(self)


def clients(table: Connections, count: int) -> list[Client]:
    """Add so many connections."""
    made = [Client(table) for _ in range(count)]
    for each in made:
        table.add(each)
    return made


def test_the_connection_that_is_waited_for_longest_makes_room() -> None:
    table = Connections(Limits(3))
    working, first, second = clients(table, 3)
    working.waiting = False
    clients(table, 1)
    assert [each.was_cut for each in (working, first, second)] == [False, True, False]


def test_another_request_begins_the_wait_again() -> None:
    table = Connections(Limits(2))
    first, second = clients(table, 2)
    table.begin(first)
    clients(table, 1)
    assert (first.was_cut, second.was_cut) == (False, True)


def test_a_newcomer_is_refused_when_nobody_is_waited_for() -> None:
    table = Connections(Limits(2))
    working = clients(table, 2)
    for each in working:
        each.waiting = False
    (newcomer,) = clients(table, 1)
    assert newcomer.was_cut
    assert len(table) == 2


def test_the_one_that_holds_the_most_is_cut_until_the_rest_fits() -> None:
    table = Connections(Limits(9, bytes=10))
    small, large, larger = clients(table, 3)
    for each, held in ((small, 3), (large, 4), (larger, 3)):
        table.hold(each, held)
    table.hold(larger, 9)
    assert [each.was_cut for each in (small, large, larger)] == [False, False, True]
    table.hold(small, 6)
    assert len(table) == 2


def test_cuts_are_logged_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    clients(Connections(Limits(1)), 50)
    assert sum("connections_cut" in each.getMessage() for each in caplog.records) == 1


@pytest.mark.parametrize(
    ("descriptors", "most"),
    [(1024, 512), (256, 128), (1_048_576, MAX_CONNECTIONS), (-1, MAX_CONNECTIONS)],
)
def test_half_of_the_descriptors_are_left_to_the_rest(descriptors: int, most: int) -> None:
    assert limits_for(descriptors).connections == most


def test_the_locked_uvicorn_works_by_the_names_that_are_used() -> None:
    check_uvicorn()


def test_a_uvicorn_that_answers_in_another_way_is_refused() -> None:
    class OtherWay(BoundedProtocol):
        app = property(lambda _: app, lambda *_: None)  # type: ignore[assignment]

    with pytest.raises(RuntimeError, match="install the locked version"):
        check_uvicorn(OtherWay)
