"""Slack's rate limits in real time: calls a minute by tier, one post a second in a channel."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable

TIER_2, TIER_3, TIER_4, SPECIAL = 20, 50, 100, 600
POST_BURST = 3
# Slack's documentation says "several hundred messages per minute" for a whole workspace.
POSTS = 400
_WINDOW = 60.0

TIERS = {
    "apps.connections.open": TIER_3,
    "auth.test": SPECIAL,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "dnd.info": TIER_3,
    "dnd.teamInfo": TIER_2,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "reactions.add": TIER_3,
    "reactions.get": TIER_3,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}


class RateLimiter:
    """Counts calls by method and channel; `monotonic` returns seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._calls: dict[str, deque[float]] = {}
        self._tokens: dict[str, tuple[float, float]] = {}

    def wait_for(self, method: str, channel: str = "") -> int:
        """Count a call and return 0, or return the whole seconds to wait when over a limit."""
        with self._lock:
            if method == "chat.postMessage":
                return self._wait_for_post(channel) or self._wait_for(method, POSTS)
            return self._wait_for(method, TIERS.get(method))

    def _wait_for(self, method: str, allowed: int | None) -> int:
        if allowed is None:
            return 0
        now = self._monotonic()
        calls = self._calls.setdefault(method, deque())
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= allowed:
            return math.ceil(_WINDOW - (now - calls[0])) or 1
        calls.append(now)
        return 0

    def _wait_for_post(self, channel: str) -> int:
        now = self._monotonic()
        tokens, at = self._tokens.get(channel, (float(POST_BURST), now))
        tokens = min(float(POST_BURST), tokens + now - at)
        if tokens < 1.0:
            self._tokens[channel] = (tokens, now)
            return math.ceil(1.0 - tokens)
        self._tokens[channel] = (tokens - 1.0, now)
        return 0
