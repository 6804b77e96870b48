"""Who somebody is: learnt from Slack, at once when it changes, and never guessed."""

import pytest

from tests.conftest import Nihito

GUESTS = "full members"


def test_who_becomes_a_guest_is_turned_away_at_once(nihito: Nihito) -> None:
    ada = nihito.slack.user("Ada")
    assert "What you can ask for" in ada.run("/visit").text
    ada.change(is_restricted=True)
    assert GUESTS in ada.run("/visit").text


def test_a_guest_who_becomes_a_member_is_let_in_at_once(nihito: Nihito) -> None:
    gil = nihito.slack.user("Gil", guest=True)
    assert GUESTS in gil.run("/visit").text
    gil.change(is_restricted=False)
    assert "What you can ask for" in gil.run("/visit").text


@pytest.mark.parametrize(
    "error", ["missing_scope", "ratelimited", "no_permission", "invalid_arguments"]
)
def test_a_member_is_not_taken_for_a_stranger_when_slack_does_not_say(
    nihito: Nihito, error: str
) -> None:
    ada = nihito.slack.user("Ada")
    nihito.slack.fail("users.info", error)
    assert "Something went wrong" in ada.run("/visit").text
    assert "What you can ask for" in ada.run("/visit").text


def test_nobody_passes_unknown_while_slack_does_not_say(nihito: Nihito) -> None:
    gil = nihito.slack.user("Gil", guest=True)
    nihito.slack.fail("users.info", "500 before", times=None)
    assert "Something went wrong" in gil.run("/contact").text
    assert gil.view is None
