"""A scheduler whose jobs run on, whatever the machine's clock is set to."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

LOOK_EVERY_SECONDS = 1.0


class Every(BaseTrigger):  # type: ignore[misc]
    """Fires so many seconds after each run, however many runs were missed before it.

    The library's interval counts each missed run: a machine that starts in 1970 and is then put
    right would count a billion.
    """

    def __init__(self, seconds: int) -> None:
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return when to run next."""
        return now + self.interval


class SteadyScheduler(BackgroundScheduler):  # type: ignore[misc]
    """A scheduler that doesn't wait for a clock that was set back to catch up.

    The library sleeps until the next run's time by the wall clock. A thread beside it looks at that
    every second of the monotonic clock.
    """

    def start(self, *arguments: Any, **options: Any) -> None:
        """Start the jobs."""
        super().start(*arguments, **options)
        Thread(target=self._watch, name="clock", daemon=True).start()

    def hurry(self, now: datetime) -> None:
        """Run each job now that is due later than its interval from now (aware UTC)."""
        for job in self.get_jobs():
            if job.next_run_time > job.trigger.get_next_fire_time(None, now):
                # Wakes the scheduler up too. It may be shutting down.
                with suppress(JobLookupError):
                    job.modify(next_run_time=now)

    def _watch(self) -> None:
        while self.running:
            # `sleep` goes by the monotonic clock, on every build of Python; not all waits do.
            time.sleep(LOOK_EVERY_SECONDS)
            self.hurry(datetime.now(UTC))
