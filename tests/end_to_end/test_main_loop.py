"""The main loop, end to end, over every transport and on every database."""

import pytest

from tests.conftest import Nihito
from tests.times import T

EVERYWHERE = pytest.mark.parametrize(
    ("transport", "database"),
    [("socket", "sqlite"), ("http", "sqlite"), ("socket", "postgresql"), ("http", "postgresql")],
    indirect=True,
)


@EVERYWHERE
def test_a_pm_joins_is_nudged_debriefs_and_the_team_reads_the_story(nihito: Nihito) -> None:
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    stories = nihito.slack.add_channel("stories", members=[ada])
    nihito.join(ada, channel=stories.id)

    nihito.tick_at(T(days=13))
    nihito.tick_at(T(days=14))
    nudge = nihito.slack.expect_message(to=ada, containing="Your first customer visit is due")

    ada.press(nudge, "nudge.snooze", "tomorrow")
    nihito.slack.expect_update(nudge, "I will ask again on Tuesday 17 March at 09:30, Berlin time")
    nihito.tick_at(T(days=15))
    nudge = nihito.slack.expect_message(to=ada, containing="visit")

    ada.press(nudge, "nudge.been")
    ada.wait_for_view()
    ada.options("customer.find", "Brightwater Mill")
    ada.submit(
        {
            "customer": "new:Brightwater Mill",
            "story": "They type every order twice. Nobody has told us in six years.",
        }
    )
    nihito.slack.expect_update(nudge, "You saw Brightwater Mill on Tuesday 17 March")
    home = ada.open_home()
    assert home is not None
    assert home.payload["blocks"][0]["text"]["text"] == "Your next visit is due on Tuesday 31 March"

    nihito.tick_at(T(days=18, hours=2))
    story = nihito.slack.expect_message(to=stories, containing="Brightwater Mill")
    assert "Nobody has told us in six years." in str(story.blocks)
    assert "Ada" in str(story.blocks)


@EVERYWHERE
def test_slack_is_asked_who_we_are_once_however_much_is_typed(nihito: Nihito) -> None:
    ada = nihito.slack.add_user("Ada")
    for _ in range(3):
        assert ada.run("/visit", "join").acked
        ada.wait_for_view()
        ada.close()
    assert [each.method for each in nihito.slack.calls].count("auth.test") == 1


@EVERYWHERE
def test_a_slow_slack_delays_no_acknowledgement(nihito: Nihito) -> None:
    ada = nihito.slack.add_user("Ada")
    ada.run("/visit", "help")  # Slack is asked who she is
    nihito.slack.expect_message(to=ada, containing="What you can ask for")
    nihito.slack.faults.hang_seconds = 1.5
    nihito.slack.fail("views.open", "hang")
    assert ada.run("/visit", "join").took < nihito.slack.faults.hang_seconds / 2
    ada.wait_for_view()
