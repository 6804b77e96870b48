"""Probes: questions that may never be answered, asked without holding anybody up."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Probe(Generic[Answer]):
    """One question, asked on a thread of its own, once at a time.

    An answer is good for `keep_seconds`. Whoever asks meanwhile waits for the same one. The thread
    ends with the process, however long the question hangs.
    """

    def __init__(self, ask: Callable[[], Answer], keep_seconds: float = 0) -> None:
        self._ask = ask
        self._keep_seconds = keep_seconds
        self._asked: Future[Answer] | None = None
        self._asked_at = 0.0

    async def answer(self, seconds: float) -> Answer:
        """What the question gives or raises; `TimeoutError` when that takes too many seconds."""
        waited = asyncio.shield(asyncio.wrap_future(self._current()))
        return await asyncio.wait_for(waited, seconds)

    def _current(self) -> Future[Answer]:
        known = self._asked
        if known is not None and not self._is_stale(known):
            return known
        fresh: Future[Answer] = Future()
        fresh.set_running_or_notify_cancel()
        self._asked, self._asked_at = fresh, time.monotonic()
        Thread(target=self._run, args=(fresh,), name="probe", daemon=True).start()
        return fresh

    def _is_stale(self, asked: Future[Answer]) -> bool:
        if not asked.done():
            return False
        kept = time.monotonic() - self._asked_at < self._keep_seconds
        return not kept or asked.exception() is not None

    def _run(self, asked: Future[Answer]) -> None:
        try:
            asked.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 - whoever asked gets it
            asked.set_exception(error)
