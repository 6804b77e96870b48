"""Throttle: whoever guesses is slowed down, by address and all together; memory is bounded."""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

MINUTE = 60.0
FROM_ONE, FROM_ALL = 20, 600
# Addresses that are remembered. Whoever has more guesses no faster than all may together.
REMEMBERED = 4096
# Whoever has one IPv6 address has as many as there are behind these bits.
PREFIX = 64


class Throttle:
    """Counts wrong guesses of this process: some a minute from one address, more from all.

    So many may come together, and the rest at an even pace. Nobody else's guesses are held against
    whoever holds what is right: only what is wrong is asked about here. `steady` gives seconds that
    only ever grow.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._lock = Lock()
        # For each address when its guesses so far would be through at an even pace, oldest first.
        self._through: OrderedDict[str, float] = OrderedDict()
        self._all_through = 0.0

    def wrong(self, address: str) -> int:
        """Note a wrong guess; gives 0, or for how many seconds no more of them is heard.

        What is not heard is not counted: whoever waits so long is heard again.
        """
        now, whose = self._steady(), _whose(address)
        with self._lock:
            one = _after(self._through.get(whose, now), FROM_ONE, now)
            all_ = _after(self._all_through, FROM_ALL, now)
            waits = max(one, all_) - MINUTE - now
            if waits > 0:
                return ceil(waits)
            self._all_through = all_
            self._remember(whose, one)
            return 0

    def __len__(self) -> int:
        return len(self._through)

    def _remember(self, whose: str, through: float) -> None:
        self._through[whose] = through
        self._through.move_to_end(whose)
        if len(self._through) > REMEMBERED:
            self._through.popitem(last=False)


def _after(through: float, a_minute: int, now: float) -> float:
    return max(through, now) + MINUTE / a_minute


def _whose(address: str) -> str:
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(int(known) >> (128 - PREFIX))
    return str(known)
