"""Feed addresses: which may be fetched, by their form and by the IP addresses behind them."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urljoin, urlsplit

from bot.domain.calendars import FeedFault
from bot.errors import FeedRefused

MAX_LENGTH = 2000
SECURE_SCHEMES = frozenset({"https", "webcal", "webcals"})
# Names that resolve in an internal network only.
INTERNAL_SUFFIXES = (
    ".localhost",
    ".local",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
    ".onion",
)
LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
NAME = re.compile(rf"({LABEL}\.)+{LABEL}\.?")

IP = IPv4Address | IPv6Address
# Not only private networks: translated, tunnelled, reserved and example addresses may lead inside
# as well.
BLOCKED_IPV4 = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
PUBLIC_IPV6 = ip_network("2000::/3")
BLOCKED_IPV6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


@dataclass(frozen=True)
class Address:
    """Where a feed is: a host name or IP address, a port, and the path with its query."""

    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """Return it as a URL, always with https."""
        port = "" if self.port == 443 else f":{self.port}"
        return f"https://{self._bracketed}{port}{self.path}"

    @property
    def authority(self) -> str:
        """Return the value of the Host header for it."""
        return self._bracketed if self.port == 443 else f"{self._bracketed}:{self.port}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse(text: str) -> Address:
    """Parse an address as typed. Raises `FeedRefused` for one that is never fetched."""
    typed = text.strip()
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").lower(), parts.port or 443
    except ValueError:
        raise FeedRefused(FeedFault.NOT_AN_ADDRESS) from None
    if len(typed) > MAX_LENGTH or not host or re.search(r"[\x00-\x20\x7f\\]", typed):
        raise FeedRefused(FeedFault.NOT_AN_ADDRESS)
    if parts.scheme not in SECURE_SCHEMES:
        plain = parts.scheme == "http"
        raise FeedRefused(FeedFault.NOT_HTTPS if plain else FeedFault.NOT_AN_ADDRESS)
    if parts.username is not None or parts.password is not None:
        raise FeedRefused(FeedFault.HAS_PASSWORD)
    query = f"?{parts.query}" if parts.query else ""
    path = quote((parts.path or "/") + query, safe="/?&=%:@!$'()*+,;~-._#[]")
    return Address(_check_host(host), port, path)


def resolve_redirect(address: Address, location: str) -> Address:
    """Return the address that a redirect leads to. Raises `FeedRefused`."""
    try:
        return parse(urljoin(address.url, location.strip()))
    except (FeedRefused, ValueError):
        raise FeedRefused(FeedFault.REDIRECT_NOT_ALLOWED) from None


def is_public(ip: IP) -> bool:
    """Return whether an IP address is on the public internet, and leads nowhere else."""
    if isinstance(ip, IPv4Address):
        return not any(ip in each for each in BLOCKED_IPV4)
    return ip in PUBLIC_IPV6 and not any(ip in each for each in BLOCKED_IPV6)


def _check_host(host: str) -> str:
    ip = _parse_ip(host)
    if ip is not None:
        if not is_public(ip):
            raise FeedRefused(FeedFault.ADDRESS_NOT_ALLOWED)
        return host
    if f".{host.rstrip('.')}".endswith(INTERNAL_SUFFIXES):
        raise FeedRefused(FeedFault.ADDRESS_NOT_ALLOWED)
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        raise FeedRefused(FeedFault.NOT_AN_ADDRESS) from None
    # The last label of a name is not a number: some read 127.1 and 0x7f.1 as numbers.
    if not NAME.fullmatch(name) or re.fullmatch("[0-9]+|0x[0-9a-f]*", name.split(".")[-1]):
        raise FeedRefused(FeedFault.NOT_AN_ADDRESS)
    return name


def _parse_ip(host: str) -> IP | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
