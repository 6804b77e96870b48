"""Single flight: calls that may never return, made without blocking those who wait."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Generic, TypeVar

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """A call that is made on a thread of its own, once at a time.

    A result is valid for `cache_seconds`. Callers meanwhile wait for the same one. The thread ends
    with the process, however long the call hangs.
    """

    def __init__(self, call: Callable[[], Result], cache_seconds: float = 0) -> None:
        self._call = call
        self._cache_seconds = cache_seconds
        self._pending: Future[Result] | None = None
        self._started_at = 0.0

    async def result(self, seconds: float) -> Result:
        """Return or raise what the call does; `TimeoutError` when that takes too many seconds."""
        pending = asyncio.shield(asyncio.wrap_future(self._current()))
        return await asyncio.wait_for(pending, seconds)

    def _current(self) -> Future[Result]:
        known = self._pending
        if known is not None and not self._is_stale(known):
            return known
        fresh: Future[Result] = Future()
        fresh.set_running_or_notify_cancel()
        self._pending, self._started_at = fresh, time.monotonic()
        Thread(target=self._run, args=(fresh,), name="probe", daemon=True).start()
        return fresh

    def _is_stale(self, pending: Future[Result]) -> bool:
        if not pending.done():
            return False
        is_fresh = time.monotonic() - self._started_at < self._cache_seconds
        return not is_fresh or pending.exception() is not None

    def _run(self, pending: Future[Result]) -> None:
        try:
            pending.set_result(self._call())
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            pending.set_exception(error)
