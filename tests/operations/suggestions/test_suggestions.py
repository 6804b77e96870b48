"""Whom a nudge names: what the database knows of each customer, and nobody who is to be left."""

from datetime import date
from typing import Any

import pytest

from bot.db import customers
from bot.db.contacts import flags
from bot.db.nudges import queries as nudges
from bot.db.suggestions import queries as suggestions
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.contacts.traits import Evidence, Measure, Trait
from bot.domain.customers import Stage
from bot.domain.suggestions.rules import Candidate, Suggestion, Why, suggest
from bot.operations.nudges import scheduling as operations
from bot.operations.suggestions.choosing import hash_of
from sandbox.person import Person
from tests.operations.operations_fixture import Office
from tests.operations.suggestions.suggested import ADA, EVERY_DATABASE, TODAY, day, named
from tests.times import T0, T


def flag(office: Office, customer_id: int, state: FlagState = FlagState.RAISED) -> None:
    evidence = (Evidence(1, Trait.MAIL, ((Measure.MAILS, 9),)),)
    with office.services.transaction(office.workspace_id) as tx:
        flags.keep(tx, "U1", Flag(customer_id, state, evidence, T0, T0))


def deal(office: Office, customer_id: int, outcome: str, closed_on: date, **known: Any) -> None:
    with office.services.transaction(office.workspace_id) as tx:
        go_live_on = known.get("go_live_on")
        customers.add_deal(tx, customer_id, outcome, closed_on, go_live_on)


@EVERY_DATABASE
def test_nobody_flagged_booked_or_visited_of_late_is_named(office: Office) -> None:
    ada = office.pm("Ada")
    flag(office, office.customer("Flagged"))
    flag(office, office.customer("Known"), FlagState.ACKNOWLEDGED)
    office.book(ada, office.customer("Booked"), day(0))
    office.visit(ada, office.customer("Fresh"), day(-20))
    office.visit(ada, office.customer("Free again"), day(-21))
    assert set(named(office)) == {"Free again"}


def test_a_customer_whose_flag_has_gone_is_named_again(office: Office) -> None:
    flag(office, office.customer("Calm now"), FlagState.GONE)
    assert set(named(office)) == {"Calm now"}


def test_a_booked_visit_that_has_passed_keeps_nobody_away(office: Office) -> None:
    office.book(office.pm("Ada"), office.customer("Missed"), day(-1))
    assert set(named(office)) == {"Missed"}


@pytest.mark.parametrize("closed", [0, -14])
@pytest.mark.parametrize(("outcome", "why"), [("won", Why.DEAL_WON), ("lost", Why.DEAL_LOST)])
def test_a_fresh_deal_is_the_reason(office: Office, outcome: str, why: Why, closed: int) -> None:
    deal(office, office.customer("Alder"), outcome, day(closed))
    assert named(office) == {"Alder": (why, day(closed))}


def test_a_deal_of_fifteen_days_ago_is_no_reason(office: Office) -> None:
    deal(office, office.customer("Alder"), "won", day(-15))
    assert named(office) == {"Alder": (Why.NEVER_VISITED, None)}


@pytest.mark.parametrize(("live", "why"), [(30, Why.ROLL_OUT), (31, Why.NEVER_VISITED)])
def test_a_roll_out_within_thirty_days_is_the_reason(office: Office, live: int, why: Why) -> None:
    deal(office, office.customer("Alder"), "won", day(-90), go_live_on=day(live))
    assert named(office)["Alder"][0] is why


def test_of_several_deals_the_newest_is_the_reason(office: Office) -> None:
    alder = office.customer("Alder")
    deal(office, alder, "won", day(-9))
    deal(office, alder, "lost", day(-2))
    assert named(office) == {"Alder": (Why.DEAL_LOST, day(-2))}


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        (Stage.PROSPECT, Why.PROSPECT),
        (Stage.LOST, Why.GONE),
        (Stage.CHURNED, Why.GONE),
        (Stage.INTERNAL, Why.INTERNAL),
        (Stage.CUSTOMER, Why.LONG_AGO),
    ],
)
def test_the_stage_is_the_reason_where_nothing_else_is(
    office: Office, stage: Stage, why: Why
) -> None:
    office.visit(office.pm("Ada"), office.customer("Alder", stage), day(-50))
    assert named(office) == {"Alder": (why, day(-50))}


