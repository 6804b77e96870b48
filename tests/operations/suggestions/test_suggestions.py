"""Suggestions from the database: the facts on each customer, and none who may not be visited."""

from datetime import date
from typing import Any

import pytest

from bot.db import customers
from bot.db.contacts import flags
from bot.db.nudges import queries as nudges
from bot.db.suggestions import queries as suggestions
from bot.domain.contacts.flags import Flag, FlagState
from bot.domain.contacts.traits import Measure, Trait, TraitEvidence
from bot.domain.customers import Stage
from bot.domain.suggestions.rules import Candidate, Suggestion, SuggestionReason, suggest
from bot.operations.nudges import scheduling as operations
from bot.operations.suggestions.choosing import stable_seed
from sandbox.person import Person
from tests.operations.operations_fixture import BotWorkspace
from tests.operations.suggestions.suggested import (
    ADA,
    EVERY_DATABASE,
    TODAY,
    days_from_today,
    suggested_customers,
)
from tests.times import T0, T


def flag(workspace: BotWorkspace, customer_id: int, state: FlagState = FlagState.RAISED) -> None:
    evidence = (TraitEvidence(1, Trait.MAIL, ((Measure.MAILS, 9),)),)
    with workspace.services.transaction(workspace.workspace_id) as tx:
        flags.save(tx, "U1", Flag(customer_id, state, evidence, T0, T0))


def deal(
    workspace: BotWorkspace, customer_id: int, outcome: str, closed_on: date, **known: Any
) -> None:
    with workspace.services.transaction(workspace.workspace_id) as tx:
        go_live_on = known.get("go_live_on")
        customers.add_deal(tx, customer_id, outcome, closed_on, go_live_on)


@EVERY_DATABASE
def test_nobody_flagged_booked_or_visited_of_late_is_named(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    flag(workspace, workspace.add_customer("Flagged"))
    flag(workspace, workspace.add_customer("Known"), FlagState.ACKNOWLEDGED)
    workspace.add_booked_visit(ada, workspace.add_customer("Booked"), days_from_today(0))
    workspace.add_held_visit(ada, workspace.add_customer("Fresh"), days_from_today(-20))
    workspace.add_held_visit(ada, workspace.add_customer("Free again"), days_from_today(-21))
    assert set(suggested_customers(workspace)) == {"Free again"}


def test_a_customer_whose_flag_has_gone_is_named_again(workspace: BotWorkspace) -> None:
    flag(workspace, workspace.add_customer("Calm now"), FlagState.CLEARED)
    assert set(suggested_customers(workspace)) == {"Calm now"}


def test_a_booked_visit_that_has_passed_keeps_nobody_away(workspace: BotWorkspace) -> None:
    workspace.add_booked_visit(
        workspace.add_pm("Ada"), workspace.add_customer("Missed"), days_from_today(-1)
    )
    assert set(suggested_customers(workspace)) == {"Missed"}


@pytest.mark.parametrize("closed", [0, -14])
@pytest.mark.parametrize(
    ("outcome", "why"), [("won", SuggestionReason.DEAL_WON), ("lost", SuggestionReason.DEAL_LOST)]
)
def test_a_fresh_deal_is_the_reason(
    workspace: BotWorkspace, outcome: str, why: SuggestionReason, closed: int
) -> None:
    deal(workspace, workspace.add_customer("Alder"), outcome, days_from_today(closed))
    assert suggested_customers(workspace) == {"Alder": (why, days_from_today(closed))}


def test_a_deal_of_fifteen_days_ago_is_no_reason(workspace: BotWorkspace) -> None:
    deal(workspace, workspace.add_customer("Alder"), "won", days_from_today(-15))
    assert suggested_customers(workspace) == {"Alder": (SuggestionReason.NEVER_VISITED, None)}


@pytest.mark.parametrize(
    ("live", "why"), [(30, SuggestionReason.ROLL_OUT), (31, SuggestionReason.NEVER_VISITED)]
)
def test_a_roll_out_within_thirty_days_is_the_reason(
    workspace: BotWorkspace, live: int, why: SuggestionReason
) -> None:
    deal(
        workspace,
        workspace.add_customer("Alder"),
        "won",
        days_from_today(-90),
        go_live_on=days_from_today(live),
    )
    assert suggested_customers(workspace)["Alder"][0] is why


def test_of_several_deals_the_newest_is_the_reason(workspace: BotWorkspace) -> None:
    alder = workspace.add_customer("Alder")
    deal(workspace, alder, "won", days_from_today(-9))
    deal(workspace, alder, "lost", days_from_today(-2))
    assert suggested_customers(workspace) == {
        "Alder": (SuggestionReason.DEAL_LOST, days_from_today(-2))
    }


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        (Stage.PROSPECT, SuggestionReason.PROSPECT),
        (Stage.LOST, SuggestionReason.LOST_OR_CHURNED),
        (Stage.CHURNED, SuggestionReason.LOST_OR_CHURNED),
        (Stage.INTERNAL, SuggestionReason.INTERNAL),
        (Stage.CUSTOMER, SuggestionReason.LONG_AGO),
    ],
)
def test_the_stage_is_the_reason_where_nothing_else_is(
    workspace: BotWorkspace, stage: Stage, why: SuggestionReason
) -> None:
    workspace.add_held_visit(
        workspace.add_pm("Ada"), workspace.add_customer("Alder", stage), days_from_today(-50)
    )
    assert suggested_customers(workspace) == {"Alder": (why, days_from_today(-50))}


