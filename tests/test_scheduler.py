"""The clock's jobs run on, whatever the machine's clock is set to."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.steady import Every, SteadyScheduler
from tests.times import T

SECOND = timedelta(seconds=1)
INTERVALS = (2, 3600)


@pytest.fixture
def now() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


@pytest.fixture
def scheduler() -> Iterator[SteadyScheduler]:
    """Yield a scheduler that runs no job by itself: it is paused."""
    steady = SteadyScheduler(timezone="UTC")
    for seconds in INTERVALS:
        steady.add_job(int, Every(seconds), id=str(seconds))
    steady.start(paused=True)
    yield steady
    steady.shutdown()


def next_runs(scheduler: SteadyScheduler) -> list[datetime]:
    return [scheduler.get_job(str(each)).next_run_time for each in INTERVALS]


def test_jobs_run_at_once_when_the_clock_is_set_back(
    scheduler: SteadyScheduler, now: datetime
) -> None:
    back = now - timedelta(hours=1)
    scheduler.hurry(back)
    assert next_runs(scheduler) == [back, back]


def test_jobs_wait_for_their_time_while_the_clock_runs_on(
    scheduler: SteadyScheduler, now: datetime
) -> None:
    before = next_runs(scheduler)
    scheduler.hurry(now + 2 * SECOND)
    assert next_runs(scheduler) == before


def test_a_clock_that_was_decades_behind_makes_one_run_due() -> None:
    every, now = Every(2), T()
    assert every.get_next_fire_time(T(days=-20_000), now) == now + 2 * SECOND
