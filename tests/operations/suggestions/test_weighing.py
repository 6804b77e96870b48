"""Reasons for a customer from the database: value, gaps, the random pick, a happy visit."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.db.suggestions import coverage
from bot.db.suggestions import queries as suggestions
from bot.domain.debriefs.rules import Mood, Sharing
from bot.domain.suggestions.coverage import Dimension, Skew
from bot.domain.suggestions.rules import SuggestionContext, SuggestionReason, draw_reason, suggest
from bot.operations.imports import files as imports
from bot.operations.suggestions.choosing import build_context
from tests.operations.doctor.test_audit import explained
from tests.operations.operations_fixture import BotWorkspace
from tests.operations.suggestions.suggested import (
    ADA,
    EVERY_DATABASE,
    TODAY,
    days_from_today,
    suggested_customers,
)
from tests.times import T0


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"revenue": 500}, SuggestionReason.REVENUE),
        ({"potential": 900}, SuggestionReason.POTENTIAL),
        ({"brand": True}, SuggestionReason.BRAND),
        ({"new_market": True}, SuggestionReason.NEW_MARKET),
        ({"new_geography": True}, SuggestionReason.NEW_GEOGRAPHY),
    ],
)
def test_each_kind_of_value_is_a_reason(
    workspace: BotWorkspace, known: dict[str, Any], why: SuggestionReason
) -> None:
    figure = "potential" if why is SuggestionReason.POTENTIAL else "revenue"
    for number in range(30):
        workspace.add_customer(
            f"Small {number}", **({figure: number + 1} if figure in known else {})
        )
    workspace.add_customer("Alder", **known)
    assert suggested_customers(workspace)["Alder"] == (why, None)


@EVERY_DATABASE
def test_of_few_customers_nobody_is_among_the_largest(workspace: BotWorkspace) -> None:
    for number in range(5):
        workspace.add_customer(f"Customer {number}", revenue=100 * number)
    assert {why for why, _ in suggested_customers(workspace).values()} == {
        SuggestionReason.NEVER_VISITED
    }


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("mood", "sharing", "told"),
    [
        (Mood.DELIGHTED, Sharing.SHARE, True),
        (Mood.DELIGHTED, Sharing.PRIVATE, False),
        (Mood.ANGRY, Sharing.SHARE, False),
    ],
)
def test_somebody_happy_has_a_turn_unless_that_was_told_in_private(
    workspace: BotWorkspace, mood: Mood, sharing: Sharing, told: bool
) -> None:
    ada, bo = workspace.add_pm("Ada"), workspace.add_pm("Bo")
    story = "They showed us around. They like it."
    workspace.record_debrief(
        bo, "Alder", story, on=days_from_today(-30), mood=mood, sharing=sharing
    )
    with workspace.services.reading(workspace.workspace_id) as tx:
        ground = SuggestionContext(turn=SuggestionReason.HAPPY)
        found = suggestions.list_candidates(tx, ada.id, TODAY, 1, context=ground)
        (alder,) = suggest(found, TODAY, 1, context=ground)
    assert (alder.reason is SuggestionReason.HAPPY) == told
    assert (alder.on == days_from_today(-30)) or not told


@EVERY_DATABASE
def test_the_sort_that_a_pm_has_not_seen_is_found_among_very_many(workspace: BotWorkspace) -> None:
    ada = workspace.add_pm("Ada")
    for number in range(60):
        region = "North" if number == 50 else "South"
        found = workspace.add_customer(f"{region} {number}", region=region)
        if number < 5:
            workspace.add_held_visit(ada, found, days_from_today(-30 - number))
    with workspace.services.transaction(workspace.workspace_id) as tx:
        coverage.set_mix(tx, {Dimension.REGION: {"North": 50, "South": 50}})
        for seed in range(12):
            ground = replace(build_context(tx, ada.id, TODAY, seed), turn=None)
            found = suggestions.list_candidates(tx, ada.id, TODAY, seed, context=ground)
            first = suggest(found, TODAY, seed, context=ground)[0]
            gap = Skew(Dimension.REGION, "North", 0, 5, 0.5)
            assert (first.name, first.reason, first.skew) == ("North 50", SuggestionReason.GAP, gap)


@EVERY_DATABASE
def test_the_months_dart_is_one_for_all_pms_and_changes_by_the_month(
    workspace: BotWorkspace,
) -> None:
    for number in range(8):
        workspace.add_customer(f"Customer {number}", region=f"Region {number}")
    with workspace.services.reading(workspace.workspace_id) as tx:
        seeds = [seed for seed in range(60) if draw_reason(seed) is SuggestionReason.DART]
        hits = {
            month: {
                ground.dart.sort
                for seed in seeds[:4]
                for pm in (ADA, "U0000002")
                if (ground := build_context(tx, pm, date(2026, month, 9), seed)).dart
            }
            for month in range(1, 13)
        }
    assert {len(each) for each in hits.values()} == {1}
    assert len(set.union(*hits.values())) > 3


@EVERY_DATABASE
def test_how_often_a_file_wishes_a_customer_to_be_seen_counts(workspace: BotWorkspace) -> None:
    file = io.BytesIO(b"name,stage,every_days\nAlder,customer,30\nBirch,customer,\n")
    imports.run(workspace.services, workspace.workspace_id, "customers", file, T0)
    with workspace.services.reading(workspace.workspace_id) as tx:
        found = {
            each.name: each.wanted_interval for each in suggestions.list_candidates(tx, ADA, TODAY)
        }
    assert found == {"Alder": timedelta(days=30), "Birch": None}


@EVERY_DATABASE
@pytest.mark.parametrize(("ago", "holds"), [(0, True), (30, True), (31, False)])
@pytest.mark.parametrize(
    ("kind", "why"),
    [("trade_show", SuggestionReason.TRADE_SHOW), ("survey", SuggestionReason.SURVEY)],
)
def test_whoever_would_talk_is_a_reason_for_a_month(
    workspace: BotWorkspace, kind: str, why: SuggestionReason, ago: int, holds: bool
) -> None:
    file = io.BytesIO(f"customer,kind,date\nAlder,{kind},{days_from_today(-ago)}\n".encode())
    for _ in range(2):
        imports.run(workspace.services, workspace.workspace_id, "openings", file, T0)
        file.seek(0)
    assert (suggested_customers(workspace) == {"Alder": (why, days_from_today(-ago))}) == holds


def test_a_visit_takes_an_opening_up(workspace: BotWorkspace) -> None:
    file = io.BytesIO(f"customer,kind,date\nAlder,survey,{days_from_today(-28)}\n".encode())
    imports.run(workspace.services, workspace.workspace_id, "openings", file, T0)
    workspace.add_held_visit(workspace.add_pm("Ada"), 1, days_from_today(-25))
    assert suggested_customers(workspace) == {
        "Alder": (SuggestionReason.PROSPECT, days_from_today(-25))
    }


def test_customers_of_strategic_value_are_found_by_their_index(workspace: BotWorkspace) -> None:
    with explained(workspace.services.engine) as plans:
        suggested_customers(workspace)
    assert [each for each in plans if "ix_customers_first_steps" in each]
