"""Throttle wrong guesses, by address and all together; memory is bounded."""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

MINUTE = 60.0
MAX_PER_ADDRESS, MAX_TOGETHER = 20, 600
# Addresses that are remembered. With more of them, guesses are no faster than all may be together.
MAX_REMEMBERED = 4096
# The owner of one IPv6 address has as many as there are behind these bits.
IPV6_PREFIX_BITS = 64


class Throttle:
    """A counter of this process's wrong guesses: some a minute from one address, more from all.

    That many may come together, and the rest at an even pace. No one's right link is held up by
    other people's guesses: only wrong ones are counted here. `monotonic` gives seconds that only
    ever grow.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        # For each address when its guesses so far would be through at an even pace, oldest first.
        self._clear_at: OrderedDict[str, float] = OrderedDict()
        self._all_clear_at = 0.0

    def count_wrong_guess(self, address: str) -> int:
        """Count a wrong guess; return 0, or for how many seconds no more of them is accepted.

        A guess that is not accepted is not counted: after that wait the next one is accepted again.
        """
        now, client = self._monotonic(), _client(address)
        with self._lock:
            one = _next_clear_at(self._clear_at.get(client, now), MAX_PER_ADDRESS, now)
            all_ = _next_clear_at(self._all_clear_at, MAX_TOGETHER, now)
            waits = max(one, all_) - MINUTE - now
            if waits > 0:
                return ceil(waits)
            self._all_clear_at = all_
            self._remember(client, one)
            return 0

    def __len__(self) -> int:
        return len(self._clear_at)

    def _remember(self, client: str, clear_at: float) -> None:
        self._clear_at[client] = clear_at
        self._clear_at.move_to_end(client)
        if len(self._clear_at) > MAX_REMEMBERED:
            self._clear_at.popitem(last=False)


def _next_clear_at(clear_at: float, a_minute: int, now: float) -> float:
    return max(clear_at, now) + MINUTE / a_minute


def _client(address: str) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(int(known) >> (128 - IPV6_PREFIX_BITS))
    return str(known)
