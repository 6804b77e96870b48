"""Fetch a feed over https, without being led into an internal network."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread, Timer
from time import monotonic

from bot.domain.calendars import FeedFault
from bot.errors import FeedRefused
from bot.intake.calendars import addresses
from bot.intake.calendars.addresses import IP, Address
from bot.intake.calendars.ics import MAX_BYTES

MAX_REDIRECTS = 3
# How many IP addresses of a name are tried.
MAX_TRIED = 3
CHUNK_BYTES = 2**16
MAX_VALIDATOR_LENGTH = 255
TIMEOUT_SECONDS = 10.0
FAULTS: Mapping[int, FeedFault] = {
    401: FeedFault.UNAUTHORIZED,
    403: FeedFault.UNAUTHORIZED,
    404: FeedFault.NOT_FOUND,
    410: FeedFault.NOT_FOUND,
}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS: Mapping[str, str] = {
    "User-Agent": "Nihito",
    "Accept": "text/calendar",
    "Connection": "close",
}


def resolve(name: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a name, as this machine resolves it. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@cache
def system_ssl_context() -> ssl.SSLContext:
    """Return the SSL context of what this machine trusts, loaded once and on demand."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Network:
    """How the outside is reached: name resolution, allowed IP addresses, trust, timeout."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    is_public: Callable[[IP], bool] = addresses.is_public
    ssl_context: Callable[[], ssl.SSLContext] = system_ssl_context
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True)
class FeedResponse:
    """A feed's response. `chunks` is None if it has not changed since the validators were given.

    `etag` and `last_modified` are the server's own validators for this version, "" if it has none.
    """

    chunks: Iterator[bytes] | None
    etag: str = ""
    last_modified: str = ""


class _Deadline:
    """The deadline of a whole request; after it, no read waits on its connection any longer."""

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Return the seconds left. Raises `FeedRefused` if there are none."""
        remaining = self._until - monotonic()
        if remaining <= 0:
            raise FeedRefused(FeedFault.TOO_SLOW)
        return remaining

    @contextmanager
    def enforce_on(self, connection: socket.socket) -> Iterator[None]:
        """Cut a connection at the deadline: its own timeout starts again with each byte."""
        # The plain socket's method: the TLS one would remove the encryption while it is being read.
        timer = Timer(self.remaining, _shut_down, (connection,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _shut_down(connection: socket.socket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return


@contextmanager
def fetch(
    network: Network, address: Address, etag: str = "", last_modified: str = ""
) -> Iterator[FeedResponse]:
    """Request a feed, and read it while this context is open.

    Raises `FeedRefused`, here and while its chunks are read.
    """
    deadline = _Deadline(network.timeout_seconds)
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    validators = {name: value for name, value in conditions.items() if value}
    for _ in range(MAX_REDIRECTS + 1):
        with ExitStack() as exit_stack:
            with _translate_errors(deadline):
                response = _request(network, address, validators, deadline, exit_stack)
            if response.status not in REDIRECTS:
                yield _read_response(response, deadline)
                return
            location = response.getheader("Location") or ""
        address = addresses.resolve_redirect(address, location)
    raise FeedRefused(FeedFault.REDIRECT_NOT_ALLOWED)


@contextmanager
def _translate_errors(deadline: _Deadline) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise FeedRefused(FeedFault.BAD_CERTIFICATE) from None
    except HTTPException:
        _ = deadline.remaining
        raise FeedRefused(FeedFault.HTTP_ERROR) from None
    except OSError:
        _ = deadline.remaining
        raise FeedRefused(FeedFault.UNREACHABLE) from None


def _request(
    network: Network,
    address: Address,
    validators: Mapping[str, str],
    deadline: _Deadline,
    exit_stack: ExitStack,
) -> HTTPResponse:
    plain = _connect(_public_ips(network, address, deadline), address.port, deadline)
    exit_stack.callback(plain.close)
    secure = network.ssl_context().wrap_socket(
        plain, server_hostname=address.host, do_handshake_on_connect=False
    )
    exit_stack.callback(secure.close)
    exit_stack.enter_context(deadline.enforce_on(secure))
    secure.do_handshake()
    connection = HTTPConnection(address.host, address.port)
    connection.sock = secure
    connection.request(
        "GET", address.path, headers={**HEADERS, **validators, "Host": address.authority}
    )
    response = connection.getresponse()
    exit_stack.callback(response.close)
    return response


def _public_ips(network: Network, address: Address, deadline: _Deadline) -> Sequence[str]:
    """Return the IP addresses of a name, all of them public: only these are connected to."""
    found = _resolve(network, address, deadline)
    if not found:
        raise FeedRefused(FeedFault.UNREACHABLE)
    if not all(network.is_public(ip_address(each.partition("%")[0])) for each in found):
        raise FeedRefused(FeedFault.ADDRESS_NOT_ALLOWED)
    return found[:MAX_TRIED]


def _resolve(network: Network, address: Address, deadline: _Deadline) -> Sequence[str]:
    """Resolve a name. The system's resolver can be waited for, but not hurried."""
    results: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            results.put(network.resolve(address.host, address.port))
        except (OSError, UnicodeError) as error:
            results.put(error if isinstance(error, OSError) else OSError("no name"))

    Thread(target=look_up, name="resolver", daemon=True).start()
    try:
        found = results.get(timeout=deadline.remaining)
    except Empty:
        raise FeedRefused(FeedFault.TOO_SLOW) from None
    if isinstance(found, OSError):
        raise found
    return found


def _connect(ips: Sequence[str], port: int, deadline: _Deadline) -> socket.socket:
    *first, last = ips
    for each in first:
        try:
            return socket.create_connection((each, port), timeout=deadline.remaining / 2)
        except OSError:
            continue
    return socket.create_connection((last, port), timeout=deadline.remaining)


def _read_response(response: HTTPResponse, deadline: _Deadline) -> FeedResponse:
    etag, modified = (_validator(response.getheader(each)) for each in ("ETag", "Last-Modified"))
    if response.status == 304:
        return FeedResponse(None, etag, modified)
    if response.status != 200:
        raise FeedRefused(FAULTS.get(response.status, FeedFault.HTTP_ERROR))
    # No compression was requested, and the uncompressed size would be unknown.
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise FeedRefused(FeedFault.NO_CALENDAR)
    if response.length is not None and response.length > MAX_BYTES:
        raise FeedRefused(FeedFault.TOO_LARGE)
    return FeedResponse(_chunks(response, deadline), etag, modified)


def _validator(header: str | None) -> str:
    """Return a validator that can be stored and sent back, or ""."""
    return (
        header
        if header
        and len(header) <= MAX_VALIDATOR_LENGTH
        and header.isascii()
        and header.isprintable()
        else ""
    )


def _chunks(response: HTTPResponse, deadline: _Deadline) -> Iterator[bytes]:
    with _translate_errors(deadline):
        while chunk := response.read1(CHUNK_BYTES):
            # Check the time, since a connection that was cut at the deadline looks like an end.
            _ = deadline.remaining
            yield chunk
        _ = deadline.remaining
