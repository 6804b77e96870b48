"""Fetching a feed: over real sockets and TLS, and never from an internal address."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from threading import Thread
from time import monotonic, sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars import PERMANENT_FAULTS, FeedFault
from bot.errors import FeedRefused
from bot.intake.calendars.addresses import is_public, parse
from bot.intake.calendars.fetching import FeedResponse, Network, fetch
from tests.support.calendar_server import NAME, CalendarServer, Handler, calendar_server

FEED = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with calendar_server() as served:
        yield served


def body(ways: Network, address: str, **marks: str) -> bytes | None:
    """Return the body of a feed; None when it hasn't changed."""
    with fetch(ways, parse(address), **marks) as fetched:
        return None if fetched.chunks is None else b"".join(fetched.chunks)


def fault(ways: Network, address: str) -> FeedFault:
    """Return why a feed is refused."""
    with pytest.raises(FeedRefused) as refused:
        body(ways, address)
    return refused.value.fault


def test_a_feed_is_read_from_the_number_that_was_checked_under_its_name(
    server: CalendarServer,
) -> None:
    server.serve(FEED)
    assert body(server.network(), server.address()) == FEED
    ((path, headers),) = server.requests
    assert (path, headers["Host"]) == ("/ada.ics", f"{NAME}:{server.port}")
    assert headers["Accept-Encoding"] == "identity"
    assert server.resolved == [NAME]


def test_webcal_is_https_and_what_follows_the_path_is_asked_too(server: CalendarServer) -> None:
    server.serve(FEED, path="/ada.ics?key=a%20b")
    address = server.address("/ada.ics?key=a%20b").replace("https", "webcal")
    assert body(server.network(), address) == FEED


def test_what_has_not_changed_is_not_sent_again(server: CalendarServer) -> None:
    server.serve(FEED, ETag='"one"', Last_Modified="Mon, 02 Mar 2026 12:00:00 GMT")
    with fetch(server.network(), parse(server.address())) as fetched:
        marks = {"etag": fetched.etag, "last_modified": fetched.last_modified}
    assert body(server.network(), server.address(), **marks) is None
    assert server.requests[1][1]["If-Modified-Since"] == "Mon, 02 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, FeedFault.UNAUTHORIZED),
        (403, FeedFault.UNAUTHORIZED),
        (404, FeedFault.NOT_FOUND),
        (410, FeedFault.NOT_FOUND),
        (429, FeedFault.HTTP_ERROR),
        (500, FeedFault.HTTP_ERROR),
    ],
)
def test_a_refusal_is_told_by_its_sort(
    server: CalendarServer, status: int, expected: FeedFault
) -> None:
    server.serve(b"", status=status)
    assert fault(server.network(), server.address()) is expected


# Addresses that aren't allowed


NUMBERS = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.0.0.8", "::", "::1"),
    *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fc00::1", "fd12::1"),
    *("ff02::1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "100::1"),
    *("2001:db8::1", "2001::1", "fec0::1", "5f00::1", "3fff::1"),
]
OPEN = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_name_that_leads_inside_is_not_asked(server: CalendarServer, number: str) -> None:
    assert not is_public(ip_address(number))
    ways = server.network(resolve=lambda *_: ["8.8.8.8", number], is_public=is_public)
    assert fault(ways, "https://calendar.made-up.example/") is FeedFault.ADDRESS_NOT_ALLOWED


@pytest.mark.parametrize("number", OPEN)
def test_the_open_internet_is_open(number: str) -> None:
    assert is_public(ip_address(number))


