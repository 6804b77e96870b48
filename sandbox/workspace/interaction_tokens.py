"""Tokens with which the app responds to an interaction: triggers and response URLs."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

TRIGGER_SECONDS = 3.0
RESPONSE_USES = 5
RESPONSE_LIFETIME = timedelta(minutes=30)


@dataclass
class Trigger:
    """A token to open a modal: it works once, for three seconds of real time."""

    id: str
    user: str
    issued_at: float
    view_id: str | None = None
    used: bool = False
    expired: bool = False

    def is_expired(self) -> bool:
        return self.expired or time.monotonic() - self.issued_at > TRIGGER_SECONDS


@dataclass
class ResponseUrl:
    """An address for responses to one interaction: five within thirty minutes."""

    id: str
    channel: str
    user: str
    issued_at: datetime
    message_ts: str | None = None
    uses: int = 0

    def is_used_up(self, now: datetime) -> bool:
        return self.uses >= RESPONSE_USES or now - self.issued_at > RESPONSE_LIFETIME


class InteractionTokens:
    """The triggers, response URLs and socket tickets issued so far."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.sockets: set[str] = set()

    def new_trigger(self, user_id: str, view_id: str | None = None) -> Trigger:
        with self._lock:
            name = f"{next(self._numbers)}.1.sandbox"
            trigger = Trigger(name, user_id, time.monotonic(), view_id)
            self.triggers[trigger.id] = trigger
            return trigger

    def expire_triggers(self) -> None:
        with self._lock:
            for trigger in self.triggers.values():
                trigger.expired = True

    def new_response_url(self, channel: str, user: str, message_ts: str | None) -> ResponseUrl:
        with self._lock:
            name = f"R{next(self._numbers):07d}"
            entry = ResponseUrl(name, channel, user, self._now(), message_ts)
            self.response_urls[entry.id] = entry
            return entry

    def new_socket_ticket(self) -> str:
        """Issue a ticket for one Socket Mode connection."""
        with self._lock:
            ticket = f"ticket-{next(self._numbers)}"
            self.sockets.add(ticket)
            return ticket

    def redeem_socket_ticket(self, ticket: str) -> bool:
        with self._lock:
            known = ticket in self.sockets
            self.sockets.discard(ticket)
            return known