def nudged(workspace: BotWorkspace, names: int) -> tuple[Person, int]:
    """Add a PM with a nudge, in a workspace of so many customers; return the nudge's id too."""
    ada = workspace.add_pm("Ada")
    for number in range(names):
        workspace.add_customer(f"Customer {number}")
    workspace.tick_at(T(days=14))
    workspace.slack.expect_message(to=ada)
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudges.get_latest(tx, ada.id)
    assert nudge is not None
    return ada, nudge.id


def ids(workspace: BotWorkspace, nudge_id: int) -> list[int]:
    with workspace.services.reading(workspace.workspace_id) as tx:
        nudge = nudges.get(tx, nudge_id)
    assert nudge is not None
    return [each.customer_id for each in nudge.suggested]


def test_someone_else_names_nobody_twice_until_everybody_was_named(workspace: BotWorkspace) -> None:
    ada, nudge_id = nudged(workspace, 9)
    seen = ids(workspace, nudge_id)
    for _ in range(2):
        operations.suggest_others(workspace.services, workspace.actor(ada), nudge_id, T(days=14))
        seen += ids(workspace, nudge_id)
    assert len(seen) == len(set(seen)) == 9


def test_someone_else_names_nobody_who_was_booked_or_flagged_since(workspace: BotWorkspace) -> None:
    ada, nudge_id = nudged(workspace, 6)
    rest = sorted(set(range(1, 7)) - set(ids(workspace, nudge_id)))
    workspace.add_booked_visit(ada, rest[0], days_from_today(20))
    flag(workspace, rest[1])
    operations.suggest_others(workspace.services, workspace.actor(ada), nudge_id, T(days=14))
    assert ids(workspace, nudge_id) == [rest[2]]


def test_the_same_nudge_names_the_same_customers_on_every_machine() -> None:
    assert stable_seed("U0000001", date(2026, 3, 16)) == 3446877730


def test_pms_who_are_due_on_one_day_are_not_all_sent_to_the_same_customers(
    workspace: BotWorkspace,
) -> None:
    for number in range(30):
        workspace.add_customer(f"Customer {number}")
    pms = [workspace.add_pm(f"Pm {number}") for number in range(5)]
    workspace.tick_at(T(days=14))
    for each in pms:
        workspace.slack.expect_message(to=each)
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = [nudges.get_latest(tx, each.id) for each in pms]
    named = {each.customer_id for nudge in found if nudge for each in nudge.suggested}
    assert len(named) > 6


@EVERY_DATABASE
def test_of_very_many_customers_few_are_looked_at_and_the_right_ones(
    workspace: BotWorkspace,
) -> None:
    ada = workspace.add_pm("Ada")
    ids = [
        workspace.add_customer(f"Customer {number}", list(Stage)[number % 5])
        for number in range(200)
    ]
    visited_on = {each: days_from_today(-40 - number) for number, each in enumerate(ids)}
    for each in ids:
        workspace.add_held_visit(ada, each, visited_on[each])
    deal(workspace, ids[100], "lost", days_from_today(-3))
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = suggestions.list_candidates(tx, ADA, TODAY, 7)
        named_ones = suggest(found, TODAY, 7)
    assert len(found) <= 5 * suggestions.CANDIDATES_PER_KIND + 1
    assert named_ones[0] == Suggestion(
        ids[100], "Customer 100", SuggestionReason.DEAL_LOST, days_from_today(-3)
    )
    # Of the other stages those whose visit is longest ago: internal customers are never as urgent.
    assert [each.customer_id for each in named_ones[1:]] == [ids[198], ids[196]]


@EVERY_DATABASE
def test_those_who_are_to_be_left_hide_nobody_who_may_be_visited(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for number in range(2 * suggestions.CANDIDATES_PER_KIND):
        flag(workspace, workspace.add_customer(f"Flagged {number}"))
        workspace.add_booked_visit(
            ada, workspace.add_customer(f"Booked {number}"), days_from_today(3)
        )
    workspace.add_customer("Alder")
    assert set(suggested_customers(workspace)) == {"Alder"}
    assert {"Alder"} == {each.name for seed in range(20) for each in candidates(workspace, seed)}


def candidates(workspace: BotWorkspace, seed: int) -> list[Candidate]:
    with workspace.services.reading(workspace.workspace_id) as tx:
        return list(suggestions.list_candidates(tx, ADA, TODAY, seed))


def test_every_customer_who_was_never_visited_can_be_named_by_some_seed(
    workspace: BotWorkspace,
) -> None:
    known = {
        workspace.add_customer(f"Customer {number}")
        for number in range(2 * suggestions.CANDIDATES_PER_KIND + 10)
    }
    named_ones = {
        each.customer_id
        for seed in range(150)
        for each in suggest(candidates(workspace, seed), TODAY, seed)
    }
    assert len(named_ones) > 0.9 * len(known)
