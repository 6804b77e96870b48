"""Dismissed suggestions: for whom, for how long, and who is suggested instead."""

import pytest

from bot.db import customers
from bot.db.nudges import queries as nudge_queries
from bot.db.suggestions import queries as suggestions
from bot.domain.customers import Stage
from bot.domain.suggestions.dismissals import DismissalReason
from bot.operations.nudges import scheduling as nudges
from bot.operations.staff import directory as staff
from sandbox.person import Person
from sandbox.workspace.elements import all_options
from sandbox.workspace.state import Message
from tests.conftest import Nihito
from tests.times import in_berlin

NAMES = tuple(f"Made-up Mills {number}" for number in range(5))


@pytest.fixture
def ada(nihito: Nihito) -> Person:
    """Join Ada, and add five customers."""
    ada = nihito.slack.add_user("Ada", tz="Europe/Berlin")
    nihito.join(ada)
    with nihito.services.transaction(nihito.workspace_id) as tx:
        for name in NAMES:
            customers.add(tx, name, Stage.CUSTOMER)
    return ada


def nudge_at(nihito: Nihito, day: int, person: Person) -> Message:
    """Return the message that comes to a person on a day."""
    nihito.tick_at(in_berlin(day))
    return nihito.slack.expect_message(to=person, containing="ideas")


def named(nudge: Message) -> list[str]:
    """Return the customers that a nudge suggests."""
    rows = [str(each["text"]) for each in nudge.blocks if each["type"] == "section"]
    return [name for name in NAMES if name in str(rows)]


def option(nudge: Message, name: str, why: str) -> str:
    """Return the option's value for a customer and a reason."""
    (element,) = (
        each
        for block in nudge.blocks
        for each in block.get("elements", ())
        if each.get("action_id") == "nudge.not_this_one"
    )
    (group,) = (each for each in element["option_groups"] if each["label"]["text"] == name)
    return next(each["value"] for each in all_options(group) if each["value"].endswith(why))


def test_another_customer_takes_the_place_of_one_who_is_dismissed(
    nihito: Nihito, ada: Person
) -> None:
    nudge = nudge_at(nihito, 14, ada)
    gone, *others = named(nudge)
    ada.press(nudge, "nudge.not_this_one", option(nudge, gone, "not_now"))
    changed = nihito.slack.expect_update(
        nudge, f"Noted: nobody is sent to {gone} before Wednesday 15 April."
    )
    assert len(named(changed)) == 3
    assert set(others) < set(named(changed))
    assert gone not in named(changed)


def test_what_lies_with_the_pm_is_not_held_against_the_customer(
    nihito: Nihito, ada: Person
) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo, interval="30")
    nudge = nudge_at(nihito, 14, ada)
    passed = named(nudge)
    for name in passed:
        ada.press(nudge, "nudge.not_this_one", option(nudge, name, "not_mine"))
        nudge = nihito.slack.expect_update(nudge, f"Noted: you are not sent to {name}")
    assert set(named(nudge)) == set(NAMES) - set(passed)
    bos = named(nudge_at(nihito, 30, bo))
    assert len(bos) == 3
    assert set(bos) & set(passed)


def test_what_lies_with_the_customer_holds_for_everybody_until_it_is_over(
    nihito: Nihito, ada: Person
) -> None:
    bo = nihito.slack.add_user("Bo", tz="Europe/Berlin")
    nihito.join(bo, interval="90")
    nudge = nudge_at(nihito, 14, ada)
    gone = named(nudge)[0]
    ada.press(nudge, "nudge.not_this_one", option(nudge, gone, "asked_not_to"))
    nudge = nihito.slack.expect_update(nudge, "nobody is sent to")
    for name in set(NAMES) - {gone}:
        if name in named(nudge):
            ada.press(nudge, "nudge.not_this_one", option(nudge, name, "not_mine"))
            nudge = nihito.slack.expect_update(nudge, "you are not sent to")
    bos = named(nudge_at(nihito, 91, bo))
    assert gone not in bos
    assert len(bos) == 3


def test_whoever_presses_twice_has_dismissed_one_customer(nihito: Nihito, ada: Person) -> None:
    nudge_at(nihito, 14, ada)
    now = in_berlin(14)
    actor = staff.get_actor(nihito.services, nihito.workspace_id, ada.id, now)
    with nihito.services.reading(nihito.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
    assert nudge is not None
    gone = nudge.suggested[0].customer_id
    first, second = (
        nudges.dismiss(nihito.services, actor, nudge.id, gone, DismissalReason.NOT_NOW, now)
        for _ in range(2)
    )
    assert first == second


def test_what_holds_for_all_is_not_taken_back_by_a_reason_of_ones_own(
    nihito: Nihito, ada: Person
) -> None:
    nudge_at(nihito, 14, ada)
    now = in_berlin(14)
    actor = staff.get_actor(nihito.services, nihito.workspace_id, ada.id, now)
    with nihito.services.reading(nihito.workspace_id) as tx:
        nudge = nudge_queries.get_latest(tx, ada.id)
    assert nudge is not None
    gone = nudge.suggested[0].customer_id
    for why in (DismissalReason.ASKED_NOT_TO, DismissalReason.NOT_MINE):
        nudges.dismiss(nihito.services, actor, nudge.id, gone, why, now)
    with nihito.services.reading(nihito.workspace_id) as tx:
        left = suggestions.list_candidates(tx, "U0000099", now.date(), 1)
    assert gone not in [each.customer_id for each in left]
    assert len(left) == 4
