"""Every limit on a length: exactly at it passes, one more is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.limits import (
    Problem,
    check_message,
    check_metadata,
    check_options,
    check_view,
)

Json = dict[str, Any]
Build = Callable[[str], Json]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "A", value: str = "a", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": [option()], **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asked(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Say"), "element": element, **more}


def confirm(**more: Any) -> Json:
    words = {key: plain("Yes") for key in ("title", "text", "confirm", "deny")}
    return button(confirm={**words, **more})


def image(**more: Any) -> Json:
    return {"type": "image", "image_url": "https://example.com/a", "alt_text": "A", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    shown = list(blocks) or [{"type": "divider"}]
    return {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": shown, **more}


BLOCK_TEXTS: dict[str, tuple[int, Build]] = {
    "section text": (3000, lambda t: {"type": "section", "text": mrkdwn(t)}),
    "section field": (2000, lambda t: {"type": "section", "fields": [plain(t)]}),
    "header": (150, lambda t: {"type": "header", "text": plain(t)}),
    "context text": (3000, lambda t: {"type": "context", "elements": [mrkdwn(t)]}),
    "block id": (255, lambda t: {"type": "divider", "block_id": t}),
    "action id": (255, lambda t: actions(button(action_id=t))),
    "image alt text": (2000, lambda t: image(alt_text=t)),
    "image title": (2000, lambda t: image(title=plain(t))),
    "accessory alt text": (
        2000,
        lambda t: {"type": "section", "text": plain("x"), "accessory": image(alt_text=t)},
    ),
    "button text": (75, lambda t: actions(button(text=plain(t)))),
    "button value": (2000, lambda t: actions(button(value=t))),
    "button url": (3000, lambda t: actions(button(url=t))),
    "button label": (75, lambda t: actions(button(accessibility_label=t))),
    "confirm title": (100, lambda t: actions(confirm(title=plain(t)))),
    "confirm text": (300, lambda t: actions(confirm(text=mrkdwn(t)))),
    "confirm yes": (30, lambda t: actions(confirm(confirm=plain(t)))),
    "confirm no": (30, lambda t: actions(confirm(deny=plain(t)))),
    "option text": (75, lambda t: actions(select(options=[option(t)]))),
    "option value": (150, lambda t: actions(select(options=[option(value=t)]))),
    "option description": (
        75,
        lambda t: actions(select(options=[option(description=plain(t))])),
    ),
    "group label": (
        75,
        lambda t: actions(
            {
                "type": "static_select",
                "option_groups": [{"label": plain(t), "options": [option()]}],
            }
        ),
    ),
    "placeholder": (150, lambda t: actions(select(placeholder=plain(t)))),
    "card title": (150, lambda t: {"type": "card", "title": mrkdwn(t)}),
    "card subtitle": (
        150,
        lambda t: {"type": "card", "title": plain("x"), "subtitle": mrkdwn(t)},
    ),
    "card body": (200, lambda t: {"type": "card", "body": mrkdwn(t)}),
}

VIEW_TEXTS: dict[str, tuple[int, Build]] = {
    "title": (24, lambda t: modal(title=plain(t))),
    "submit": (24, lambda t: modal(submit=plain(t))),
    "close": (24, lambda t: modal(close=plain(t))),
    "private metadata": (3000, lambda t: modal(private_metadata=t)),
    "callback id": (255, lambda t: modal(callback_id=t)),
    "external id": (255, lambda t: modal(external_id=t)),
    "label": (2000, lambda t: modal(asked(select(), label=plain(t)))),
    "hint": (2000, lambda t: modal(asked(select(), hint=plain(t)))),
    "alert": (200, lambda t: modal({"type": "alert", "text": mrkdwn(t)})),
    "initial value": (
        3000,
        lambda t: modal(asked({"type": "plain_text_input", "initial_value": t})),
    ),
    "initial value under a maximum": (
        12,
        lambda t: modal(asked({"type": "plain_text_input", "initial_value": t, "max_length": 12})),
    ),
    "input placeholder": (
        150,
        lambda t: modal(asked({"type": "plain_text_input", "placeholder": plain(t)})),
    ),
}

characters = st.characters(exclude_categories=["Cs"])
briefly = settings(max_examples=10, deadline=None)


def in_message(block: Json) -> list[Problem]:
    return check_message([block], "")


@pytest.mark.parametrize(("most", "build"), BLOCK_TEXTS.values(), ids=BLOCK_TEXTS.keys())
@briefly
@given(character=characters)
def test_a_text_in_a_block_may_reach_its_limit_and_no_further(
    most: int, build: Build, character: str
) -> None:
    assert in_message(build(character * most)) == []
    assert [p.code for p in in_message(build(character * (most + 1)))] == ["invalid_blocks"]


@pytest.mark.parametrize(("most", "build"), VIEW_TEXTS.values(), ids=VIEW_TEXTS.keys())
@briefly
@given(character=characters)
def test_a_text_in_a_view_may_reach_its_limit_and_no_further(
    most: int, build: Build, character: str
) -> None:
    assert check_view(build(character * most)) == []
    assert [p.code for p in check_view(build(character * (most + 1)))] == ["invalid_arguments"]


@pytest.mark.parametrize(("most", "build"), BLOCK_TEXTS.values(), ids=BLOCK_TEXTS.keys())
def test_an_empty_text_is_refused(most: int, build: Build) -> None:  # noqa: ARG001
    assert [p.code for p in in_message(build(""))] == ["invalid_blocks"]


def numbered(count: int) -> list[Json]:
    return [option(value=str(index)) for index in range(count)]


def group(count: int) -> Json:
    return {"label": plain("G"), "options": numbered(count)}


def rows(count: int, cells: int = 1) -> list[list[Json]]:
    return [[{"type": "raw_text", "text": "x"}] * cells] * count


LISTS: dict[str, tuple[int, Callable[[int], Json]]] = {
    "fields": (10, lambda n: {"type": "section", "fields": [plain("x")] * n}),
    "context": (10, lambda n: {"type": "context", "elements": [plain("x")] * n}),
    "actions": (25, lambda n: actions(*[button()] * n)),
    "options": (100, lambda n: actions(select(options=numbered(n)))),
    "groups": (
        100,
        lambda n: actions({"type": "static_select", "option_groups": [group(1)] * n}),
    ),
    "options of a group": (
        100,
        lambda n: actions({"type": "static_select", "option_groups": [group(n)]}),
    ),
    "checkboxes": (10, lambda n: actions({"type": "checkboxes", "options": numbered(n)})),
    "radio buttons": (10, lambda n: actions({"type": "radio_buttons", "options": numbered(n)})),
    "overflow": (5, lambda n: actions({"type": "overflow", "options": numbered(n)})),
    "table rows": (100, lambda n: {"type": "table", "rows": rows(n)}),
    "table cells": (20, lambda n: {"type": "table", "rows": rows(1, n)}),
    "data table rows": (
        101,
        lambda n: {"type": "data_table", "caption": "C", "rows": rows(n)},
    ),
    "card actions": (
        3,
        lambda n: {"type": "card", "title": plain("x"), "actions": [button()] * n},
    ),
    "carousel": (
        10,
        lambda n: {"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * n},
    ),
    "container": (
        10,
        lambda n: {
            "type": "container",
            "title": plain("x"),
            "child_blocks": [{"type": "divider"}] * n,
        },
    ),
}


@pytest.mark.parametrize(("most", "build"), LISTS.values(), ids=LISTS.keys())
def test_a_list_may_be_full_but_neither_overfull_nor_empty(
    most: int, build: Callable[[int], Json]
) -> None:
    assert in_message(build(most)) == []
    assert in_message(build(most + 1)) != []
    assert in_message(build(0)) != []


def test_a_message_has_at_most_50_blocks() -> None:
    assert check_message([{"type": "divider"}] * 50, "") == []
    (problem,) = check_message([{"type": "divider"}] * 51, "")
    assert (problem.pointer, problem.text) == ("/blocks", "has 51 items, must have at most 50")


@pytest.mark.parametrize("view", [modal(), {"type": "home"}])
def test_a_view_has_at_least_one_and_at_most_100_blocks(view: Json) -> None:
    assert check_view({**view, "blocks": [{"type": "divider"}] * 100}) == []
    assert check_view({**view, "blocks": [{"type": "divider"}] * 101}) != []
    assert check_view({**view, "blocks": []}) != []


def sections(total: int) -> list[Json]:
    lengths = [3000] * (total // 3000) + [total % 3000]
    return [{"type": "section", "text": mrkdwn("x" * length)} for length in lengths]


def test_the_text_of_all_blocks_stays_below_13200_characters() -> None:
    assert check_message(sections(13_199), "") == []
    assert [p.code for p in check_message(sections(13_200), "")] == ["msg_blocks_too_long"]


@briefly
@given(cut=st.integers(1, 11_999))
def test_markdown_is_counted_over_the_whole_message(cut: int) -> None:
    def two(total: int) -> list[Json]:
        return [{"type": "markdown", "text": "x" * size} for size in (cut, total - cut)]

    assert check_message(two(12_000), "") == []
    assert [p.code for p in check_message(two(12_001), "")] == ["invalid_blocks"]


@pytest.mark.parametrize(("kind", "most"), [("table", 10_000), ("data_table", 10_000)])
def test_the_cells_of_a_table_share_a_cap(kind: str, most: int) -> None:
    def table(total: int) -> list[Json]:
        cells = [[{"type": "raw_text", "text": "x" * (total // 2)}]] * 2
        return [{"type": kind, "rows": cells, **({"caption": "C"} if kind != "table" else {})}]

    assert check_message(table(most), "") == []
    assert check_message(table(most + 2), "")[0].code == "invalid_blocks"


def home_of(size: int) -> Json:
    """Build a Home that is `size` bytes long as JSON, with everything else within its limits."""
    full = select(options=[option("é" * 75, "y" * 150)] * 100)
    blocks = [{"type": "section", "text": plain("x"), "accessory": full} for _ in range(6)]
    words = [plain("x") for _ in range(40)]
    padding = [{"type": "section", "text": word} for word in words]
    view = {"type": "home", "blocks": [*blocks, *padding]}
    missing = size - len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())
    for word in words:
        added = min(missing, 2_999)
        word["text"] += "x" * added
        missing -= added
    return view


def test_a_view_is_at_most_250_kilobytes_of_json() -> None:
    assert check_view(home_of(250_000)) == []
    assert [p.code for p in check_view(home_of(250_001))] == ["view_too_large"]


def test_an_answer_has_at_most_100_options() -> None:
    assert check_options({"options": numbered(100)}) == []
    assert check_options({"options": numbered(101)}) != []
    assert check_options({"option_groups": [group(100)] * 100}) == []
    assert check_options({"option_groups": [group(1)] * 101}) != []


def test_metadata_has_a_size() -> None:
    assert check_metadata({"event_type": "sent", "event_payload": {"id": "x" * 7_000}}) == []
    problems = check_metadata({"event_type": "sent", "event_payload": {"id": "x" * 8_000}})
    assert [p.code for p in problems] == ["metadata_too_large"]
