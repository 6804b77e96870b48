"""Coverage on a PM's Home: the visits of their last quarter beside all customers."""

import pytest

from bot.domain.customers import Stage
from bot.operations import home
from bot.views.coverage import sentences
from tests.operations.office import Office
from tests.times import T0, T

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def told(office: Office, name: str) -> list[str]:
    """Ada's coverage in words."""
    person = next(each for each in office.slack.people() if each.name == name)
    facts = home.facts(office.services, office.actor(person), T0)
    assert facts is not None
    return [sentences(each) for each in facts.leans]


@EVERY_DATABASE
def test_visits_in_one_city_are_said_to_be(office: Office) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    for number in range(12):
        region = ("Lyon", "Ghent", "Turin")[number % 3]
        stage = Stage.PROSPECT if number % 2 else Stage.CUSTOMER
        customer_id = office.customer(f"Made-up Mills {number}", stage, region=region)
        if region == "Lyon":
            office.visit(ada, customer_id, T(days=-5 * number).date())
        office.visit(bo, customer_id, T(days=-6 * number).date())
    assert told(office, "Ada") == [
        "4 of your 4 visits in the last quarter were in one region, Lyon. "
        "That is 33 % of the market."
    ]
    assert told(office, "Bo") == []


def test_visits_of_earlier_quarters_are_past(office: Office) -> None:
    ada = office.pm("Ada")
    there, elsewhere = (office.customer(name, region=name) for name in ("Lyon", "Ghent"))
    for days in (92, 120, 150, 180):
        office.visit(ada, there, T(days=-days).date())
    office.visit(ada, elsewhere, T(days=-10).date())
    assert told(office, "Ada") == []
