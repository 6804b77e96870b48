"""Together: what many threads ask the database for at once is done in one go."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

Item = TypeVar("Item")
Result = TypeVar("Result")

# The database itself is away: whatever waits has failed with it.
AWAY = (OperationalError, InterfaceError, NoConnection)


class Together(Generic[Item, Result]):
    """One of the threads does the work for all who wait, and the next one for who came meanwhile.

    A burst costs a few transactions instead of hundreds, and no writer waits behind so many others
    for SQLite's one lock. `work` gives the results in the order of its items.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._work = work
        self._working, self._lock = Lock(), Lock()
        self._waiting: list[tuple[Item, Future[Result]]] = []

    def __call__(self, item: Item, seconds: float) -> Result:
        """The result for an item.

        Raises what the work raises, and `TimeoutError` when its turn has not come in so many
        seconds.
        """
        future: Future[Result] = Future()
        with self._lock:
            self._waiting.append((item, future))
        if self._working.acquire(timeout=seconds):
            try:
                if not future.done():
                    self._run()
            finally:
                self._working.release()
        else:
            # Whoever works may have begun with it just now: then the outcome is open.
            future.cancel()
            raise TimeoutError
        return future.result()

    def _run(self) -> None:
        waiting = self._gathered()
        error = self._done(waiting)
        if isinstance(error, AWAY):
            # Who came meanwhile has waited long enough too.
            waiting += self._gathered()
        if error is not None:
            self._fail(waiting, error)

    def _fail(self, waiting: Sequence[tuple[Item, Future[Result]]], error: Exception) -> None:
        shared = len(waiting) == 1 or isinstance(error, AWAY)
        for each in waiting:
            # If one of them is to blame, only that one is to fail.
            failed = error if shared else self._done([each])
            if failed is not None:
                each[1].set_exception(failed)

    def _gathered(self) -> list[tuple[Item, Future[Result]]]:
        with self._lock:
            gathered, self._waiting = self._waiting, []
        return [each for each in gathered if each[1].set_running_or_notify_cancel()]

    def _done(self, waiting: Sequence[tuple[Item, Future[Result]]]) -> Exception | None:
        try:
            results = self._work([item for item, _ in waiting])
        except Exception as error:  # noqa: BLE001 - it is raised where the result is awaited
            return error
        for (_, future), result in zip(waiting, results, strict=True):
            future.set_result(result)
        return None
