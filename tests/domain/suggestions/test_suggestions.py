"""Suggestions: only customers that may be visited, a true reason for each, a mix of stages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Stage, VisitTrigger
from bot.domain.suggestions.coverage import Dimension, Skew
from bot.domain.suggestions.rules import (
    VALUE_REASONS,
    Candidate,
    Suggestion,
    SuggestionContext,
    SuggestionReason,
    draw_reason,
    suggest,
)
from tests.times import T0

TODAY = T0.date()
# Those who chose another product count as one kind, of which one is named before a second.
KIND: Mapping[Stage, str] = {each: each.replace("churned", "lost") for each in Stage}
REGIONS, SEGMENTS = ("North", "South"), ("retail", "public")


def days(least: int, most: int) -> st.SearchStrategy[date]:
    return st.integers(least, most).map(lambda count: TODAY + timedelta(days=count))


KNOWN = st.fixed_dictionaries(
    {},
    optional={
        Dimension.REGION: st.sampled_from(REGIONS),
        Dimension.SEGMENT: st.sampled_from(SEGMENTS),
    },
)
LEANS = st.builds(
    Skew,
    st.just(Dimension.REGION),
    st.sampled_from(REGIONS),
    seen=st.integers(0, 1),
    visits=st.integers(2, 10),
    share=st.floats(0.5, 1),
)
GROUNDS = st.builds(
    SuggestionContext,
    skews=st.lists(LEANS, max_size=1),
    dart=st.none() | LEANS,
    turn=st.sampled_from(
        [None, SuggestionReason.DART, SuggestionReason.HAPPY, SuggestionReason.INTERNAL]
    ),
)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        customer_id=st.integers(1, 40),
        name=st.text(max_size=3),
        stage=st.sampled_from(Stage),
        last_visit_on=st.none() | days(-60, 3),
        great=st.booleans() | st.just(False),
        booked=st.booleans() | st.just(False),
        deal=st.none() | st.tuples(st.booleans(), days(-20, 3)),
        go_live_on=st.none() | days(-3, 35),
        trigger=st.none() | st.tuples(st.sampled_from(VisitTrigger), days(-35, 3)),
        dimensions=KNOWN,
        value_reasons=st.frozensets(st.sampled_from(VALUE_REASONS)),
        happy_on=st.none() | days(-60, 0),
    ),
    max_size=15,
    unique_by=lambda each: each.customer_id,
)
DISMISSALS = st.frozensets(st.integers(1, 40), max_size=10)


def may_be_named(each: Candidate) -> bool:
    """Return whether the practice allows a visit (`product.md` B2, B4)."""
    if each.great or each.booked:
        return False
    return each.last_visit_on is None or each.last_visit_on <= TODAY - timedelta(days=21)


def holds(found: Suggestion, each: Candidate, ground: SuggestionContext) -> bool:
    """Return whether the reason is true of the customer, with the facts shown with it."""
    why, on, lean = found.reason, found.on, found.skew
    ago = (TODAY - each.deal[1]).days if each.deal else None
    fresh = ago is not None and ago in range(15)
    ahead = (each.go_live_on - TODAY).days if each.go_live_on else None
    truths = {
        SuggestionReason.DEAL_WON: fresh and each.deal == (True, on),
        SuggestionReason.DEAL_LOST: fresh and each.deal == (False, on),
        SuggestionReason.ROLL_OUT: ahead is not None and 0 <= ahead <= 30 and on == each.go_live_on,
        SuggestionReason.TRADE_SHOW: opened(each, VisitTrigger.TRADE_SHOW, on),
        SuggestionReason.SURVEY: opened(each, VisitTrigger.SURVEY, on),
        SuggestionReason.GAP: lean in ground.gaps
        and lean is not None
        and each.dimensions[lean.aspect] == lean.sort,
        SuggestionReason.DART: lean == ground.dart
        and lean is not None
        and each.dimensions[lean.aspect] == lean.sort,
        SuggestionReason.HAPPY: on is not None and on == each.happy_on,
        **{why: why in each.value_reasons and on == each.last_visit_on for why in VALUE_REASONS},
        SuggestionReason.PROSPECT: each.stage == "prospect" and on == each.last_visit_on,
        SuggestionReason.LOST_OR_CHURNED: each.stage in ("lost", "churned")
        and on == each.last_visit_on,
        SuggestionReason.INTERNAL: each.stage == "internal" and on == each.last_visit_on,
        SuggestionReason.NEVER_VISITED: each.stage == "customer"
        and each.last_visit_on is None
        and on is None,
        SuggestionReason.LONG_AGO: each.stage == "customer"
        and on is not None
        and on == each.last_visit_on,
    }
    return truths[why]


def opened(each: Candidate, kind: VisitTrigger, on: date | None) -> bool:
    """Return whether the trigger is at most a month old, with no visit since."""
    if each.trigger is None or each.trigger != (kind, on):
        return False
    gone = each.last_visit_on is not None and each.last_visit_on >= each.trigger[1]
    return (TODAY - each.trigger[1]).days in range(31) and not gone


@given(CANDIDATES, st.integers(0, 2**32), DISMISSALS, GROUNDS)
def test_nobody_is_named_who_is_great_booked_visited_of_late_or_dismissed(
    candidates: list[Candidate], seed: int, passed_over: frozenset[int], ground: SuggestionContext
) -> None:
    by_id = {each.customer_id: each for each in candidates}
    found = suggest(candidates, TODAY, seed, passed_over, ground)
    assert all(may_be_named(by_id[each.customer_id]) for each in found)
    assert not passed_over & {each.customer_id for each in found}


@given(CANDIDATES, st.integers(0, 2**32), GROUNDS)
def test_every_stated_reason_is_true_of_that_customer(
    candidates: list[Candidate], seed: int, ground: SuggestionContext
) -> None:
    by_id = {each.customer_id: each for each in candidates}
    for each in suggest(candidates, TODAY, seed, context=ground):
        assert holds(each, by_id[each.customer_id], ground), each
        assert each.name == by_id[each.customer_id].name


@given(CANDIDATES, st.integers(0, 2**32), DISMISSALS)
def test_three_are_named_once_each_or_as_many_as_there_are(
    candidates: list[Candidate], seed: int, passed_over: frozenset[int]
) -> None:
    free = [
        each for each in candidates if may_be_named(each) and each.customer_id not in passed_over
    ]
    found = suggest(candidates, TODAY, seed, passed_over)
    assert len({each.customer_id for each in found}) == len(found) == min(3, len(free))


@given(CANDIDATES, st.integers(0, 2**32), GROUNDS)
def test_no_stage_comes_twice_while_another_is_left_out(
    candidates: list[Candidate], seed: int, ground: SuggestionContext
) -> None:
    ground = replace(ground, turn=None)
    plain = [replace(each, deal=None, go_live_on=None, trigger=None) for each in candidates]
    there = {each.customer_id: KIND[each.stage] for each in plain if may_be_named(each)}
    found = suggest(plain, TODAY, seed, context=ground)
    named = {there[each.customer_id] for each in found}
    assert len(named) == min(3, len(set(there.values())))


def test_one_deal_is_told_before_a_second_one() -> None:
    lost = [Candidate(number, "lost", stage, deal=(False, TODAY)) for number, stage in STAGES]
    plain = [Candidate(number + 9, "plain", stage) for number, stage in STAGES]
    found = suggest([*lost, *plain], TODAY, 1)
    assert [each.name for each in found] == ["lost", "plain", "plain"]


def test_one_is_named_whose_turn_it_is_before_a_second_of_them() -> None:
    happy = [Candidate(number, "happy", stage, happy_on=TODAY) for number, stage in STAGES]
    plain = [Candidate(number + 9, "plain", stage) for number, stage in STAGES]
    found = suggest(
        [*happy, *plain], TODAY, 1, context=SuggestionContext(turn=SuggestionReason.HAPPY)
    )
    assert [each.name for each in found] == ["happy", "plain", "plain"]


STAGES = tuple(enumerate((Stage.PROSPECT, Stage.CUSTOMER, Stage.LOST)))


@given(CANDIDATES, st.integers(0, 2**32))
def test_the_same_seed_names_the_same_customers(candidates: list[Candidate], seed: int) -> None:
    assert suggest(candidates, TODAY, seed) == suggest(candidates, TODAY, seed)


@pytest.mark.parametrize(("ago", "named"), [(20, 0), (21, 1)])
def test_a_customer_rests_for_three_weeks_after_a_visit(ago: int, named: int) -> None:
    alder = Candidate(1, "Alder", Stage.CUSTOMER, TODAY - timedelta(days=ago))
    assert len(suggest([alder], TODAY, 1)) == named


def test_the_seed_decides_between_equals() -> None:
    equals = [Candidate(number, f"Customer {number}", Stage.CUSTOMER) for number in range(20)]
    named = {suggest(equals, TODAY, seed)[0].customer_id for seed in range(50)}
    assert len(named) > 5


def test_of_a_stage_that_was_seen_enough_nobody_comes_before_a_second_of_another() -> None:
    full = [Skew(Dimension.STAGE, each, 4, 8, 0.1) for each in (Stage.CUSTOMER, Stage.LOST)]
    stages = (Stage.CUSTOMER, Stage.LOST, Stage.PROSPECT, Stage.PROSPECT)
    known = [
        Candidate(number, stage, stage, dimensions={Dimension.STAGE: stage})
        for number, stage in enumerate(stages)
    ]
    gap = Skew(Dimension.STAGE, Stage.PROSPECT, 0, 8, 0.8)
    found = suggest(known, TODAY, 1, context=SuggestionContext([gap, *full]))
    assert [each.name for each in found[:2]] == ["prospect", "prospect"]
    bought = replace(known[0], deal=(True, TODAY))
    found = suggest([bought, *known[1:]], TODAY, 1, context=SuggestionContext([gap, *full]))
    assert [each.name for each in found] == ["customer", "prospect", "prospect"]


def test_whoever_was_visited_longest_ago_comes_first() -> None:
    seen = [
        Candidate(number, "", Stage.CUSTOMER, TODAY - timedelta(days=30 + number))
        for number in range(5)
    ]
    never = Candidate(9, "", Stage.CUSTOMER)
    found = suggest([*seen, never], TODAY, 1)
    assert [each.customer_id for each in found] == [9, 4, 3]


def test_what_weighs_most_is_the_reason_that_is_told() -> None:
    gap = Skew(Dimension.REGION, "North", 0, 5, 0.5)
    alder = Candidate(
        1,
        "Alder",
        Stage.PROSPECT,
        deal=(False, TODAY),
        dimensions={Dimension.REGION: "North"},
        value_reasons=frozenset({SuggestionReason.BRAND}),
        happy_on=TODAY,
    )
    ground = SuggestionContext([gap], turn=SuggestionReason.HAPPY)
    told = []
    for known in (
        {},
        {"deal": None},
        {"happy_on": None},
        {"dimensions": {}},
        {"value_reasons": frozenset()},
    ):
        alder = replace(alder, **known)
        told += [each.reason for each in suggest([alder], TODAY, 1, context=ground)]
    assert told == [
        SuggestionReason.DEAL_LOST,
        SuggestionReason.HAPPY,
        SuggestionReason.GAP,
        SuggestionReason.BRAND,
        SuggestionReason.PROSPECT,
    ]


def test_whoever_fills_a_gap_comes_before_whoever_does_not() -> None:
    gap = Skew(Dimension.REGION, "North", 1, 5, 0.5)
    names = {each: Candidate(n, each, Stage.CUSTOMER) for n, each in enumerate("ABC")}
    north = replace(names["C"], dimensions={Dimension.REGION: "North"})
    found = suggest([names["A"], names["B"], north], TODAY, 1, context=SuggestionContext([gap]))
    assert (found[0].name, found[0].reason, found[0].skew) == ("C", SuggestionReason.GAP, gap)


@pytest.mark.parametrize(("ago", "first"), [(30, "Ordinary"), (91, "Valued")])
def test_a_customer_of_value_comes_round_twice_as_often(ago: int, first: str) -> None:
    valued = Candidate(
        1,
        "Valued",
        Stage.CUSTOMER,
        TODAY - timedelta(days=ago),
        value_reasons=frozenset({SuggestionReason.REVENUE}),
    )
    ordinary = Candidate(2, "Ordinary", Stage.CUSTOMER, TODAY - timedelta(days=150))
    assert suggest([ordinary, valued], TODAY, 1)[0].name == first


def test_how_often_somebody_wishes_a_customer_to_be_seen_counts() -> None:
    seen = TODAY - timedelta(days=60)
    monthly = Candidate(1, "Monthly", Stage.CUSTOMER, seen, wanted_interval=timedelta(days=30))
    plain = Candidate(2, "Plain", Stage.CUSTOMER, seen - timedelta(days=30))
    assert suggest([plain, monthly], TODAY, 1)[0].name == "Monthly"


def test_somebody_happy_and_somebody_internal_have_turns_and_the_dart_has() -> None:
    seeds = [draw_reason(each) for each in range(1000)]
    shares = {
        why: seeds.count(why)
        for why in (None, SuggestionReason.DART, SuggestionReason.HAPPY, SuggestionReason.INTERNAL)
    }
    assert all(abs(shares[why] - wanted) < 40 for why, wanted in EXPECTED_TURNS.items()), shares


EXPECTED_TURNS = {
    None: 550,
    SuggestionReason.DART: 200,
    SuggestionReason.HAPPY: 150,
    SuggestionReason.INTERNAL: 100,
}


@pytest.mark.parametrize(
    ("whose", "first"),
    [(None, "Ours"), (SuggestionReason.HAPPY, "Happy"), (SuggestionReason.INTERNAL, "Inside")],
)
def test_whose_turn_it_is_comes_first(whose: SuggestionReason | None, first: str) -> None:
    happy = Candidate(
        1, "Happy", Stage.PROSPECT, TODAY - timedelta(days=40), happy_on=TODAY - timedelta(days=40)
    )
    inside = Candidate(2, "Inside", Stage.INTERNAL)
    ours = Candidate(3, "Ours", Stage.CUSTOMER)
    found = suggest([happy, inside, ours], TODAY, 1, context=SuggestionContext(turn=whose))
    assert found[0].name == first
