"""The request guard: large, truncated, lying and slow bodies cost little and delay no one."""

import asyncio
import http.client
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from bot.platform.request_guard import Rejected, read_capped
from tests.requests.raw_http import (
    BODY,
    FORM,
    MAX_BODY_BYTES,
    MEGABYTE,
    SIGNATURE,
    STAMP,
    as_lines,
    ask,
    connect,
    forged_headers,
    head,
    peak_memory,
    post,
    read_status,
    send,
    send_chunked,
    signed_headers,
)
from tests.requests.seeded_workspace import SeededWorkspace

PADDED = BODY[:-1] + b" " * (MAX_BODY_BYTES - len(BODY)) + b"}"


@pytest.fixture(autouse=True)
def no_errors_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Assert that nothing is logged above a warning, and no traceback."""
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING, "uvicorn.error")
    yield
    logged = caplog.get_records("call")
    assert [each for each in logged if each.levelno > logging.WARNING or each.exc_info] == []


def test_two_hundred_megabytes_that_nobody_signed_are_cut_off(
    seeded_workspace: SeededWorkspace,
) -> None:
    chunk = bytes(64 * 1024)
    (answer, sent), held = peak_memory(
        lambda: send_chunked(seeded_workspace.url, chunk, 200 * MEGABYTE // len(chunk))
    )
    assert answer == 413
    # What is already in the sockets' buffers is sent, and then no more.
    assert sent < 32 * MEGABYTE
    assert held < 10 * MEGABYTE


def test_a_body_declared_too_large_is_refused_before_it_comes(
    seeded_workspace: SeededWorkspace,
) -> None:
    lines = [*as_lines(forged_headers()), f"Content-Length: {MAX_BODY_BYTES + 1}"]
    assert send(seeded_workspace.url, head(*lines)) == 413


def test_a_body_without_a_declared_length_is_refused_once_it_is_too_large(
    seeded_workspace: SeededWorkspace,
) -> None:
    assert send_chunked(seeded_workspace.url, bytes(MAX_BODY_BYTES), 1)[0] == 401
    assert send_chunked(seeded_workspace.url, bytes(MAX_BODY_BYTES + 1), 1)[0] == 413


def test_a_genuine_body_may_be_as_large_as_the_limit(seeded_workspace: SeededWorkspace) -> None:
    assert len(PADDED) == MAX_BODY_BYTES
    assert post(seeded_workspace.url, PADDED, signed_headers(PADDED)) == 200
    longer = as_lines(signed_headers(PADDED + b" "))
    assert send(seeded_workspace.url, head(*longer, f"Content-Length: {MAX_BODY_BYTES + 1}")) == 413


@pytest.mark.parametrize(
    "forge",
    [
        dict,
        lambda: forged_headers() | {SIGNATURE: ""},
        lambda: forged_headers() | {SIGNATURE: "v0=" + "0" * 63},
        lambda: forged_headers() | {STAMP: "now"},
        lambda: forged_headers(ago=301),
        lambda: forged_headers(ago=-1000),
    ],
    ids=["none", "no signature", "a short signature", "no time", "too old", "of the future"],
)
def test_a_body_without_slacks_headers_is_not_waited_for(
    seeded_workspace: SeededWorkspace, forge: Callable[[], dict[str, str]]
) -> None:
    lines = [*as_lines(forge()), "Expect: 100-continue", "Content-Length: 100"]
    assert send(seeded_workspace.url, head(*lines)) == 401


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "²", "9" * 30, "5, 6"])
def test_a_length_that_is_none_is_refused(seeded_workspace: SeededWorkspace, length: str) -> None:
    line = f"Content-Length: {length}".encode()
    assert send(seeded_workspace.url, head(line)) in (400, 413)


def test_two_lengths_are_refused(seeded_workspace: SeededWorkspace) -> None:
    lengths = f"Content-Length: {len(BODY)}", "Content-Length: 5"
    assert send(seeded_workspace.url, head(*lengths), BODY) == 400


def test_more_than_was_declared_is_not_part_of_the_body(seeded_workspace: SeededWorkspace) -> None:
    lines = as_lines(signed_headers(BODY))
    with connect(seeded_workspace.url) as opened:
        opened.sendall(head(*lines, f"Content-Length: {len(BODY)}") + BODY + b'{"more": 1}')
        assert read_status(opened) == 200


@pytest.mark.parametrize("framing", ["Content-Length: 5000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("part", [b"", b"5", b"5\r\nhello\r\n"])
def test_who_hangs_up_half_way_leaves_no_trace(
    seeded_workspace: SeededWorkspace, framing: str, part: bytes
) -> None:
    seeded_workspace.start_clock()
    start = head(*as_lines(forged_headers()), framing) + part
    with connect(seeded_workspace.url) as opened:
        opened.sendall(start)
    with connect(seeded_workspace.url) as opened:
        opened.sendall(start)
        opened.shutdown(socket.SHUT_WR)
        opened.recv(1000)
    assert ask(seeded_workspace.url, "GET", "/healthz")[0] == 200


@pytest.mark.parametrize("frame", [b"xyz\r\n", b"-5\r\nhello\r\n", b"5\r\nhello", b"5\r\nhell\r\n"])
def test_a_chunk_that_is_none_is_refused(seeded_workspace: SeededWorkspace, frame: bytes) -> None:
    start = head(*as_lines(forged_headers()), "Transfer-Encoding: chunked")
    with connect(seeded_workspace.url) as opened:
        opened.sendall(start + frame + b"zz\r\n0\r\n\r\n")
        assert read_status(opened) in (400, 401)


@pytest.mark.parametrize(
    "start", [b"\0\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\r\n\r\n"]
)
def test_what_is_not_http_is_refused(seeded_workspace: SeededWorkspace, start: bytes) -> None:
    assert send(seeded_workspace.url, start + b"\r\n\r\n") == 400


def test_slow_clients_hold_nobody_up(seeded_workspace: SeededWorkspace) -> None:
    seeded_workspace.start_clock()
    lines = as_lines(signed_headers(BODY))
    half = head(*lines, f"Content-Length: {len(BODY)}") + BODY[:20]
    with ExitStack() as leaving:
        slow = [leaving.enter_context(connect(seeded_workspace.url)) for _ in range(100)]
        for each in slow:
            each.sendall(half)
        assert ask(seeded_workspace.url, "GET", "/healthz")[0] == 200
        assert post(seeded_workspace.url, BODY, signed_headers(BODY)) == 200
        for each in slow[:3]:
            each.sendall(BODY[20:])
            assert read_status(each) == 200


def test_a_large_form_holds_nobody_up_while_it_is_parsed(
    seeded_workspace: SeededWorkspace,
) -> None:
    seeded_workspace.start_clock()
    form = b"a=b&" * (MEGABYTE // 4) + b"a=b"
    with ThreadPoolExecutor(1) as sender:
        started = time.monotonic()
        posted = sender.submit(post, seeded_workspace.url, form, signed_headers(form), FORM)
        waits = []
        while not posted.done():
            asked = time.monotonic()
            assert ask(seeded_workspace.url, "GET", "/healthz")[0] == 200
            waits.append(time.monotonic() - asked)
        took = time.monotonic() - started
    assert posted.result() == 404
    assert max(waits) < took / 2


def test_a_body_that_does_not_come_is_not_waited_for_for_ever() -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield BODY[:20]
        await asyncio.Event().wait()

    with pytest.raises(Rejected) as turned:
        asyncio.run(read_capped(trickle(), None, 0.01))
    assert turned.value.status == 408


def test_many_refused_bodies_leave_nothing_behind(seeded_workspace: SeededWorkspace) -> None:
    body = bytes(MAX_BODY_BYTES)

    def refuse() -> int:
        return post(seeded_workspace.url, body, forged_headers())

    refuse()
    assert peak_memory(lambda: max(refuse() for _ in range(20)))[1] < 10 * MEGABYTE


def test_a_refused_connection_is_closed(seeded_workspace: SeededWorkspace) -> None:
    connection = http.client.HTTPConnection(urlsplit(seeded_workspace.url).netloc, timeout=10)
    try:
        connection.request("POST", "/slack/events", b"x")
        assert connection.getresponse().headers["Connection"] == "close"
    finally:
        connection.close()
