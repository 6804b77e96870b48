"""Coverage: whether the visits of a quarter look like the market."""

import pytest

from bot.domain.suggestions.coverage import (
    Aspect,
    Great,
    Known,
    Lean,
    balance,
    dart,
    leans,
    much_great,
    table,
)

REGIONS = {Aspect.REGION: {"North": 25, "South": 25, "East": 25, "West": 25}}


def to(*sorts: str, aspect: Aspect = Aspect.REGION) -> list[Known]:
    """Visits to customers of these sorts."""
    return [{aspect: each} for each in sorts]


def test_visits_in_one_region_are_named_with_the_markets_share() -> None:
    (lean,) = leans(to("North", "North", "North", "North", "South"), REGIONS)
    assert lean == Lean(Aspect.REGION, "North", 4, 5, 0.25)


def test_visits_like_the_market_are_nothing_to_speak_of() -> None:
    assert leans(to("North", "South", "East", "West", "North"), REGIONS) == []


def test_few_visits_say_nothing() -> None:
    assert leans(to("North", "North", "North"), REGIONS) == []


def test_what_is_most_of_the_market_may_be_most_of_the_visits() -> None:
    market = {Aspect.REGION: {"North": 80, "South": 20}}
    assert leans(to("North", "North", "North", "North"), market) == []


def test_a_large_part_of_the_market_that_nobody_saw_is_missed() -> None:
    market = {Aspect.STAGE: {"prospect": 40, "customer": 60}}
    found = leans(to(*["customer"] * 4, aspect=Aspect.STAGE), market)
    assert Lean(Aspect.STAGE, "prospect", 0, 4, 0.4) in found


def test_a_small_part_of_the_market_is_not_missed_so_soon() -> None:
    market = {Aspect.STAGE: {"prospect": 10, "customer": 90}}
    assert leans(to(*["customer"] * 10, aspect=Aspect.STAGE), market) == []


def test_only_the_worst_of_each_is_named() -> None:
    market = {
        Aspect.REGION: {"North": 30, "South": 70},
        Aspect.STAGE: {"prospect": 50, "customer": 10, "lost": 40},
    }
    visits = [{Aspect.REGION: "North", Aspect.STAGE: "customer"}] * 5
    much, missed = leans(visits, market)
    assert (much.sort, missed.sort) == ("customer", "South")


def test_what_is_not_known_of_a_customer_does_not_count() -> None:
    visits: list[Known] = [*to("North", "North", "North"), {}, {}]
    assert leans(visits, REGIONS) == []


@pytest.mark.parametrize("market", [{}, {Aspect.REGION: {}}])
def test_without_a_market_there_is_nothing_to_compare(
    market: dict[Aspect, dict[str, int]],
) -> None:
    assert leans(to("North", "North", "North", "North"), market) == []


def test_that_sort_comes_first_of_which_most_visits_are_missing() -> None:
    market = {Aspect.REGION: {"North": 50, "South": 30, "East": 20}}
    found = balance(to("North", "North", "North", "East"), market)
    assert [(each.sort, round(each.missing, 2)) for each in found] == [
        ("South", 1.5),
        ("East", 0.0),
        ("North", -0.5),
    ]


def test_a_single_visit_says_nothing_of_the_next() -> None:
    assert balance(to("North"), REGIONS) == []
    assert len(balance(to("North", "North"), REGIONS)) == 4


def test_visits_that_fill_what_is_missing_end_as_the_market_is() -> None:
    market = {Aspect.REGION: {"North": 55, "South": 30, "East": 15}}
    visits: list[Known] = to("North", "North")
    for _ in range(98):
        visits += to(balance(visits, market)[0].sort)
    seen = [each[Aspect.REGION] for each in visits]
    assert [seen.count(each) for each in ("North", "South", "East")] == [55, 30, 15]


def test_the_dart_of_a_month_falls_on_one_sort_for_everybody_and_on_any_in_time() -> None:
    market = {**REGIONS, Aspect.SEGMENT: {"retail": 1, "public": 99}}
    hits = [dart(f"T1 {month}", [], market) for month in range(200)]
    assert hits == [dart(f"T1 {month}", [], market) for month in range(200)]
    sorts = [each.sort for each in hits if each]
    assert {sorts.count(each) > 15 for each in ("North", "South", "East", "West", "retail")} == {
        True
    }
    assert {each.aspect for each in hits if each} == {Aspect.REGION, Aspect.SEGMENT}


def test_the_dart_tells_how_often_the_pm_was_there() -> None:
    market = {Aspect.REGION: {"North": 30, "South": 70}}
    hits = {each.sort: each for n in range(20) if (each := dart(str(n), to("North"), market))}
    assert hits == {
        "North": Lean(Aspect.REGION, "North", 1, 1, 0.3),
        "South": Lean(Aspect.REGION, "South", 0, 1, 0.7),
    }


def test_with_one_place_on_the_map_nothing_is_thrown() -> None:
    assert dart("T1", [], {Aspect.REGION: {"North": 9}, Aspect.STAGE: {"lost": 9}}) is None


@pytest.mark.parametrize(
    ("seen", "visits", "share", "much"),
    [(3, 3, 0.0, False), (2, 4, 0.05, True), (1, 4, 0.05, False), (2, 4, 0.4, False)],
)
def test_great_customers_may_take_their_share_of_the_visits_and_little_more(
    seen: int, visits: int, share: float, much: bool
) -> None:
    assert much_great(Great(seen, visits, share)) == much


def test_a_table_holds_all_sorts_the_markets_largest_first() -> None:
    market = {Aspect.REGION: {"North": 20, "South": 80}, Aspect.SIZE: {"small": 100}}
    (region, found), *others = table(to("East", "North"), market).items()
    assert (region, [(each.sort, each.seen) for each in found]) == (
        Aspect.REGION,
        [("South", 0), ("North", 1), ("East", 1)],
    )
    assert others == []