def nudged(office: Office, names: int) -> tuple[Person, int]:
    """A PM with a nudge, in a workspace of so many customers; gives the nudge's id."""
    ada = office.pm("Ada")
    for number in range(names):
        office.customer(f"Customer {number}")
    office.tick_at(T(days=14))
    office.slack.expect_message(to=ada)
    with office.services.reading(office.workspace_id) as tx:
        nudge = nudges.latest(tx, ada.id)
    assert nudge is not None
    return ada, nudge.id


def ids(office: Office, nudge_id: int) -> list[int]:
    with office.services.reading(office.workspace_id) as tx:
        nudge = nudges.get(tx, nudge_id)
    assert nudge is not None
    return [each["customer"] for each in nudge.suggested]


def test_someone_else_names_nobody_twice_until_everybody_was_named(office: Office) -> None:
    ada, nudge_id = nudged(office, 9)
    seen = ids(office, nudge_id)
    for _ in range(2):
        operations.someone_else(office.services, office.actor(ada), nudge_id, T(days=14))
        seen += ids(office, nudge_id)
    assert len(seen) == len(set(seen)) == 9


def test_someone_else_names_nobody_who_was_booked_or_flagged_since(office: Office) -> None:
    ada, nudge_id = nudged(office, 6)
    rest = sorted(set(range(1, 7)) - set(ids(office, nudge_id)))
    office.book(ada, rest[0], day(20))
    flag(office, rest[1])
    operations.someone_else(office.services, office.actor(ada), nudge_id, T(days=14))
    assert ids(office, nudge_id) == [rest[2]]


def test_the_same_nudge_names_the_same_customers_on_every_machine() -> None:
    assert hash_of("U0000001", date(2026, 3, 16)) == 3446877730


def test_pms_who_are_due_on_one_day_are_not_all_sent_to_the_same_customers(
    office: Office,
) -> None:
    for number in range(30):
        office.customer(f"Customer {number}")
    pms = [office.pm(f"Pm {number}") for number in range(5)]
    office.tick_at(T(days=14))
    for each in pms:
        office.slack.expect_message(to=each)
    with office.services.reading(office.workspace_id) as tx:
        found = [nudges.latest(tx, each.id) for each in pms]
    named = {each["customer"] for nudge in found if nudge for each in nudge.suggested}
    assert len(named) > 6


@EVERY_DATABASE
def test_of_very_many_customers_few_are_looked_at_and_the_right_ones(office: Office) -> None:
    ada = office.pm("Ada")
    ids = [office.customer(f"Customer {number}", list(Stage)[number % 5]) for number in range(200)]
    visited_on = {each: day(-40 - number) for number, each in enumerate(ids)}
    for each in ids:
        office.visit(ada, each, visited_on[each])
    deal(office, ids[100], "lost", day(-3))
    with office.services.reading(office.workspace_id) as tx:
        found = suggestions.candidates(tx, ADA, TODAY, 7)
        named_ones = suggest(found, TODAY, 7)
    assert len(found) <= 5 * suggestions.OF_EACH + 1
    assert named_ones[0] == Suggestion(ids[100], "Customer 100", Why.DEAL_LOST, day(-3))
    # Of the other stages those whose visit is longest ago: of our own house nobody is as urgent.
    assert [each.customer_id for each in named_ones[1:]] == [ids[198], ids[196]]


@EVERY_DATABASE
def test_those_who_are_to_be_left_hide_nobody_who_may_be_visited(office: Office) -> None:
    ada = office.pm("Ada")
    for number in range(2 * suggestions.OF_EACH):
        flag(office, office.customer(f"Flagged {number}"))
        office.book(ada, office.customer(f"Booked {number}"), day(3))
    office.customer("Alder")
    assert set(named(office)) == {"Alder"}
    assert {"Alder"} == {each.name for seed in range(20) for each in candidates(office, seed)}


def candidates(office: Office, seed: int) -> list[Candidate]:
    with office.services.reading(office.workspace_id) as tx:
        return list(suggestions.candidates(tx, ADA, TODAY, seed))


def test_every_customer_who_was_never_visited_can_be_named_by_some_seed(office: Office) -> None:
    known = {
        office.customer(f"Customer {number}") for number in range(2 * suggestions.OF_EACH + 10)
    }
    named_ones = {
        each.customer_id
        for seed in range(150)
        for each in suggest(candidates(office, seed), TODAY, seed)
    }
    assert len(named_ones) > 0.9 * len(known)
