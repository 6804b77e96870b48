"""The market: an admin describes it, and suggestions and Home are compared with it."""

import pytest

from bot.db import customers
from bot.db.visits import queries as visits
from bot.domain.customers import Stage
from bot.domain.visits.rules import VisitKind, VisitState
from sandbox.person import Person
from tests.conftest import Nihito
from tests.times import T0, T, in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, an admin whose four visits were all in the South."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin", admin=True)
    nihito.join(ada)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        for number in range(20):
            region = "North" if number == 7 else "South"
            name = f"Made-up Mills {number} {region}"
            found = customers.add(tx, name, Stage.CUSTOMER, region=region)
            if number < 4:
                on, key = T(days=-25 - number).date(), str(number)
                kind, state = VisitKind.PHONE, VisitState.HELD
                visits.add(tx, ada.id, found, kind, state, on, T0, source="test", source_id=key)
    return ada


def say(ada: Person, **typed: str) -> None:
    """Submit the market form as an admin."""
    ada.press(ada.open_home(), "home.market")
    ada.wait_for_view()
    ada.submit(typed)


@EVERY_DATABASE
def test_a_nudge_names_whom_the_market_has_and_the_visits_have_not(
    nihito: Nihito, ada: Person
) -> None:
    say(ada, region="north 60\nSouth 40")
    nihito.tick_at(in_berlin(14))
    nudge = nihito.slack.expect_message(to=ada, containing="ideas")
    told = "none of your last 4 visits was in the region North, 60 % of the market"
    assert f"Made-up Mills 7 North: {told}" in nudge.text


@EVERY_DATABASE
def test_home_holds_visits_against_the_market_that_was_said(ada: Person) -> None:
    assert "of the market" not in str(ada.open_home().payload)
    say(ada, region="North 60\nSouth 40")
    assert "4 of your 4 visits in the last quarter were in one region, South. That is 40 %" in str(
        ada.open_home().payload
    )


def test_a_field_that_is_emptied_follows_the_list_of_customers_again(ada: Person) -> None:
    say(ada, region="North 60\nSouth 40")
    ada.press(ada.open_home(), "home.market")
    assert "North 60" in str(ada.wait_for_view().payload)
    ada.submit({"region": None})
    assert "of the market" not in str(ada.open_home().payload)


def test_an_admin_who_is_no_pm_says_what_the_market_is(nihito: Nihito) -> None:
    root = nihito.slack.add_user("Root", admin=True)
    say(root, region="North 60\nSouth 40")
    root.press(root.open_home(), "home.market")
    assert "South 40" in str(root.wait_for_view().payload)


def test_only_an_admin_is_offered_to_say_what_the_market_is(nihito: Nihito, ada: Person) -> None:
    bo = nihito.slack.add_user("Bo")
    nihito.join(bo)
    assert "home.market" in str(ada.open_home().payload)
    assert "home.market" not in str(bo.open_home().payload)


def test_a_share_that_cannot_be_read_keeps_the_form_open(ada: Person) -> None:
    ada.press(ada.open_home(), "home.market")
    ada.wait_for_view()
    outcome = ada.submit({"region": "North 60"})
    assert "These add up to 60" in outcome.errors["region"]
