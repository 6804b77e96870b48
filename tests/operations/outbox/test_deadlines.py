"""The SDK still sends calls by the method that the deadline client overrides."""

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.deadlines import check_sdk


class OtherWay(WebClient):
    """A client of an SDK that sends calls by another method."""

    def api_call(self, *_arguments: Any, **_more: Any) -> Any:
        """Fail as a refused connection would."""
        raise ConnectionRefusedError


def test_calls_of_the_locked_sdk_go_through_the_deadline_client() -> None:
    check_sdk()


def test_an_sdk_that_sends_calls_in_another_way_is_refused() -> None:
    with pytest.raises(RuntimeError, match="install the locked version"):
        check_sdk(OtherWay)
