"""A server of calendar feeds on this machine, with TLS and a self-signed certificate."""

import ssl
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.intake.calendars.fetching import Network

NAME = "calendar.made-up.example"
LOOPBACK = ip_address("127.0.0.1")
Handler = BaseHTTPRequestHandler
Page = Callable[[Handler], None]


@dataclass
class CalendarServer:
    """Serves `pages` by path; `requests` are those received, `resolved` the names looked up."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)

    def address(self, path: str = "/ada.ics", name: str = NAME) -> str:
        """Return the address of a page."""
        return f"https://{name}:{self.port}{path}"

    def serve(self, body: bytes, path: str = "/ada.ics", status: int = 200, **more: str) -> None:
        """Serve this response from now on; `more` are headers, with `_` for each hyphen."""
        headers = {name.replace("_", "-"): value for name, value in more.items()}

        def page(handler: Handler) -> None:
            known = headers.get("ETag")
            unchanged = known and handler.headers.get("If-None-Match") == known
            handler.send_response(304 if unchanged else status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(0 if unchanged else len(body)))
            handler.end_headers()
            handler.wfile.write(b"" if unchanged else body)

        self.pages[path] = page

    def network(self, *, seconds: float = 5.0, **more: Any) -> Network:
        """Return a network for it: this loopback address alone counts as public."""

        def resolve(name: str, _port: int) -> Sequence[str]:
            self.resolved.append(name)
            return ["127.0.0.1"]

        known = {"resolve": resolve, "is_public": LOOPBACK.__eq__, "ssl_context": ssl_context}
        return Network(**{**known, "timeout_seconds": seconds, **more})


@contextmanager
def calendar_server() -> Iterator[CalendarServer]:
    """Run a server."""
    # Created before there are threads: two at once would create one each.
    _certificate()
    told = CalendarServer()
    server = _Server(told)
    told.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, told: CalendarServer) -> None:
        self.told = told
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            secure = _served().wrap_socket(request, server_side=True)
        except OSError:
            return
        super().process_request_thread(secure, client_address)

    def handle_error(self, request: socket, client_address: object) -> None:
        """Ignore clients that have hung up, as some tests let them."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        told = self.server.told
        told.requests.append((self.path, dict(self.headers)))
        page = told.pages.get(self.path)
        if page is None:
            self.send_error(404)
        else:
            page(self)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@dataclass(frozen=True)
class _Certificate:
    pem: bytes
    key: bytes


@cache
def _certificate() -> _Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    # The machine's own time, by which Python checks it.
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kept = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return _Certificate(made.public_bytes(pem), kept)


@cache
def ssl_context() -> ssl.SSLContext:
    """Return a context that trusts this certificate alone."""
    return ssl.create_default_context(cadata=_certificate().pem.decode())


@cache
def _served() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_bytes(_certificate().key + _certificate().pem)
        context.load_cert_chain(path)
    return context
