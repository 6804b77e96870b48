"""Coverage: whether the visits of a quarter look like the market."""

import pytest

from bot.domain.suggestions.coverage import (
    CustomerDimensions,
    Dimension,
    GreatShare,
    Skew,
    compare_with_market,
    find_skews,
    is_great_overrepresented,
    list_by_shortfall,
    throw_dart,
)

REGIONS = {Dimension.REGION: {"North": 25, "South": 25, "East": 25, "West": 25}}


def to(*sorts: str, aspect: Dimension = Dimension.REGION) -> list[CustomerDimensions]:
    """Build the dimensions of visited customers, one of each given category."""
    return [{aspect: each} for each in sorts]


def test_visits_in_one_region_are_named_with_the_markets_share() -> None:
    (lean,) = find_skews(to("North", "North", "North", "North", "South"), REGIONS)
    assert lean == Skew(Dimension.REGION, "North", 4, 5, 0.25)


def test_visits_like_the_market_are_nothing_to_speak_of() -> None:
    assert find_skews(to("North", "South", "East", "West", "North"), REGIONS) == []


def test_few_visits_say_nothing() -> None:
    assert find_skews(to("North", "North", "North"), REGIONS) == []


def test_what_is_most_of_the_market_may_be_most_of_the_visits() -> None:
    market = {Dimension.REGION: {"North": 80, "South": 20}}
    assert find_skews(to("North", "North", "North", "North"), market) == []


def test_a_large_part_of_the_market_that_nobody_saw_is_missed() -> None:
    market = {Dimension.STAGE: {"prospect": 40, "customer": 60}}
    found = find_skews(to(*["customer"] * 4, aspect=Dimension.STAGE), market)
    assert Skew(Dimension.STAGE, "prospect", 0, 4, 0.4) in found


def test_a_small_part_of_the_market_is_not_missed_so_soon() -> None:
    market = {Dimension.STAGE: {"prospect": 10, "customer": 90}}
    assert find_skews(to(*["customer"] * 10, aspect=Dimension.STAGE), market) == []


def test_only_the_worst_of_each_is_named() -> None:
    market = {
        Dimension.REGION: {"North": 30, "South": 70},
        Dimension.STAGE: {"prospect": 50, "customer": 10, "lost": 40},
    }
    visits = [{Dimension.REGION: "North", Dimension.STAGE: "customer"}] * 5
    much, missed = find_skews(visits, market)
    assert (much.sort, missed.sort) == ("customer", "South")


def test_what_is_not_known_of_a_customer_does_not_count() -> None:
    visits: list[CustomerDimensions] = [*to("North", "North", "North"), {}, {}]
    assert find_skews(visits, REGIONS) == []


@pytest.mark.parametrize("market", [{}, {Dimension.REGION: {}}])
def test_without_a_market_there_is_nothing_to_compare(
    market: dict[Dimension, dict[str, int]],
) -> None:
    assert find_skews(to("North", "North", "North", "North"), market) == []


def test_that_sort_comes_first_of_which_most_visits_are_missing() -> None:
    market = {Dimension.REGION: {"North": 50, "South": 30, "East": 20}}
    found = list_by_shortfall(to("North", "North", "North", "East"), market)
    assert [(each.sort, round(each.shortfall, 2)) for each in found] == [
        ("South", 1.5),
        ("East", 0.0),
        ("North", -0.5),
    ]


def test_a_single_visit_says_nothing_of_the_next() -> None:
    assert list_by_shortfall(to("North"), REGIONS) == []
    assert len(list_by_shortfall(to("North", "North"), REGIONS)) == 4


def test_visits_that_fill_what_is_missing_end_as_the_market_is() -> None:
    market = {Dimension.REGION: {"North": 55, "South": 30, "East": 15}}
    visits: list[CustomerDimensions] = to("North", "North")
    for _ in range(98):
        visits += to(list_by_shortfall(visits, market)[0].sort)
    seen = [each[Dimension.REGION] for each in visits]
    assert [seen.count(each) for each in ("North", "South", "East")] == [55, 30, 15]


def test_the_dart_of_a_month_falls_on_one_sort_for_everybody_and_on_any_in_time() -> None:
    market = {**REGIONS, Dimension.SEGMENT: {"retail": 1, "public": 99}}
    hits = [throw_dart(f"T1 {month}", [], market) for month in range(200)]
    assert hits == [throw_dart(f"T1 {month}", [], market) for month in range(200)]
    sorts = [each.sort for each in hits if each]
    assert {sorts.count(each) > 15 for each in ("North", "South", "East", "West", "retail")} == {
        True
    }
    assert {each.aspect for each in hits if each} == {Dimension.REGION, Dimension.SEGMENT}


def test_the_dart_tells_how_often_the_pm_was_there() -> None:
    market = {Dimension.REGION: {"North": 30, "South": 70}}
    hits = {each.sort: each for n in range(20) if (each := throw_dart(str(n), to("North"), market))}
    assert hits == {
        "North": Skew(Dimension.REGION, "North", 1, 1, 0.3),
        "South": Skew(Dimension.REGION, "South", 0, 1, 0.7),
    }


def test_with_one_place_on_the_map_nothing_is_thrown() -> None:
    assert (
        throw_dart("T1", [], {Dimension.REGION: {"North": 9}, Dimension.STAGE: {"lost": 9}}) is None
    )


@pytest.mark.parametrize(
    ("seen", "visits", "share", "much"),
    [(3, 3, 0.0, False), (2, 4, 0.05, True), (1, 4, 0.05, False), (2, 4, 0.4, False)],
)
def test_great_customers_may_take_their_share_of_the_visits_and_little_more(
    seen: int, visits: int, share: float, much: bool
) -> None:
    assert is_great_overrepresented(GreatShare(seen, visits, share)) == much


def test_a_table_holds_all_sorts_the_markets_largest_first() -> None:
    market = {Dimension.REGION: {"North": 20, "South": 80}, Dimension.SIZE: {"small": 100}}
    (region, found), *others = compare_with_market(to("East", "North"), market).items()
    assert (region, [(each.sort, each.seen) for each in found]) == (
        Dimension.REGION,
        [("South", 0), ("North", 1), ("East", 1)],
    )
    assert others == []
