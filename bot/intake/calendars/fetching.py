"""Fetching: a feed from where it is, without being led anywhere inside."""

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
from bot.intake.calendars.ics import LARGEST

MOST_REDIRECTS = 3
# Of one name: the first few that answer or do not.
MOST_TRIED = 3
PIECE = 2**16
MARK = 255
SECONDS = 10.0
FAULTS: Mapping[int, FeedFault] = {
    401: FeedFault.LOCKED,
    403: FeedFault.LOCKED,
    404: FeedFault.LOST,
    410: FeedFault.LOST,
}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
HEADERS: Mapping[str, str] = {
    "User-Agent": "Nihito",
    "Accept": "text/calendar",
    "Connection": "close",
}


def resolve(name: str, port: int) -> Sequence[str]:
    """The numbers of a name, as this machine is told. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@cache
def system_trust() -> ssl.SSLContext:
    """Whom this machine trusts, read once and when it is needed."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Ways:
    """How the outside is reached: who tells numbers, which are asked, whom to trust, how long."""

    resolve: Callable[[str, int], Sequence[str]] = resolve
    is_open: Callable[[IP], bool] = addresses.is_open
    trust: Callable[[], ssl.SSLContext] = system_trust
    seconds: float = SECONDS


@dataclass(frozen=True)
class Fetched:
    """A feed's answer. `chunks` is None when it has not changed since the marks were given.

    The marks are the server's own words for this version, "" where it has none.
    """

    chunks: Iterator[bytes] | None
    etag: str = ""
    last_modified: str = ""


class _Deadline:
    """The end of a whole request: whatever waits on its connection then is let go."""

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; raises `FeedRefused` when there are none."""
        left = self._until - monotonic()
        if left <= 0:
            raise FeedRefused(FeedFault.TOO_SLOW)
        return left

    @contextmanager
    def over(self, connection: socket.socket) -> Iterator[None]:
        """Cut a connection when time is up: its own timeout starts anew with each byte."""
        # The plain method: that of TLS would take the encryption off under who is reading.
        timer = Timer(self.left, _cut, (connection,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _cut(connection: socket.socket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return


@contextmanager
def fetch(
    ways: Ways, address: Address, etag: str = "", last_modified: str = ""
) -> Iterator[Fetched]:
    """Ask for a feed, and read it while this is open.

    Raises `FeedRefused`, here and while its chunks are read.
    """
    deadline = _Deadline(ways.seconds)
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    marks = {name: value for name, value in asked.items() if value}
    for _ in range(MOST_REDIRECTS + 1):
        with ExitStack() as ending:
            with _translated(deadline):
                response = _ask(ways, address, marks, deadline, ending)
            if response.status not in REDIRECTS:
                yield _fetched(response, deadline)
                return
            location = response.getheader("Location") or ""
        address = addresses.followed(address, location)
    raise FeedRefused(FeedFault.ELSEWHERE)


@contextmanager
def _translated(deadline: _Deadline) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise FeedRefused(FeedFault.UNPROVEN) from None
    except HTTPException:
        _ = deadline.left
        raise FeedRefused(FeedFault.REFUSED) from None
    except OSError:
        _ = deadline.left
        raise FeedRefused(FeedFault.UNREACHABLE) from None


def _ask(
    ways: Ways, address: Address, marks: Mapping[str, str], deadline: _Deadline, ending: ExitStack
) -> HTTPResponse:
    plain = _connect(_checked(ways, address, deadline), address.port, deadline)
    ending.callback(plain.close)
    secure = ways.trust().wrap_socket(
        plain, server_hostname=address.host, do_handshake_on_connect=False
    )
    ending.callback(secure.close)
    ending.enter_context(deadline.over(secure))
    secure.do_handshake()
    connection = HTTPConnection(address.host, address.port)
    connection.sock = secure
    connection.request("GET", address.path, headers={**HEADERS, **marks, "Host": address.authority})
    response = connection.getresponse()
    ending.callback(response.close)
    return response


def _checked(ways: Ways, address: Address, deadline: _Deadline) -> Sequence[str]:
    """The numbers of a name, each of which may be asked: these are asked, and no others."""
    found = _resolved(ways, address, deadline)
    if not found:
        raise FeedRefused(FeedFault.UNREACHABLE)
    if not all(ways.is_open(ip_address(each.partition("%")[0])) for each in found):
        raise FeedRefused(FeedFault.FORBIDDEN)
    return found[:MOST_TRIED]


def _resolved(ways: Ways, address: Address, deadline: _Deadline) -> Sequence[str]:
    """What a name resolves to. The system's own answer can be waited for, and not hurried."""
    told: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            told.put(ways.resolve(address.host, address.port))
        except (OSError, UnicodeError) as error:
            told.put(error if isinstance(error, OSError) else OSError("no name"))

    Thread(target=ask, name="resolver", daemon=True).start()
    try:
        found = told.get(timeout=deadline.left)
    except Empty:
        raise FeedRefused(FeedFault.TOO_SLOW) from None
    if isinstance(found, OSError):
        raise found
    return found


def _connect(numbers: Sequence[str], port: int, deadline: _Deadline) -> socket.socket:
    *first, last = numbers
    for each in first:
        try:
            return socket.create_connection((each, port), timeout=deadline.left / 2)
        except OSError:
            continue
    return socket.create_connection((last, port), timeout=deadline.left)


def _fetched(response: HTTPResponse, deadline: _Deadline) -> Fetched:
    etag, modified = (_mark(response.getheader(each)) for each in ("ETag", "Last-Modified"))
    if response.status == 304:
        return Fetched(None, etag, modified)
    if response.status != 200:
        raise FeedRefused(FAULTS.get(response.status, FeedFault.REFUSED))
    # It was not asked to be packed: how large it is unpacked, nobody could tell.
    if (response.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise FeedRefused(FeedFault.NO_CALENDAR)
    if response.length is not None and response.length > LARGEST:
        raise FeedRefused(FeedFault.TOO_LARGE)
    return Fetched(_chunks(response, deadline), etag, modified)


def _mark(told: str | None) -> str:
    """A mark that can be kept and given back."""
    return told if told and len(told) <= MARK and told.isascii() and told.isprintable() else ""


def _chunks(response: HTTPResponse, deadline: _Deadline) -> Iterator[bytes]:
    with _translated(deadline):
        while chunk := response.read1(PIECE):
            # What came in time is enough; a connection that was cut looks like an end.
            _ = deadline.left
            yield chunk
        _ = deadline.left
