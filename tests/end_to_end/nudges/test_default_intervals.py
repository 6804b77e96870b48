"""Default intervals: people who haven't chosen one use the team's, and follow its changes."""

from datetime import date

import pytest

from bot.db.staff import pms
from bot.domain.staff.pms import IntervalDefaultsChange
from bot.errors import NotYours
from bot.operations.nudges import default_intervals
from bot.operations.staff import directory as staff
from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.conftest import Nihito
from tests.times import in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
TEAM, WORKSPACE = "team_interval", "workspace_interval"


@pytest.fixture
def stories(nihito: Nihito, root: Person, ada: Person, bo: Person) -> Channel:
    """Add a channel for stories with all of them in it."""
    return nihito.slack.add_channel("stories", members=[root, ada, bo])


@pytest.fixture
def root(nihito: Nihito) -> Person:
    """Add an admin."""
    return nihito.slack.add_user("Root", tz="Europe/Berlin", admin=True)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Add a person who will choose the team's channel first."""
    return nihito.slack.add_user("Ada", tz="Europe/Berlin")


@pytest.fixture
def bo(nihito: Nihito) -> Person:
    """Add a person of the same team."""
    return nihito.slack.add_user("Bo", tz="Europe/Berlin")


def settings(nihito: Nihito, person: Person, **typed: str) -> None:
    """Change a person's settings; fields are found by the start of their ids."""
    form = nihito.open_form(person, "/visit", "settings")
    ids = {each["block_id"].partition(":")[0]: each["block_id"] for each in form.payload["blocks"]}
    person.submit({ids[name]: value for name, value in typed.items()})
    nihito.slack.expect_message(to=person, containing="saved")


def due_on(nihito: Nihito, person: Person) -> date:
    """Return the date of a person's next nudge."""
    with nihito.services.reading(nihito.workspace_id) as tx:
        pm = pms.get(tx, person.id)
    assert pm is not None
    return pm.next_nudge.on


@EVERY_DATABASE
def test_whoever_has_not_chosen_moves_with_the_workspace(
    nihito: Nihito, root: Person, ada: Person, bo: Person
) -> None:
    nihito.join(root)
    nihito.join(ada)
    nihito.join(bo, interval="14")
    settings(nihito, root, **{WORKSPACE: "30"})
    assert due_on(nihito, ada) == date(2026, 4, 1)
    assert due_on(nihito, bo) == date(2026, 3, 16)


@EVERY_DATABASE
def test_a_teams_default_goes_before_that_of_the_workspace(
    nihito: Nihito, root: Person, ada: Person, bo: Person, stories: Channel
) -> None:
    nihito.join(root)
    nihito.join(ada, channel=stories.id)
    nihito.join(bo, channel=stories.id)
    settings(nihito, root, **{WORKSPACE: "90"})
    settings(nihito, ada, **{TEAM: "7"})
    assert due_on(nihito, bo) == date(2026, 3, 9)
    assert due_on(nihito, root) == date(2026, 6, 1)
    settings(nihito, ada, **{TEAM: "usual"})
    assert due_on(nihito, bo) == date(2026, 6, 1)


def test_whoever_joins_later_does_as_the_others_do(
    nihito: Nihito, root: Person, bo: Person
) -> None:
    nihito.join(root)
    settings(nihito, root, **{WORKSPACE: "7"})
    form = nihito.open_form(bo, "/visit", "join")
    assert "As the others here: every week" in str(form.payload)
    bo.submit({})
    nihito.slack.expect_message(to=bo, containing="Welcome")
    assert due_on(nihito, bo) == date(2026, 3, 9)
    assert "Like the others here, you see a customer every week." in (bo.run("/visit", "why").text)


def test_only_those_who_may_are_offered_to_set_a_default(
    nihito: Nihito, root: Person, ada: Person, bo: Person, stories: Channel
) -> None:
    offered = {}
    for person in (ada, bo, root):
        nihito.join(person, channel=stories.id)
        shown = str(nihito.open_form(person, "/visit", "settings").payload)
        offered[person.name] = {each for each in (TEAM, WORKSPACE) if f"'{each}:" in shown}
        person.close(clear_all=True)
    assert offered == {"Ada": {TEAM}, "Bo": set(), "Root": {TEAM, WORKSPACE}}


def test_a_nudge_that_was_due_stays_away_when_the_team_sees_customers_less_often(
    nihito: Nihito, root: Person, ada: Person
) -> None:
    nihito.join(root, interval="90")
    nihito.join(ada)
    nihito.clock.at = in_berlin(13)
    settings(nihito, root, **{WORKSPACE: "30"})
    nihito.tick_at(in_berlin(14))
    nihito.tick_at(in_berlin(30))
    nihito.slack.expect_message(to=ada, containing="due")


def test_less_often_is_ones_own_choice_and_follows_nobody(
    nihito: Nihito, root: Person, ada: Person
) -> None:
    nihito.join(root, interval="90")
    nihito.join(ada)
    settings(nihito, ada, interval="30")
    settings(nihito, root, **{WORKSPACE: "7"})
    assert due_on(nihito, ada) == date(2026, 4, 1)


def test_a_team_that_is_joined_in_the_same_form_keeps_its_own_default(
    nihito: Nihito, root: Person, ada: Person, bo: Person, stories: Channel
) -> None:
    others = nihito.slack.add_channel("others", members=[root, ada, bo])
    nihito.join(ada, channel=stories.id)
    nihito.join(bo, channel=others.id)
    settings(nihito, ada, channel=others.id, **{TEAM: "7"})
    assert due_on(nihito, bo) == date(2026, 3, 16)


def test_a_form_that_was_left_open_takes_back_nobody_elses_default(
    nihito: Nihito, root: Person, ada: Person
) -> None:
    ruth = nihito.slack.add_user("Ruth", tz="Europe/Berlin", admin=True)
    for person in (root, ruth, ada):
        nihito.join(person)
    nihito.open_form(root, "/visit", "settings")
    settings(nihito, ruth, **{WORKSPACE: "30"})
    root.submit({"strength": "light"})
    nihito.slack.expect_message(to=root, containing="saved")
    assert due_on(nihito, ada) == date(2026, 4, 1)


def test_nobody_sets_a_default_that_is_not_theirs(nihito: Nihito, ada: Person) -> None:
    nihito.join(ada)
    actor = staff.get_actor(nihito.services, nihito.workspace_id, ada.id, in_berlin(0))
    with pytest.raises(NotYours):
        default_intervals.change(nihito.services, actor, IntervalDefaultsChange(workspace_days=7))
    assert due_on(nihito, ada) == date(2026, 3, 16)
