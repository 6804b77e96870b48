"""Wrong guesses: a few are allowed, the rest have to wait, and memory stays bounded."""

import pytest

from bot.platform.throttle import MAX_PER_ADDRESS, MAX_REMEMBERED, MAX_TOGETHER, Throttle


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def throttle(seconds: Seconds) -> Throttle:
    return Throttle(seconds)


def heard(throttle: Throttle, address: str, guesses: int) -> int:
    return sum(throttle.count_wrong_guess(address) == 0 for _ in range(guesses))


def test_twenty_a_minute_are_heard_from_one_address(throttle: Throttle, seconds: Seconds) -> None:
    assert heard(throttle, "192.0.2.1", 1000) == MAX_PER_ADDRESS == 20
    assert throttle.count_wrong_guess("192.0.2.1") == 3
    seconds.at += 3
    assert throttle.count_wrong_guess("192.0.2.1") == 0
    assert throttle.count_wrong_guess("192.0.2.1") == 3
    seconds.at += 60
    assert heard(throttle, "192.0.2.1", 1000) == MAX_PER_ADDRESS


def test_over_an_hour_no_more_are_heard_than_the_pace_allows(
    throttle: Throttle, seconds: Seconds
) -> None:
    count = 0
    for _ in range(3600):
        count += heard(throttle, "192.0.2.1", 3)
        seconds.at += 1
    assert count <= MAX_PER_ADDRESS + 60 * MAX_PER_ADDRESS


def test_whoever_waits_as_long_as_told_is_heard(throttle: Throttle, seconds: Seconds) -> None:
    heard(throttle, "192.0.2.1", 50)
    for _ in range(20):
        seconds.at += throttle.count_wrong_guess("192.0.2.1")
        assert throttle.count_wrong_guess("192.0.2.1") == 0


def test_another_address_is_not_held_back(throttle: Throttle) -> None:
    heard(throttle, "192.0.2.1", 100)
    assert throttle.count_wrong_guess("192.0.2.2") == 0


def test_the_addresses_of_one_network_are_one(throttle: Throttle) -> None:
    guesses = [throttle.count_wrong_guess(f"2001:db8::{each:x}") for each in range(100)]
    assert guesses.count(0) == MAX_PER_ADDRESS
    assert throttle.count_wrong_guess("2001:db8:0:1::1") == 0


def test_all_together_are_held_back_too(throttle: Throttle) -> None:
    addresses = (f"198.51.{each // 250}.{each % 250}" for each in range(3000))
    assert sum(throttle.count_wrong_guess(each) == 0 for each in addresses) == MAX_TOGETHER


def test_memory_is_bounded(throttle: Throttle, seconds: Seconds) -> None:
    for each in range(3 * MAX_REMEMBERED):
        throttle.count_wrong_guess(f"2001:db8:{each // 65536:x}:{each % 65536:x}::1")
        seconds.at += 0.11
    assert len(throttle) == MAX_REMEMBERED


@pytest.mark.parametrize("address", ["", "here", "fe80::1%eth0", "::ffff:192.0.2.1", "999.1.1.1"])
def test_any_address_counts(throttle: Throttle, address: str) -> None:
    assert heard(throttle, address, 100) == MAX_PER_ADDRESS
