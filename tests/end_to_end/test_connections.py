"""A Socket Mode connection ends, in each way it can: the next command is answered soon."""

import logging
from collections.abc import Callable, Sequence
from time import monotonic, sleep

import pytest

from bot.slack.socket_mode import Backoff, check_sdk
from sandbox.person import Person
from sandbox.server import Sandbox
from tests.conftest import Nihito

SOON_SECONDS = 2.0
WAYS: dict[str, Callable[[Sandbox], object]] = {
    "disconnect": lambda slack: slack.drop_connections(),
    "disconnect left open": lambda slack: slack.hub.disconnect_all("warning"),
    "close frame": lambda slack: slack.close_connections(with_frame=True),
    "no close frame": lambda slack: slack.close_connections(with_frame=False),
    "reset": lambda slack: slack.cut_connections(),
}

over_socket = pytest.mark.parametrize("transport", ["socket"], indirect=True)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    added = nihito.slack.add_user("Ada")
    added.run("/visit", "help")
    # From now on she is known, and answered in the acknowledgement.
    nihito.slack.expect_message(to=added)
    return added


def seconds_until_answered(slack: Sandbox, person: Person) -> float:
    """Return after how many seconds a command is answered; those until then fail in Slack."""
    started = monotonic()
    while not person.run("/visit", "help").acked:
        assert monotonic() - started < 30
        sleep(0.01)
    slack.record.unacked.clear()
    return monotonic() - started


def logged(caplog: pytest.LogCaptureFixture) -> Sequence[tuple[str, str]]:
    """Return what an operator reads of the connection: level and event of each line."""
    return [
        (record.levelname, record.msg["event"] if isinstance(record.msg, dict) else record.msg)
        for record in caplog.records
        if record.levelno >= logging.WARNING
    ]


@over_socket
@pytest.mark.parametrize("way", WAYS)
def test_a_command_is_answered_soon_after_a_connection_has_ended(
    nihito: Nihito, ada: Person, way: str
):
    WAYS[way](nihito.slack)
    assert seconds_until_answered(nihito.slack, ada) < SOON_SECONDS


@over_socket
@pytest.mark.parametrize("way", ["close frame", "no close frame", "reset"])
def test_an_end_without_notice_is_one_warning(
    nihito: Nihito, ada: Person, way: str, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING):
        WAYS[way](nihito.slack)
        seconds_until_answered(nihito.slack, ada)
    assert logged(caplog) == [("WARNING", "socket_mode_not_connected")]


@over_socket
@pytest.mark.parametrize("way", ["disconnect", "disconnect left open"])
def test_an_end_that_slack_announces_is_no_news(
    nihito: Nihito, ada: Person, way: str, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING):
        WAYS[way](nihito.slack)
        seconds_until_answered(nihito.slack, ada)
    assert logged(caplog) == []


@over_socket
def test_a_slack_that_is_away_is_one_warning_and_few_calls(
    nihito: Nihito, ada: Person, caplog: pytest.LogCaptureFixture
):
    nihito.slack.fail("apps.connections.open", "500 before", times=4)
    before = len(nihito.slack.calls)
    with caplog.at_level(logging.WARNING):
        nihito.slack.cut_connections()
        seconds_until_answered(nihito.slack, ada)
    opened = [each for each in nihito.slack.calls[before:] if "connections" in each.method]
    assert (len(opened), logged(caplog)) == (5, [("WARNING", "socket_mode_not_connected")])


class Seconds:
    """A clock that a test moves."""

    at = 0.0

    def now(self) -> float:
        return self.at


def test_each_further_attempt_waits_longer_up_to_a_cap():
    backoff = Backoff()
    pauses = [backoff.next_pause() for _ in range(2000)]
    assert pauses[:5] == [0.0, 0.1, 0.2, 0.4, 0.8]
    assert set(pauses[10:]) == {15.0}


@pytest.mark.parametrize(("lasted", "pause"), [(4.9, 0.1), (5.0, 0.0)])
def test_only_a_connection_that_lasts_ends_the_pauses(lasted: float, pause: float):
    seconds = Seconds()
    backoff = Backoff(seconds.now)
    backoff.next_pause()
    backoff.mark_connected()
    seconds.at = lasted
    assert backoff.next_pause() == pause


def test_an_attempt_waits_as_long_as_slack_asks_once():
    backoff = Backoff()
    backoff.wait_at_least(30)
    assert [backoff.next_pause(), backoff.next_pause()] == [30, 0.1]


def test_the_locked_sdk_reconnects_by_the_methods_that_are_overridden():
    check_sdk()


def test_an_sdk_that_reconnects_in_another_way_is_refused():
    class Other:
        """A client without the methods."""

    with pytest.raises(RuntimeError, match="install the locked version"):
        check_sdk(Other)  # type: ignore[arg-type]
