"""Failures that a test orders: which method fails how, and how often."""

import threading
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Literal

HANG_SECONDS = 1.5
RETRY_SECONDS = 1
Fault = (
    Literal["429", "500 before", "500 after", "502 page", "reset before", "reset after", "hang"]
    | str
)
# What a call meets by chance: each says something else about whether it was done.
AT_RANDOM: tuple[Fault, ...] = (
    "429",
    "500 before",
    "500 after",
    "reset before",
    "reset after",
    "hang",
)


@dataclass
class _Order:
    method: str
    how: Fault
    left: int | None


@dataclass(frozen=True)
class _Weather:
    method: str
    share: float
    random: Random


class Faults:
    """Orders are served oldest first, then chance; `*` stands for any method.

    `met` counts the failures that calls came to.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[_Order] = []
        self._weather: list[_Weather] = []
        self.met: Counter[Fault] = Counter()
        self.hang_seconds = HANG_SECONDS
        self.retry_seconds = RETRY_SECONDS
        self._healed = threading.Event()

    def add(self, method: str, how: Fault, times: int | None) -> None:
        with self._lock:
            self._orders.append(_Order(method, how, times))

    def add_at_random(self, method: str, share: float, seed: int) -> None:
        with self._lock:
            self._weather.append(_Weather(method, share, Random(seed)))

    def clear(self) -> None:
        """Nothing fails any more, and what hangs hangs no longer."""
        with self._lock:
            self._orders.clear()
            self._weather.clear()
            self._healed.set()
            self._healed = threading.Event()

    def hang(self) -> None:
        """Return after a while, or once all is cleared."""
        with self._lock:
            healed = self._healed
        # Not woken by every change: under a load many hang at once.
        healed.wait(self.hang_seconds)

    def take(self, method: str) -> Fault | None:
        """The failure this call is to meet, counted down."""
        with self._lock:
            fault = self._ordered(method) or self._by_chance(method)
            if fault is not None:
                self.met[fault] += 1
            return fault

    def _ordered(self, method: str) -> Fault | None:
        order = next((o for o in self._orders if o.method in ("*", method)), None)
        if order is None:
            return None
        if order.left is not None:
            order.left -= 1
            if order.left <= 0:
                self._orders.remove(order)
        return order.how

    def _by_chance(self, method: str) -> Fault | None:
        for each in self._weather:
            if each.method in ("*", method) and each.random.random() < each.share:
                return each.random.choice(AT_RANDOM)
        return None
