"""Batch what many threads ask the database for at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

Item = TypeVar("Item")
Result = TypeVar("Result")

# The database itself is unavailable: whatever waits has failed with it.
DATABASE_AWAY = (OperationalError, InterfaceError, NoConnection)


class Batcher(Generic[Item, Result]):
    """A batch worker: one thread works for all that wait, the next for those that came meanwhile.

    A burst costs a few transactions instead of hundreds, and no writer waits behind so many others
    for SQLite's one lock. `work` returns the results in the order of its items.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._work = work
        self._busy, self._lock = Lock(), Lock()
        self._waiting: list[tuple[Item, Future[Result]]] = []

    def __call__(self, item: Item, seconds: float) -> Result:
        """Return the result for an item.

        Raises what the work raises, and `TimeoutError` when its turn hasn't come within `seconds`.
        """
        future: Future[Result] = Future()
        with self._lock:
            self._waiting.append((item, future))
        if self._busy.acquire(timeout=seconds):
            try:
                if not future.done():
                    self._run()
            finally:
                self._busy.release()
        else:
            # The working thread may have begun with it just now: then the outcome is open.
            future.cancel()
            raise TimeoutError
        return future.result()

    def _run(self) -> None:
        waiting = self._take_waiting()
        error = self._process(waiting)
        if isinstance(error, DATABASE_AWAY):
            # Items that came meanwhile have waited long enough too.
            waiting += self._take_waiting()
        if error is not None:
            self._fail(waiting, error)

    def _fail(self, waiting: Sequence[tuple[Item, Future[Result]]], error: Exception) -> None:
        shared = len(waiting) == 1 or isinstance(error, DATABASE_AWAY)
        for each in waiting:
            # If one of them is to blame, only that one fails.
            failed = error if shared else self._process([each])
            if failed is not None:
                each[1].set_exception(failed)

    def _take_waiting(self) -> list[tuple[Item, Future[Result]]]:
        with self._lock:
            taken, self._waiting = self._waiting, []
        return [each for each in taken if each[1].set_running_or_notify_cancel()]

    def _process(self, waiting: Sequence[tuple[Item, Future[Result]]]) -> Exception | None:
        try:
            results = self._work([item for item, _ in waiting])
        except Exception as error:  # noqa: BLE001 - it is raised where the result is awaited
            return error
        for (_, future), result in zip(waiting, results, strict=True):
            future.set_result(result)
        return None
