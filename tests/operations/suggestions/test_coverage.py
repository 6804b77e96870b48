"""Coverage on a PM's Home: the visits of their last quarter compared with all customers."""

import pytest

from bot.db.contacts import flags
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.contacts.traits import Measure, Trait, TraitEvidence
from bot.domain.customers import Stage
from bot.domain.suggestions.coverage import GreatShare
from bot.operations.home import overview as home
from bot.operations.suggestions import coverage
from bot.views.suggestions.coverage import great_share_text, render_coverage, skew_text
from tests.operations.operations_fixture import BotWorkspace
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def flag(workspace: BotWorkspace, customer_id: int) -> None:
    evidence = (TraitEvidence(1, Trait.MAIL, ((Measure.MAILS, 9),)),)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        flags.save(tx, "U1", Flag(customer_id, FlagState.RAISED, evidence, T0, T0))


def told(workspace: BotWorkspace, name: str) -> list[str]:
    """Return Ada's coverage as text."""
    person = next(each for each in workspace.slack.people() if each.name == name)
    facts = home.get_facts(workspace.services, workspace.actor(person), T0)
    assert facts is not None
    return [skew_text(each) for each in facts.skews]


@EVERY_DATABASE
def test_visits_in_one_city_are_said_to_be(workspace: BotWorkspace) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    for number in range(12):
        region = ("Lyon", "Ghent", "Turin")[number % 3]
        stage = Stage.PROSPECT if number % 2 else Stage.CUSTOMER
        customer_id = workspace.add_customer(f"Made-up Mills {number}", stage, region=region)
        if region == "Lyon":
            workspace.add_held_visit(ada, customer_id, T(days=-5 * number).date())
        workspace.add_held_visit(bo, customer_id, T(days=-6 * number).date())
    assert told(workspace, "Ada") == [
        "4 of your 4 visits in the last quarter were in one region, Lyon. "
        "That is 33 % of the market."
    ]
    assert told(workspace, "Bo") == []


def test_visits_of_earlier_quarters_are_past(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    there, elsewhere = (workspace.add_customer(name, region=name) for name in ("Lyon", "Ghent"))
    for days in (92, 120, 150, 180):
        workspace.add_held_visit(ada, there, T(days=-days).date())
    workspace.add_held_visit(ada, elsewhere, T(days=-10).date())
    assert told(workspace, "Ada") == []


@EVERY_DATABASE
def test_too_many_visits_to_great_customers_are_said_to_be(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for number in range(10):
        customer_id = workspace.add_customer(f"Made-up Mills {number}")
        if number < 4:
            workspace.add_held_visit(ada, customer_id, T(days=-5 * number).date())
        if number == 3:
            flag(workspace, customer_id)
            workspace.add_held_visit(ada, customer_id, T(days=-30).date())
    facts = home.get_facts(workspace.services, workspace.actor(ada), T0)
    assert facts is not None
    assert facts.great == GreatShare(2, 5, 0.1)
    assert great_share_text(facts.great) == (
        "2 of your 5 visits in the last quarter went to customers who are in touch a great deal. "
        "They are 10 % of your customers."
    )


@EVERY_DATABASE
def test_the_picture_draws_each_sort_beside_the_market(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for number, region in enumerate(("North", "North", "South", "South")):
        customer_id = workspace.add_customer(f"Made-up Mills {number}", region=region)
        if region == "North":
            workspace.add_held_visit(ada, customer_id, T(days=-number).date())
    facts = coverage.get_facts(workspace.services, workspace.actor(ada), T0)
    drawn = str(render_coverage(facts).to_dict())
    assert "North                ██████████ 2 of 2, 100 %; market 50 %" in drawn
    assert "South                ·········· 0 of 2, 0 %; market 50 %" in drawn


def test_before_any_visit_the_picture_says_so(workspace: BotWorkspace) -> None:
    facts = coverage.get_facts(workspace.services, workspace.actor(workspace.add_pm("Ada")), T0)
    assert "No visit of yours in the last quarter yet." in str(render_coverage(facts).to_dict())