@given(st.ip_addresses())
def test_whatever_is_open_to_us_is_no_address_inside(ip: object) -> None:
    number = ip_address(str(ip))
    inside = (
        number.is_private or number.is_loopback or number.is_link_local or number.is_multicast
    ) or (number.is_reserved or number.is_unspecified)
    assert not (inside and is_public(number))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", FeedFault.NOT_AN_ADDRESS),
        ("nonsense", FeedFault.NOT_AN_ADDRESS),
        ("https://", FeedFault.NOT_AN_ADDRESS),
        ("https:///x", FeedFault.NOT_AN_ADDRESS),
        ("https://[::1", FeedFault.NOT_AN_ADDRESS),
        ("https://a.example:99999/", FeedFault.NOT_AN_ADDRESS),
        ("https://a.example/\r\nHost: b.example", FeedFault.NOT_AN_ADDRESS),
        ("https://a.example\\@b.example/", FeedFault.NOT_AN_ADDRESS),
        ("https://calendar/", FeedFault.NOT_AN_ADDRESS),
        ("https://2130706433/", FeedFault.NOT_AN_ADDRESS),
        ("https://127.1/", FeedFault.NOT_AN_ADDRESS),
        ("https://0x7f.0.0.1/", FeedFault.NOT_AN_ADDRESS),
        ("https://0x7f.0x1/", FeedFault.NOT_AN_ADDRESS),
        ("https://１２７.0.0.1/", FeedFault.NOT_AN_ADDRESS),
        (f"https://a.example/{'x' * 2000}", FeedFault.NOT_AN_ADDRESS),
        ("ftp://a.example/", FeedFault.NOT_AN_ADDRESS),
        ("file:///etc/passwd", FeedFault.NOT_AN_ADDRESS),
        ("http://calendar.made-up.example/", FeedFault.NOT_HTTPS),
        ("https://ada:secret@a.example/", FeedFault.HAS_PASSWORD),
        ("https://@a.example/", FeedFault.HAS_PASSWORD),
        ("https://localhost/", FeedFault.ADDRESS_NOT_ALLOWED),
        ("https://LOCALHOST./", FeedFault.ADDRESS_NOT_ALLOWED),
        ("https://printer.local/", FeedFault.ADDRESS_NOT_ALLOWED),
        ("https://metadata.google.internal/", FeedFault.ADDRESS_NOT_ALLOWED),
        ("https://127.0.0.1/", FeedFault.ADDRESS_NOT_ALLOWED),
        ("https://[::1]:8443/", FeedFault.ADDRESS_NOT_ALLOWED),
        ("https://[fe80::1%25eth0]/", FeedFault.ADDRESS_NOT_ALLOWED),
        ("webcal://169.254.169.254/latest", FeedFault.ADDRESS_NOT_ALLOWED),
    ],
)
def test_what_is_never_asked_is_seen_in_its_address(address: str, expected: FeedFault) -> None:
    with pytest.raises(FeedRefused) as refused:
        parse(address)
    assert refused.value.fault is expected
    assert expected in PERMANENT_FAULTS


def test_an_address_is_kept_as_it_was_given() -> None:
    for address in ("https://a.example/x?y=%2F", "https://a.example:8443/", "https://[2a00::1]/x"):
        assert parse(f" {address} ").url == address
    assert parse("webcal://Kalender.Brücke.example").url == (
        "https://kalender.xn--brcke-lva.example/"
    )


def test_the_number_is_asked_for_once_so_that_it_cannot_change(server: CalendarServer) -> None:
    server.serve(FEED)
    told = iter([["127.0.0.1"], ["10.0.0.1"]])
    ways = server.network(resolve=lambda *_: next(told))
    assert body(ways, server.address()) == FEED
    assert next(told) == ["10.0.0.1"]


# Redirects


def test_a_feed_that_has_moved_is_followed(server: CalendarServer) -> None:
    server.serve(b"", path="/old.ics", status=301, Location="/ada.ics")
    server.serve(FEED)
    assert body(server.network(), server.address("/old.ics")) == FEED


@pytest.mark.parametrize(
    "location",
    [
        *("http://calendar.made-up.example/", "https://127.0.0.1/", "https://[::1]/", "file:///x"),
        *("https://localhost/", "https://a:b@a.example/", "https://169.254.169.254/", "", "//["),
    ],
)
def test_nobody_is_led_inside_by_forwarding(server: CalendarServer, location: str) -> None:
    server.serve(b"", status=302, Location=location)
    asked_before = len(server.requests)
    assert fault(server.network(), server.address()) is FeedFault.REDIRECT_NOT_ALLOWED
    # An empty location is the same address again, which is followed up to the limit.
    assert len(server.requests) - asked_before == (4 if not location else 1)


def test_a_name_that_is_forwarded_to_is_checked_as_the_first_one(server: CalendarServer) -> None:
    server.serve(b"", status=307, Location="https://inside.made-up.example/")
    numbers = {NAME: ["127.0.0.1"], "inside.made-up.example": ["10.0.0.1"]}
    ways = server.network(resolve=lambda name, _port: numbers[name])
    assert fault(ways, server.address()) is FeedFault.ADDRESS_NOT_ALLOWED


