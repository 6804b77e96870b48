"""Workarounds: who is asked to tell which customer, and what counts as told."""

from dataclasses import replace

import pytest

from bot.domain.debriefs.rules import Sharing
from bot.domain.visits.rules import VisitKind
from bot.domain.workarounds import (
    InTimeShare,
    Sighting,
    Workaround,
    WorkaroundState,
    find_fixed_state,
    find_notice_pairs,
    find_unassigned,
    group_by_workaround,
    notice_due_at,
)
from tests.times import T0, T

MILL, POST, TILES = 1, 2, 3
ALL = frozenset({"ada", "bo", "cy"})


def seen(author: str, customer_id: int, id: int = 1, **known: object) -> Sighting:
    made = Sighting(
        id, "They print it", author, Sharing.SHARE, customer_id, "", T0.date(), VisitKind.VIDEO
    )
    return replace(made, **known)  # type: ignore[arg-type]


def test_each_pm_who_saw_it_is_asked_to_tell_each_of_their_customers_once() -> None:
    both = [seen("ada", MILL), seen("ada", MILL), seen("ada", POST), seen("bo", MILL)]
    assert find_notice_pairs(both, ALL, ()) == {("ada", MILL), ("ada", POST), ("bo", MILL)}


def test_where_whoever_saw_it_has_left_the_owner_is_asked() -> None:
    left = [seen("dan", MILL, owner_id="cy"), seen("dan", POST)]
    assert find_notice_pairs(left, ALL, ()) == {("cy", MILL)}
    assert [each.customer_id for each in find_unassigned(left, ALL)] == [POST]


def test_an_owner_who_is_no_pm_is_not_asked() -> None:
    assert find_notice_pairs([seen("dan", MILL, owner_id="zoe")], ALL, ()) == frozenset()


@pytest.mark.parametrize("sharing", [Sharing.NO_NAME, Sharing.PRIVATE])
def test_an_owner_does_not_learn_what_was_not_shared_under_the_name(sharing: Sharing) -> None:
    assert (
        find_notice_pairs([seen("dan", MILL, owner_id="cy", sharing=sharing)], ALL, ())
        == frozenset()
    )
    assert find_notice_pairs([seen("ada", MILL, sharing=sharing)], ALL, ()) == {("ada", MILL)}


def test_the_owner_is_not_asked_beside_somebody_who_saw_it_and_is_still_here() -> None:
    both = [seen("dan", MILL, owner_id="cy"), seen("ada", MILL, owner_id="cy")]
    assert find_notice_pairs(both, ALL, ()) == {("ada", MILL)}


def test_nobody_tells_again_what_somebody_told_before_they_left() -> None:
    left = [seen("dan", MILL, owner_id="cy")]
    assert find_notice_pairs(left, ALL, {MILL}) == frozenset()
    assert find_unassigned(left, ALL, {MILL}) == []


def test_nobody_is_asked_to_tell_a_customer_who_is_closed() -> None:
    closed = [seen("ada", MILL, closed=True), seen("dan", POST, closed=True)]
    assert find_notice_pairs(closed, ALL, ()) == frozenset()
    assert find_unassigned(closed, ALL) == []


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], WorkaroundState.FIXED),
        ([True, False], WorkaroundState.FIXED),
        ([True], WorkaroundState.TOLD),
        ([True, True], WorkaroundState.TOLD),
    ],
)
def test_something_fixed_is_told_once_every_ask_is(
    told: list[bool], state: WorkaroundState
) -> None:
    assert find_fixed_state(told) is state


def test_a_customer_is_to_be_told_within_a_week() -> None:
    assert notice_due_at(T0) == T(days=7)


@pytest.mark.parametrize(("share", "percent"), [((5, 7), 71), ((0, 3), 0), ((0, 0), 0)])
def test_a_share_is_told_in_whole_percent(share: tuple[int, int], percent: int) -> None:
    assert InTimeShare(*share).percent == percent


def test_what_nobody_decided_on_stands_alone_and_is_open() -> None:
    one, two = Workaround(7, WorkaroundState.FIXED), Workaround(8)
    given = [seen("ada", MILL, 1), seen("bo", POST, 7), seen("cy", TILES, 3, workaround=one)]
    given += [seen("cy", MILL, 4, workaround=two), seen("cy", POST, 5, workaround=one)]
    groups = [[each.id for each in group] for group in group_by_workaround(given)]
    assert groups == [[1], [7], [3, 5], [4]]
    assert [each.state for each in given[:3]] == [
        WorkaroundState.OPEN,
        WorkaroundState.OPEN,
        WorkaroundState.FIXED,
    ]


@pytest.mark.parametrize(
    ("sharing", "read", "named"),
    [
        (Sharing.SHARE, True, True),
        (Sharing.NO_NAME, True, False),
        (Sharing.PRIVATE, False, False),
    ],
)
def test_what_its_author_allows_is_what_others_read(
    sharing: Sharing, read: bool, named: bool
) -> None:
    one = seen("ada", MILL, sharing=sharing)
    assert (one.may_read("bo"), one.may_read_customer("bo")) == (read, named)
    assert one.may_read("ada")
    assert one.may_read_customer("ada")
