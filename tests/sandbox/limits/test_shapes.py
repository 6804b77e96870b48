"""Which blocks a surface takes, and that every unknown key or shape is refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.limits import check_message, check_metadata, check_options, check_view
from tests.sandbox.limits.examples import (
    ALERT,
    BUTTON,
    IMAGE,
    IN_HOME,
    IN_MESSAGES,
    IN_MODALS,
    INPUTS,
    MARKDOWN,
    MENU,
    MODAL_INPUTS,
    MOMENT,
    MULTIPLE,
    ROOMY,
    TYPING,
    Json,
    actions,
    asked,
    home,
    modal,
)
from tests.sandbox.limits.newer_blocks import NEWER


@pytest.mark.parametrize("block", IN_MESSAGES)
def test_a_message_takes_its_blocks(block: Json) -> None:
    assert check_message([block], "") == []


@pytest.mark.parametrize("block", IN_MODALS)
def test_a_modal_takes_its_blocks(block: Json) -> None:
    assert check_view(modal(block)) == []


@pytest.mark.parametrize("block", IN_HOME)
def test_home_takes_its_blocks(block: Json) -> None:
    assert check_view(home(block)) == []


@pytest.mark.parametrize("block", [*INPUTS, *MODAL_INPUTS, ALERT])
def test_a_message_refuses_inputs_and_alerts(block: Json) -> None:
    assert [p.pointer for p in check_message([block], "")] == ["/blocks/0/type"]


@pytest.mark.parametrize("block", [*ROOMY, MARKDOWN])
def test_a_modal_refuses_what_is_too_wide_for_it(block: Json) -> None:
    assert [p.pointer for p in check_view(modal(block))] == ["/blocks/0/type"]


@pytest.mark.parametrize("block", [*MODAL_INPUTS, actions(MOMENT), ALERT, MARKDOWN])
def test_home_refuses_what_belongs_to_modals_or_messages(block: Json) -> None:
    assert [p.pointer.rpartition("/")[2] for p in check_view(home(block))] == ["type"]


@pytest.mark.parametrize("block", [actions(MULTIPLE[0]), actions(IMAGE), actions(TYPING[0])])
def test_actions_refuse_elements_that_belong_elsewhere(block: Json) -> None:
    assert [p.pointer for p in check_message([block], "")] == ["/blocks/0/elements/0/type"]


@pytest.mark.parametrize("element", [BUTTON, MENU, IMAGE])
def test_inputs_refuse_elements_that_hold_no_value(element: Json) -> None:
    assert [p.pointer for p in check_view(modal(asked(element)))] == ["/blocks/0/element/type"]


def objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from objects(inner)


def unshared(block: Json) -> Json:
    """Copy a block so that no two parts are one object, and one can be changed alone."""
    copied: Json = json.loads(json.dumps(block))
    return copied


def spoilt(block: Json) -> Iterator[Json]:
    """Yield the block with one unknown key, once for each object in it."""
    for index, _ in enumerate(objects(block)):
        copied = unshared(block)
        list(objects(copied))[index]["surprise"] = 1
        yield copied


@pytest.mark.parametrize("block", IN_MODALS)
def test_an_unknown_key_is_refused_wherever_it_hides(block: Json) -> None:
    for worse in spoilt(block):
        pointers = [p.pointer for p in check_view(modal(worse))]
        assert [pointer.rpartition("/")[2] for pointer in pointers] == ["surprise"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ANY_BLOCK = [*IN_MODALS, *ROOMY, *NEWER]
keys_seen = sorted({key for block in ANY_BLOCK for o in objects(block) for key in o})


@settings(deadline=None)
@given(value=json_values)
def test_whatever_json_arrives_the_answer_is_a_list_of_problems(value: Any) -> None:
    assert check_view(value) != []
    assert check_options(value) != []
    assert check_metadata(value) != []
    assert check_message([value], "") != []


@settings(deadline=None)
@given(
    block=st.sampled_from(ANY_BLOCK),
    which=st.integers(0, 60),
    key=st.sampled_from(keys_seen),
    value=json_values,
)
def test_a_block_with_any_key_replaced_by_any_json_is_judged_without_a_crash(
    block: Json, which: int, key: str, value: Any
) -> None:
    copied = unshared(block)
    found = list(objects(copied))
    found[which % len(found)][key] = value
    for problems in (check_message([copied], ""), check_view(modal(copied))):
        assert all(p.pointer.startswith("/blocks/0") or p.pointer == "/submit" for p in problems)