def test_forwarding_in_a_circle_ends(server: CalendarServer) -> None:
    server.serve(b"", status=302, Location="/ada.ics")
    assert fault(server.network(), server.address()) is FeedFault.REDIRECT_NOT_ALLOWED
    assert len(server.requests) == 4


# Certificates and timeouts


def test_a_certificate_for_another_name_is_no_proof(server: CalendarServer) -> None:
    server.serve(FEED)
    assert (
        fault(server.network(), server.address(name="other.example")) is FeedFault.BAD_CERTIFICATE
    )
    strangers = server.network(ssl_context=ssl.create_default_context)
    assert fault(strangers, server.address()) is FeedFault.BAD_CERTIFICATE
    assert server.requests == []


def test_nobody_there_is_unreachable(server: CalendarServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert fault(server.network(), f"https://{NAME}:{port}/") is FeedFault.UNREACHABLE


def test_a_name_that_is_not_known_is_unreachable(server: CalendarServer) -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror("Name or service not known")

    assert fault(server.network(resolve=unknown), server.address()) is FeedFault.UNREACHABLE
    assert fault(server.network(resolve=lambda *_: []), server.address()) is FeedFault.UNREACHABLE


def in_time(ways: Network, address: str) -> bool:
    """Return whether fetching is given up as too slow, soon after its half second."""
    began = monotonic()
    given_up = fault(ways, address) is FeedFault.TOO_SLOW
    return given_up and monotonic() - began < 2


def drip(*pieces: bytes) -> object:
    """Build a page that comes in small pieces, each in time by itself."""

    def page(handler: Handler) -> None:
        with suppress(OSError):
            for piece in pieces * 50:
                handler.wfile.write(piece)
                handler.wfile.flush()
                sleep(0.1)

    return page


def test_a_body_that_drips_is_given_up(server: CalendarServer) -> None:
    dripping = drip(b"BEGIN:VCALENDAR\r\n")

    def page(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        dripping(handler)

    server.pages["/ada.ics"] = page
    assert in_time(server.network(seconds=0.5), server.address())


def test_headers_that_drip_are_given_up(server: CalendarServer) -> None:
    server.pages["/ada.ics"] = drip(b"X")
    assert in_time(server.network(seconds=0.5), server.address())


def test_a_greeting_that_never_comes_is_given_up(server: CalendarServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert in_time(server.network(seconds=0.5), f"https://{NAME}:{port}/")


def test_a_name_that_takes_for_ever_is_given_up(server: CalendarServer) -> None:
    slow = server.network(seconds=0.3, resolve=lambda *_: sleep(3) or [])
    assert in_time(slow, server.address())


def test_a_body_that_says_to_be_too_large_is_not_begun(server: CalendarServer) -> None:
    def page(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(50 * 2**20))
        handler.end_headers()

    server.pages["/ada.ics"] = page
    assert fault(server.network(), server.address()) is FeedFault.TOO_LARGE


def test_what_is_packed_is_not_unpacked(server: CalendarServer) -> None:
    server.serve(b"\x1f\x8b", Content_Encoding="gzip")
    assert fault(server.network(), server.address()) is FeedFault.NO_CALENDAR


def test_what_does_not_speak_as_servers_do_is_refused(server: CalendarServer) -> None:
    server.pages["/ada.ics"] = lambda handler: handler.wfile.write(b"SSH-2.0-made up\r\n\r\n")
    assert fault(server.network(), server.address()) is FeedFault.HTTP_ERROR


def test_what_the_reader_raises_is_left_as_it_is(server: CalendarServer) -> None:
    server.serve(FEED)
    with pytest.raises(OSError, match="ours"), fetch(server.network(), parse(server.address())):
        raise OSError("ours")


def test_a_mark_that_cannot_be_kept_is_let_go(server: CalendarServer) -> None:
    server.serve(FEED, ETag=f'"{"x" * 300}"')
    with fetch(server.network(), parse(server.address())) as fetched:
        assert isinstance(fetched, FeedResponse)
        assert fetched.etag == ""


def test_many_at_once_are_each_cut_by_their_own_time(server: CalendarServer) -> None:
    server.pages["/ada.ics"] = drip(b"X")
    ended: list[bool] = []
    ways = server.network(seconds=0.5)
    threads = [
        Thread(target=lambda: ended.append(in_time(ways, server.address()))) for _ in range(5)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ended == [True] * 5
