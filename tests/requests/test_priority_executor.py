"""Priority executors: requests go before background work, and shutdown waits only for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import sleep

import pytest

from bot.platform.executors import PriorityExecutor


def test_work_is_done_by_as_many_as_there_are() -> None:
    executor, all_there, count = PriorityExecutor(4, "test", 5.0), Event(), []

    def work(number: int) -> int:
        count.append(number)
        if len(count) == 4:
            all_there.set()
        assert all_there.wait(5)
        return number

    assert [each.result(5) for each in [executor.submit(work, n) for n in range(4)]] == [0, 1, 2, 3]
    executor.shutdown()


def test_what_fails_is_raised_where_it_is_asked_for() -> None:
    executor = PriorityExecutor(1, "test", 5.0)
    with pytest.raises(ZeroDivisionError):
        executor.submit(lambda: 1 / 0).result(5)
    assert executor.submit(int, "3").result(5) == 3
    executor.shutdown()


def test_what_is_in_hand_is_finished_on_leaving() -> None:
    executor, done = PriorityExecutor(2, "test", 5.0), []
    for number in range(50):
        executor.submit(done.append, number)
    executor.shutdown()
    assert sorted(done) == list(range(50))


def test_leaving_takes_no_longer_than_its_patience() -> None:
    executor, held = PriorityExecutor(1, "test", 0.05), Event()
    executor.submit(held.wait, 5)
    late = executor.submit(int)
    executor.shutdown()
    held.set()
    assert not late.done()


def test_nothing_new_is_taken_after_leaving() -> None:
    executor = PriorityExecutor(1, "test", 1.0)
    executor.shutdown()
    executor.shutdown()
    with pytest.raises(RuntimeError):
        executor.submit(int)


def test_work_begins_when_requests_are_done() -> None:
    requests, held, order = PriorityExecutor(1, "requests", 5.0), Event(), []
    behind = PriorityExecutor(4, "behind", 5.0, yields_to=requests)
    requests.submit(held.wait, 5)
    requests.submit(order.append, "request")
    later = behind.submit(order.append, "later")
    held.set()
    later.result(5)
    assert order == ["request", "later"]
    requests.shutdown()
    behind.shutdown()


def test_requests_without_end_do_not_stop_it() -> None:
    requests, held = PriorityExecutor(1, "requests", 5.0), Event()
    behind = PriorityExecutor(1, "behind", 5.0, yields_to=requests)
    requests.submit(held.wait, 5)
    assert behind.submit(int, "3").result(2) == 3
    held.set()
    requests.shutdown()
    behind.shutdown()


def test_with_a_free_thread_no_wait_is_expected() -> None:
    executor = PriorityExecutor(2, "test", 5.0)
    with held_thread(executor):
        assert executor.expected_wait() == 0.0
    executor.shutdown()


def test_the_wait_to_expect_is_at_least_that_of_the_oldest_task() -> None:
    executor = PriorityExecutor(1, "test", 5.0)
    with held_thread(executor):
        executor.submit(int)
        sleep(0.2)
        assert executor.expected_wait() >= 0.2
    executor.shutdown()


def test_the_wait_to_expect_grows_with_how_long_tasks_take_and_how_many_wait() -> None:
    executor = PriorityExecutor(1, "test", 5.0)
    for _ in range(20):
        executor.submit(sleep, 0.02).result(5)
    with held_thread(executor):
        first = executor.expected_wait()
        for _ in range(99):
            executor.submit(int)
        assert executor.expected_wait() > 50 * first > 0
    executor.shutdown()


@contextmanager
def held_thread(executor: PriorityExecutor) -> Iterator[None]:
    """Occupy one thread of an executor."""
    begun, released = Event(), Event()

    def hold() -> None:
        begun.set()
        released.wait(5)

    executor.submit(hold)
    assert begun.wait(5)
    yield
    released.set()
