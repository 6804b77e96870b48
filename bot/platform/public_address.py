"""Public URLs: where the bot is reached from outside, and whether others may be sent there."""

from urllib.parse import SplitResult, urlsplit

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def is_base_url(url: str) -> bool:
    """Return whether a text is a URL that a path can be appended to."""
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return url.isprintable() and not set(url) & set(" ?#@\\")


def is_secure(url: str) -> bool:
    """Return whether no one on the way can read along: by https, or on this machine alone."""
    parts = _split(url)
    return parts is not None and (parts.scheme == "https" or parts.hostname in LOCAL_HOSTS)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        # Reading `port` is what raises for an invalid one.
        return parts if parts.port != 0 else None
    except ValueError:
        return None
