"""Pauses, holidays, vacations and quiet hours, end to end."""

from collections.abc import Callable

import pytest

from bot.db.staff import pms
from bot.domain.staff.pms import Pm
from bot.operations.nudges import away
from sandbox.person import Person
from tests.conftest import Nihito
from tests.times import T, in_berlin


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    return ada


def kept(nihito: Nihito, person: Person) -> Pm:
    with nihito.services.reading(nihito.workspace_id) as tx:
        found = pms.get(tx, person.id)
    assert found is not None
    return found


def comes_about(nihito: Nihito, look: Callable[[], bool]) -> bool:
    """Return whether it becomes true within five seconds: events are processed after the ack."""
    for _ in range(250):
        if look():
            return True
        nihito.slack.workspace.wait_until(lambda: None, 0.02)
    return False


def told(person: Person, text: str) -> str:
    """Return the answer to `/visit`."""
    return person.run("/visit", text).text


def test_a_pause_names_the_day_of_return_and_resume_ends_it(ada: Person) -> None:
    answer = told(ada, "pause until 9 March")
    assert "I keep quiet until Monday 9 March" in answer
    assert "due on Monday 23 March" in answer
    assert "My next nudge comes on Monday 23 March at 09:30, Berlin time." in answer
    waiting = told(ada, "next")
    assert "You have paused me until Monday 9 March." in waiting
    assert "due on Monday 23 March" in waiting
    back = told(ada, "resume")
    assert "Welcome back." in back
    assert "due on Monday 16 March" in back


def test_a_pause_without_an_end_to_use_says_how_to_ask(nihito: Nihito, ada: Person) -> None:
    assert "/visit pause 2 weeks" in told(ada, "pause until pigs fly")
    assert "That day has come already." in told(ada, "pause until 2026-03-01")
    assert kept(nihito, ada).paused_until is None


def test_a_vacation_status_is_kept_and_named(nihito: Nihito, ada: Person) -> None:
    end = int(in_berlin(9, 23, 59).timestamp())
    ada.change(status_emoji=":palm_tree:", status_text="Vacationing", status_expiration=end)
    assert comes_about(nihito, lambda: kept(nihito, ada).paused_until == T(days=10).date())
    assert "Your status says that you are away until Thursday 12 March." in told(ada, "next")
    assert "Your status says that you are away until Thursday 12 March." in told(ada, "resume")


def test_somebody_who_moves_is_nudged_at_their_hour_there(nihito: Nihito, ada: Person) -> None:
    ada.change(tz="Asia/Tokyo")
    assert comes_about(nihito, lambda: kept(nihito, ada).settings.hours.zone == "Asia/Tokyo")
    assert "Monday 16 March at 09:30, Tokyo time" in told(ada, "next")


def test_quiet_hours_that_slack_tells_of_are_kept(nihito: Nihito, ada: Person) -> None:
    ada.set_quiet_hours(int(in_berlin(14, 7).timestamp()), int(in_berlin(14, 11).timestamp()))

    def waits() -> bool:
        with nihito.services.reading(nihito.workspace_id) as tx:
            return away.find_absence_end(tx, ada.id, in_berlin(14)) == in_berlin(14, 11)

    assert comes_about(nihito, waits)


def test_the_holidays_of_where_somebody_is_are_proposed_and_others_can_be_chosen(
    nihito: Nihito, ada: Person
) -> None:
    assert kept(nihito, ada).country == "DE"
    nihito.open_form(ada, "/visit", "settings")
    offered = ada.options("country.find", "bay")
    assert "Germany, Bayern" in [each["text"]["text"] for each in offered]
    ada.submit({"country": "DE/BY"})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    pm = kept(nihito, ada)
    assert (pm.country, pm.country_part) == ("DE", "BY")
    shown = str(nihito.open_form(ada, "/visit", "settings").payload)
    assert "Germany, Bayern" in shown


def test_nobody_needs_to_keep_any_holidays(nihito: Nihito, ada: Person) -> None:
    nihito.open_form(ada, "/visit", "settings")
    assert ada.options("country.find", "")[0]["text"]["text"] == "None"
    ada.submit({"country": "none"})
    nihito.slack.expect_message(to=ada, containing="Your settings are saved.")
    assert kept(nihito, ada).country is None


def test_what_lies_ahead_names_the_holiday_for_which_a_nudge_comes_later(nihito: Nihito) -> None:
    nihito.clock.at = in_berlin(18, 12)
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    assert "Friday 3 April is a holiday of yours." in told(ada, "next")
