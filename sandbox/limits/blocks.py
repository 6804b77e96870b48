"""Rules of the blocks.

Left out, and so refused, are blocks that need a scope of their own (`video`), that show files
and calls of other systems, and those of assistants (`plan`, `task_card`, `context_actions`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.elements import ELEMENTS, FLAG, ID, IMAGE_SOURCE
from sandbox.limits.rich_text import RICH_TEXT
from sandbox.limits.rules import (
    Finding,
    ListOf,
    Number,
    OneOf,
    Rule,
    Shape,
    String,
    pick,
    plain,
    text,
)

SELECT_NAMES = (
    "checkboxes radio_buttons datepicker timepicker static_select external_select users_select"
    " conversations_select channels_select"
)
MULTI_SELECT_NAMES = (
    "multi_static_select multi_external_select multi_users_select multi_conversations_select"
    " multi_channels_select"
)
TEXT_INPUT_NAMES = (
    "plain_text_input rich_text_input email_text_input url_text_input number_input file_input"
)

IN_SECTION = pick(ELEMENTS, f"button image overflow {SELECT_NAMES} {MULTI_SELECT_NAMES}")
IN_ACTIONS = pick(ELEMENTS, f"button overflow datetimepicker {SELECT_NAMES}")
IN_INPUT = pick(ELEMENTS, f"datetimepicker {SELECT_NAMES} {MULTI_SELECT_NAMES} {TEXT_INPUT_NAMES}")
BUTTON = pick(ELEMENTS, "button")
IMAGE = pick(ELEMENTS, "image")
IN_CONTEXT = OneOf({**text(3000).shapes, **IMAGE.shapes})

RAW = {
    "raw_text": Shape({"text": String()}),
    "raw_number": Shape({"text": String(), "value": Number(integer_only=False)}),
}
CELL = OneOf({**RAW, **RICH_TEXT.shapes})
COLUMN = Shape(optional={"align": String(allowed=("left", "center", "right")), "is_wrapped": FLAG})


def files_are_not_dispatched(block: Mapping[str, Any]) -> Iterator[Finding]:
    if block.get("dispatch_action") and block["element"]["type"] == "file_input":
        yield "dispatch_action", "must not be set with a file_input"


def rows_are_equally_long(block: Mapping[str, Any]) -> Iterator[Finding]:
    for index, row in enumerate(block["rows"]):
        if len(row) != len(block["rows"][0]):
            yield f"rows[{index}]", "must have as many cells as the first row"


def header_cells_are_raw(block: Mapping[str, Any]) -> Iterator[Finding]:
    for index, cell in enumerate(block["rows"][0]):
        if cell["type"] not in RAW:
            yield f"rows[0][{index}]", "must not be rich text, as it heads a column"


def divider_needs_a_fixed_container(block: Mapping[str, Any]) -> Iterator[Finding]:
    if block.get("is_collapsible") and "has_header_divider" in block:
        yield "has_header_divider", "must not be set on a collapsible container"


def _block(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    **more: Any,
) -> Shape:
    return Shape(required or {}, {"block_id": ID, **(optional or {})}, **more)


CARD = _block(
    optional={
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": ListOf(BUTTON, 3),
    },
    at_least_one=("hero_image", "title", "actions", "body"),
)

SIMPLE_BLOCKS: Mapping[str, Shape] = {
    **RICH_TEXT.shapes,
    "section": _block(
        optional={
            "text": text(3000),
            "fields": ListOf(text(2000), 10),
            "accessory": IN_SECTION,
            "expand": FLAG,
        },
        at_least_one=("text", "fields"),
    ),
    "header": _block({"text": plain(150)}),
    "divider": _block(),
    "context": _block({"elements": ListOf(IN_CONTEXT, 10)}),
    "actions": _block({"elements": ListOf(IN_ACTIONS, 25)}),
    "image": _block(
        {"alt_text": String(2000)},
        {**IMAGE_SOURCE, "title": plain(2000)},
        exactly_one=("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": IN_INPUT},
        {"hint": plain(2000), "optional": FLAG, "dispatch_action": FLAG},
        checks=(files_are_not_dispatched,),
    ),
    # Markdown has one cap for the whole message, see `messages.py`.
    "markdown": _block({"text": String()}),
    "table": _block(
        {"rows": ListOf(ListOf(CELL, 20), 100)}, {"column_settings": ListOf(COLUMN, 20)}
    ),
    "data_table": _block(
        # Sources say 101 or 201 rows; the smaller is safe.
        {"caption": String(), "rows": ListOf(ListOf(CELL, 20), 101, least=2)},
        {"page_size": Number(1, 100), "row_header_column_index": Number(0, 19)},
        checks=(rows_are_equally_long, header_cells_are_raw),
    ),
    "alert": _block(
        {"text": text(200)},
        {"level": String(allowed=("default", "info", "warning", "error", "success"))},
    ),
    "card": CARD,
    "carousel": _block({"elements": ListOf(OneOf({"card": CARD}), 10)}),
}

BLOCKS: Mapping[str, Shape] = {
    **SIMPLE_BLOCKS,
    "container": _block(
        {
            "child_blocks": ListOf(
                pick(SIMPLE_BLOCKS, "section header divider context actions image rich_text"), 10
            )
        },
        {
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "icon": IMAGE,
            "width": String(allowed=("narrow", "standard", "wide", "full")),
            "is_collapsible": FLAG,
            "default_collapsed": FLAG,
            "has_header_divider": FLAG,
        },
        at_least_one=("title", "rich_text_title"),
        checks=(divider_needs_a_fixed_container,),
    ),
}
