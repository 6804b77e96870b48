"""What speaks for a customer, as the database knows it: value, gaps, the dart, a happy visit."""

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.db.suggestions import coverage
from bot.db.suggestions import queries as suggestions
from bot.domain.debriefs.rules import Mood, Sharing
from bot.domain.suggestions.coverage import Aspect, Lean
from bot.domain.suggestions.rules import Ground, Why, suggest, turn
from bot.operations.imports import files as imports
from bot.operations.suggestions.choosing import ground_of
from tests.operations.operations_fixture import Office
from tests.operations.suggestions.suggested import ADA, EVERY_DATABASE, TODAY, day, named
from tests.times import T0


@EVERY_DATABASE
@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"revenue": 500}, Why.REVENUE),
        ({"potential": 900}, Why.POTENTIAL),
        ({"brand": True}, Why.BRAND),
        ({"new_market": True}, Why.NEW_MARKET),
        ({"new_geography": True}, Why.NEW_GEOGRAPHY),
    ],
)
def test_each_kind_of_value_is_a_reason(office: Office, known: dict[str, Any], why: Why) -> None:
    figure = "potential" if why is Why.POTENTIAL else "revenue"
    for number in range(30):
        office.customer(f"Small {number}", **({figure: number + 1} if figure in known else {}))
    office.customer("Alder", **known)
    assert named(office)["Alder"] == (why, None)


@EVERY_DATABASE
def test_of_few_customers_nobody_is_among_the_largest(office: Office) -> None:
    for number in range(5):
        office.customer(f"Customer {number}", revenue=100 * number)
    assert {why for why, _ in named(office).values()} == {Why.NEVER_VISITED}


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
    office: Office, mood: Mood, sharing: Sharing, told: bool
) -> None:
    ada, bo = office.pm("Ada"), office.pm("Bo")
    story = "They showed us around. They like it."
    office.debrief(bo, "Alder", story, on=day(-30), mood=mood, sharing=sharing)
    with office.services.reading(office.workspace_id) as tx:
        ground = Ground(turn=Why.HAPPY)
        found = suggestions.candidates(tx, ada.id, TODAY, 1, ground=ground)
        (alder,) = suggest(found, TODAY, 1, ground=ground)
    assert (alder.why is Why.HAPPY) == told
    assert (alder.on == day(-30)) or not told


@EVERY_DATABASE
def test_the_sort_that_a_pm_has_not_seen_is_found_among_very_many(office: Office) -> None:
    ada = office.pm("Ada")
    for number in range(60):
        region = "North" if number == 50 else "South"
        found = office.customer(f"{region} {number}", region=region)
        if number < 5:
            office.visit(ada, found, day(-30 - number))
    with office.services.transaction(office.workspace_id) as tx:
        coverage.set_mix(tx, {Aspect.REGION: {"North": 50, "South": 50}})
        for seed in range(12):
            ground = replace(ground_of(tx, ada.id, TODAY, seed), turn=None)
            found = suggestions.candidates(tx, ada.id, TODAY, seed, ground=ground)
            first = suggest(found, TODAY, seed, ground=ground)[0]
            gap = Lean(Aspect.REGION, "North", 0, 5, 0.5)
            assert (first.name, first.why, first.lean) == ("North 50", Why.GAP, gap)


@EVERY_DATABASE
def test_the_months_dart_is_one_for_all_pms_and_changes_by_the_month(office: Office) -> None:
    for number in range(8):
        office.customer(f"Customer {number}", region=f"Region {number}")
    with office.services.reading(office.workspace_id) as tx:
        seeds = [seed for seed in range(60) if turn(seed) is Why.DART]
        hits = {
            month: {
                ground.dart.sort
                for seed in seeds[:4]
                for pm in (ADA, "U0000002")
                if (ground := ground_of(tx, pm, date(2026, month, 9), seed)).dart
            }
            for month in range(1, 13)
        }
    assert {len(each) for each in hits.values()} == {1}
    assert len(set.union(*hits.values())) > 3


@EVERY_DATABASE
def test_how_often_a_file_wishes_a_customer_to_be_seen_counts(office: Office) -> None:
    file = io.BytesIO(b"name,stage,every_days\nAlder,customer,30\nBirch,customer,\n")
    imports.run(office.services, office.workspace_id, "customers", file, T0)
    with office.services.reading(office.workspace_id) as tx:
        found = {each.name: each.every for each in suggestions.candidates(tx, ADA, TODAY)}
    assert found == {"Alder": timedelta(days=30), "Birch": None}


@EVERY_DATABASE
@pytest.mark.parametrize(("ago", "holds"), [(0, True), (30, True), (31, False)])
@pytest.mark.parametrize(("kind", "why"), [("trade_show", Why.TRADE_SHOW), ("survey", Why.SURVEY)])
def test_whoever_would_talk_is_a_reason_for_a_month(
    office: Office, kind: str, why: Why, ago: int, holds: bool
) -> None:
    file = io.BytesIO(f"customer,kind,date\nAlder,{kind},{day(-ago)}\n".encode())
    for _ in range(2):
        imports.run(office.services, office.workspace_id, "openings", file, T0)
        file.seek(0)
    assert (named(office) == {"Alder": (why, day(-ago))}) == holds


def test_a_visit_takes_an_opening_up(office: Office) -> None:
    file = io.BytesIO(f"customer,kind,date\nAlder,survey,{day(-28)}\n".encode())
    imports.run(office.services, office.workspace_id, "openings", file, T0)
    office.visit(office.pm("Ada"), 1, day(-25))
    assert named(office) == {"Alder": (Why.PROSPECT, day(-25))}
