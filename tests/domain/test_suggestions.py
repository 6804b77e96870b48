"""Suggestions: nobody who is to be left alone, a true reason for each, and a mix of kinds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.customers import Stage
from bot.domain.suggestions import Candidate, Suggestion, Why, suggest
from tests.times import T0

TODAY = T0.date()
TRIGGERS = {Why.DEAL_WON, Why.DEAL_LOST, Why.ROLL_OUT}
OUTSIDE = {Why.PROSPECT, Why.GONE}


def days(least: int, most: int) -> st.SearchStrategy[date]:
    return st.integers(least, most).map(lambda count: TODAY + timedelta(days=count))


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
    ),
    max_size=15,
    unique_by=lambda each: each.customer_id,
)
PASSED_OVER = st.frozensets(st.integers(1, 40), max_size=10)


def may_be_named(each: Candidate) -> bool:
    """Whether the practice allows a visit (`product.md` B2, B4)."""
    if each.great or each.booked:
        return False
    return each.last_visit_on is None or each.last_visit_on <= TODAY - timedelta(days=21)


def holds(why: Why, on: date | None, each: Candidate) -> bool:
    """Whether the reason is true of the customer, with the date that is shown with it."""
    ago = (TODAY - each.deal[1]).days if each.deal else None
    fresh = ago is not None and ago in range(15)
    ahead = (each.go_live_on - TODAY).days if each.go_live_on else None
    truths = {
        Why.DEAL_WON: fresh and each.deal == (True, on),
        Why.DEAL_LOST: fresh and each.deal == (False, on),
        Why.ROLL_OUT: ahead is not None and 0 <= ahead <= 30 and on == each.go_live_on,
        Why.PROSPECT: each.stage == "prospect" and on == each.last_visit_on,
        Why.GONE: each.stage in ("lost", "churned") and on == each.last_visit_on,
        Why.INTERNAL: each.stage == "internal" and on == each.last_visit_on,
        Why.NEVER_VISITED: each.stage == "customer" and each.last_visit_on is None and on is None,
        Why.LONG_AGO: each.stage == "customer" and on is not None and on == each.last_visit_on,
    }
    return truths[why]


def kinds(found: Sequence[Suggestion]) -> list[str]:
    return [
        "trigger" if each.why in TRIGGERS else "outside" if each.why in OUTSIDE else "ours"
        for each in found
    ]


@given(CANDIDATES, st.integers(0, 2**32), PASSED_OVER)
def test_nobody_is_named_who_is_great_booked_visited_of_late_or_passed_over(
    candidates: list[Candidate], seed: int, passed_over: frozenset[int]
) -> None:
    by_id = {each.customer_id: each for each in candidates}
    found = suggest(candidates, TODAY, seed, passed_over)
    assert all(may_be_named(by_id[each.customer_id]) for each in found)
    assert not passed_over & {each.customer_id for each in found}


@given(CANDIDATES, st.integers(0, 2**32))
def test_every_stated_reason_is_true_of_that_customer(
    candidates: list[Candidate], seed: int
) -> None:
    by_id = {each.customer_id: each for each in candidates}
    for each in suggest(candidates, TODAY, seed):
        assert holds(each.why, each.on, by_id[each.customer_id]), each
        assert each.name == by_id[each.customer_id].name


@given(CANDIDATES, st.integers(0, 2**32), PASSED_OVER)
def test_three_are_named_once_each_or_as_many_as_there_are(
    candidates: list[Candidate], seed: int, passed_over: frozenset[int]
) -> None:
    free = [
        each for each in candidates if may_be_named(each) and each.customer_id not in passed_over
    ]
    found = suggest(candidates, TODAY, seed, passed_over)
    assert len({each.customer_id for each in found}) == len(found) == min(3, len(free))


@given(CANDIDATES, st.integers(0, 2**32))
def test_no_kind_comes_twice_while_another_is_left_out(
    candidates: list[Candidate], seed: int
) -> None:
    found = suggest(candidates, TODAY, seed)
    # Asked about each free customer alone, the rule tells its kind.
    there = {kind for each in candidates for kind in kinds(suggest([each], TODAY, seed))}
    assert set(kinds(found)) == there


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


def test_whoever_was_visited_longest_ago_comes_first() -> None:
    seen = [
        Candidate(number, "", Stage.CUSTOMER, TODAY - timedelta(days=30 + number))
        for number in range(5)
    ]
    never = Candidate(9, "", Stage.CUSTOMER)
    found = suggest([*seen, never], TODAY, 1)
    assert [each.customer_id for each in found] == [9, 4, 3]


def test_the_first_reason_that_holds_is_the_one_that_is_told() -> None:
    alder = Candidate(
        1, "Alder", Stage.PROSPECT, deal=(False, TODAY), go_live_on=TODAY + timedelta(days=1)
    )
    assert [each.why for each in suggest([alder], TODAY, 1)] == [Why.DEAL_LOST]
    alder = replace(alder, deal=None)
    assert [each.why for each in suggest([alder], TODAY, 1)] == [Why.ROLL_OUT]
    alder = replace(alder, go_live_on=None)
    assert [each.why for each in suggest([alder], TODAY, 1)] == [Why.PROSPECT]
