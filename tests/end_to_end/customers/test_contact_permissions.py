"""Customers closed to visits: who closed them, what others read, and what they can plan."""

import pytest

from bot.db import customers
from bot.db.suggestions import queries as suggestions
from bot.domain.customers import Stage
from sandbox.person import Person
from tests.conftest import Nihito
from tests.times import in_berlin

EVERY_DATABASE = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
MILL = "Brightwater Mill"


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, and add a customer."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        customers.add(tx, MILL, Stage.CUSTOMER)
    return ada


@pytest.fixture
def bo(nihito: Nihito) -> Person:
    """Join Bo too."""
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo)
    return bo


def close_to_contact(
    nihito: Nihito, person: Person, why: str, because: str | None = "They move."
) -> None:
    """Close the customer to visits, or open it, as a person."""
    open_contact_form(nihito, person)
    person.submit({"why": why, "because": because})
    nihito.slack.expect_message(to=person, containing=MILL)


def open_contact_form(nihito: Nihito, person: Person) -> None:
    """Look the customer up and press the button under the brief."""
    person.run("/customer", MILL)
    brief = nihito.slack.workspace.messages[person.dm.id][-1]
    person.press(brief, "customer.close")
    person.wait_for_view()


def plan(nihito: Nihito, person: Person, **typed: str) -> dict[str, str]:
    """Plan a visit to the customer; return the errors at the form's fields."""
    nihito.open_form(person, "/visit", "plan")
    chosen = person.options("customer.find", MILL)[0]["value"]
    outcome = person.submit({"customer": chosen, "on": "2026-03-18", **typed})
    return dict(outcome.errors or {})


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("do_not_contact", "Do not contact: They move. (Ada, Monday 2 March)."),
        ("opted_out", "Opted out: They move. (Ada, Monday 2 March)."),
    ],
)
def test_others_read_who_closed_a_customer_and_why(
    nihito: Nihito, ada: Person, bo: Person, why: str, told: str
) -> None:
    close_to_contact(nihito, ada, why)
    assert told in bo.run("/customer", MILL).text


@EVERY_DATABASE
def test_whoever_is_closed_to_visits_is_suggested_to_nobody_until_free_again(
    nihito: Nihito, ada: Person
) -> None:
    def suggested() -> list[str]:
        with nihito.services.reading(nihito.workspace_id) as tx:
            today = in_berlin(1).date()
            return [each.name for each in suggestions.list_candidates(tx, "U0000099", today)]

    close_to_contact(nihito, ada, "do_not_contact")
    assert suggested() == []
    close_to_contact(nihito, ada, "free", None)
    assert suggested() == [MILL]
    assert "Free to visit." in ada.run("/customer", MILL).text


def test_nobody_plans_to_see_whoever_has_opted_out(nihito: Nihito, ada: Person, bo: Person) -> None:
    close_to_contact(nihito, ada, "opted_out")
    told = f"{MILL} has opted out of visits, as Ada was told. Choose another customer."
    assert plan(nihito, bo) == {"customer": told}


def test_whoever_plans_to_see_somebody_to_be_left_alone_says_why(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    close_to_contact(nihito, ada, "do_not_contact")
    assert plan(nihito, bo) == {}
    asked = str(bo.wait_for_view().payload)
    assert "They are to be left alone. Ada said so on Monday 2 March: They move." in asked
    assert "Say why" in bo.submit({}).errors["because"]
    bo.submit({"because": "They called and asked for us."})
    nihito.slack.expect_message(to=bo, containing=f"Planned: {MILL}")


def test_a_proxy_asks_nothing_of_whoever_is_to_be_left_alone(nihito: Nihito, ada: Person) -> None:
    close_to_contact(nihito, ada, "opted_out")
    plan(nihito, ada, kind="proxy")
    nihito.slack.expect_message(to=ada, containing=f"Planned: {MILL}")


def test_closing_takes_a_reason(nihito: Nihito, ada: Person) -> None:
    open_contact_form(nihito, ada)
    errors = ada.submit({"why": "opted_out", "because": None}).errors
    assert errors == {"because": "Say why, so that others know when it has passed."}


@pytest.mark.parametrize(("minutes", "asked"), [("120", False), ("240", True)])
def test_more_than_four_hours_in_a_quarter_ask_why(
    nihito: Nihito, ada: Person, bo: Person, minutes: str, asked: bool
) -> None:
    assert plan(nihito, ada, minutes="120") == {}
    nihito.slack.expect_message(to=ada, containing="Planned")
    plan(nihito, bo, on="2026-04-20", minutes=minutes)
    if asked:
        shown = str(bo.wait_for_view().payload)
        assert "Ada sees them on Wednesday 18 March. Four hours in a quarter" in shown
    else:
        nihito.slack.expect_message(to=bo, containing="Planned")


def test_a_proxy_does_not_become_a_visit_to_whoever_has_opted_out(
    nihito: Nihito, ada: Person
) -> None:
    close_to_contact(nihito, ada, "opted_out")
    plan(nihito, ada, kind="proxy")
    nihito.slack.expect_message(to=ada, containing=f"Planned: {MILL}")
    ada.press(ada.open_home(), "planned.change")
    nihito.wait_until_idle()
    ada.wait_for_view()
    assert "has opted out of visits" in ada.submit({"kind": "on_site"}).errors["customer"]


def test_a_visit_that_grows_is_held_against_the_cap_again(
    nihito: Nihito, ada: Person, bo: Person
) -> None:
    plan(nihito, ada, minutes="120")
    nihito.slack.expect_message(to=ada, containing="Planned")
    plan(nihito, bo, on="2026-04-20", minutes="120")
    nihito.slack.expect_message(to=bo, containing="Planned")
    bo.press(bo.open_home(), "planned.change")
    nihito.wait_until_idle()
    bo.wait_for_view()
    bo.submit({"minutes": "240"})
    assert "Four hours in a quarter" in str(bo.wait_for_view().payload)
