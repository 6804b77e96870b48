"""Executors: threads for requests, and for work that no acknowledgement waits for."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Any

from bot.log import get_logger

LOG = get_logger(__name__)

# How long work yields at most: a form can be opened for three seconds.
MAX_YIELD_SECONDS = 1.5
# How much the last task counts in the mean of how long tasks take.
LAST_TASK_SHARE = 1 / 16


@dataclass(frozen=True)
class _Task:
    work: Callable[[], Any]
    future: Future[Any] = field(default_factory=Future)
    submitted_at: float = field(default_factory=monotonic)

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class PriorityExecutor(Executor):
    """An executor with at most `size` threads, started when they are needed.

    Its work begins when the executor that it `yields_to` is idle: in one interpreter only one
    thread computes at a time, and acknowledgements go first. The threads do not keep the process
    alive: `shutdown` waits for work in progress, but only for `shutdown_seconds`.
    """

    def __init__(
        self,
        size: int,
        name: str,
        shutdown_seconds: float,
        yields_to: "PriorityExecutor | None" = None,
    ) -> None:
        self._size, self._name, self._shutdown_seconds, self._yields_to = (
            size,
            name,
            shutdown_seconds,
            yields_to,
        )
        self._take_lock, lock = Lock(), Lock()
        self._task_added, self._idle = Condition(lock), Condition(lock)
        self._waiting: deque[_Task] = deque()
        self._threads = self._busy = 0
        # How long tasks take, as a mean in which the last ones count most.
        self._task_seconds = 0.0
        self._closed = False

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit work, done as soon as a thread is free. Raises `RuntimeError` once closed."""
        task = _Task(lambda: work(*args, **kwargs))
        with self._task_added:
            if self._closed:
                raise RuntimeError(f"{self._name}: closed")
            self._waiting.append(task)
            needs_thread = self._reserve_thread()
            self._task_added.notify()
        if needs_thread:
            self._start_thread()
        return task.future

    def overloaded(self) -> bool:
        """Return whether so much work waits that the last of it will wait for a while."""
        return len(self._waiting) > self._size

    def expected_wait(self) -> float:
        """Return about how many seconds work submitted now waits until a thread begins it."""
        with self._task_added:
            if self._busy < self._size:
                return 0.0
            oldest = monotonic() - self._waiting[0].submitted_at if self._waiting else 0.0
            return max(oldest, (len(self._waiting) + 1) * self._task_seconds / self._size)

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait up to so many seconds for all work to end; return whether it has."""
        with self._idle:
            return self._idle.wait_for(lambda: not (self._waiting or self._busy), seconds)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more work, and wait up to `shutdown_seconds` for what was accepted."""
        with self._task_added:
            self._closed = True
            if cancel_futures:
                self._waiting.clear()
            self._task_added.notify_all()
        if wait and not self.wait_until_idle(self._shutdown_seconds):
            LOG.warning(
                "tasks_abandoned", executor=self._name, tasks=len(self._waiting) + self._busy
            )
            self._waiting.clear()

    def _reserve_thread(self) -> bool:
        needed = self._threads == self._busy < self._size
        self._threads += needed
        return needed

    def _start_thread(self) -> None:
        Thread(target=self._run_tasks, name=self._name, daemon=True).start()

    def _run_tasks(self) -> None:
        while (task := self._next_task()) is not None:
            began = monotonic()
            task.run()
            with self._idle:
                self._task_seconds += (monotonic() - began - self._task_seconds) * LAST_TASK_SHARE
                self._busy -= 1
                if not (self._waiting or self._busy):
                    self._idle.notify_all()

    def _next_task(self) -> _Task | None:
        # One of the threads waits for work and for its turn; the others wait for that one.
        with self._take_lock:
            task = self._take_first()
            if task is None:
                return None
            with self._task_added:
                needs_thread = bool(self._waiting) and self._reserve_thread()
        if needs_thread:
            self._start_thread()
        return task

    def _take_first(self) -> _Task | None:
        with self._task_added:
            self._task_added.wait_for(lambda: self._waiting or self._closed)
            first = self._waiting[0] if self._waiting else None
        if first and self._yields_to:
            self._yields_to.wait_until_idle(first.submitted_at + MAX_YIELD_SECONDS - monotonic())
        with self._task_added:
            if not self._waiting:
                return None
            self._busy += 1
            return self._waiting.popleft()
