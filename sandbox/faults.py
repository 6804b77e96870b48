"""Failures that a test orders: which method fails how, and how often."""

import threading
from dataclasses import dataclass
from typing import Literal

HANG_SECONDS = 1.5
Fault = (
    Literal["429", "500 before", "500 after", "502 page", "reset before", "reset after", "hang"]
    | str
)


@dataclass
class _Order:
    method: str
    how: Fault
    left: int | None


class Faults:
    """Orders are served oldest first; `*` stands for any method."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[_Order] = []
        self.hang_seconds = HANG_SECONDS

    def add(self, method: str, how: Fault, times: int | None) -> None:
        with self._lock:
            self._orders.append(_Order(method, how, times))

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()

    def take(self, method: str) -> Fault | None:
        """The failure this call is to meet, counted down."""
        with self._lock:
            order = next((o for o in self._orders if o.method in ("*", method)), None)
            if order is None:
                return None
            if order.left is not None:
                order.left -= 1
                if order.left <= 0:
                    self._orders.remove(order)
            return order.how
