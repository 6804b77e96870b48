"""Faults that a test injects: which method fails how, and how often."""

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
# Faults drawn at random; they differ in whether the call was carried out.
RANDOM_FAULTS: tuple[Fault, ...] = (
    "429",
    "500 before",
    "500 after",
    "reset before",
    "reset after",
    "hang",
)


@dataclass
class _PlannedFault:
    method: str
    how: Fault
    left: int | None


@dataclass(frozen=True)
class _RandomFault:
    method: str
    share: float
    random: Random


class Faults:
    """Planned faults, served oldest first, then random ones; method `*` stands for any.

    `met` counts the faults that calls have met.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_PlannedFault] = []
        self._random: list[_RandomFault] = []
        self.met: Counter[Fault] = Counter()
        self.hang_seconds = HANG_SECONDS
        self.retry_seconds = RETRY_SECONDS
        self._cleared = threading.Event()

    def add(self, method: str, how: Fault, times: int | None) -> None:
        with self._lock:
            self._planned.append(_PlannedFault(method, how, times))

    def add_at_random(self, method: str, share: float, seed: int) -> None:
        with self._lock:
            self._random.append(_RandomFault(method, share, Random(seed)))

    def clear(self) -> None:
        """Let nothing fail any more, and end what hangs."""
        with self._lock:
            self._planned.clear()
            self._random.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def hang(self) -> None:
        """Wait for `hang_seconds`, or until the faults are cleared."""
        with self._lock:
            cleared = self._cleared
        # Its own event, not the workspace's condition: under load many calls hang at once.
        cleared.wait(self.hang_seconds)

    def next_fault(self, method: str) -> Fault | None:
        """Return the fault that this call is to meet, and count it; None if none."""
        with self._lock:
            fault = self._next_planned(method) or self._next_random(method)
            if fault is not None:
                self.met[fault] += 1
            return fault

    def _next_planned(self, method: str) -> Fault | None:
        fault = next((o for o in self._planned if o.method in ("*", method)), None)
        if fault is None:
            return None
        if fault.left is not None:
            fault.left -= 1
            if fault.left <= 0:
                self._planned.remove(fault)
        return fault.how

    def _next_random(self, method: str) -> Fault | None:
        for each in self._random:
            if each.method in ("*", method) and each.random.random() < each.share:
                return each.random.choice(RANDOM_FAULTS)
        return None
