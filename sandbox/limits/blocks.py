"""Rules of the blocks.

Left out, and so refused, are the blocks that show files and calls of other systems.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.charts import DATA_VISUALIZATION
from sandbox.limits.elements import ELEMENTS, FLAG, ID, IMAGE_SOURCE, IMAGE_URL
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
from sandbox.limits.tables import DATA_TABLE, TABLE
from sandbox.limits.tasks import PLAN, TASK_CARD

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

IN_SECTION = pick(
    ELEMENTS, f"button workflow_button image overflow {SELECT_NAMES} {MULTI_SELECT_NAMES}"
)
IN_ACTIONS = pick(ELEMENTS, f"button workflow_button overflow datetimepicker {SELECT_NAMES}")
IN_INPUT = pick(ELEMENTS, f"datetimepicker {SELECT_NAMES} {MULTI_SELECT_NAMES} {TEXT_INPUT_NAMES}")
BUTTON = pick(ELEMENTS, "button")
IMAGE = pick(ELEMENTS, "image")
IN_CONTEXT_ACTIONS = pick(ELEMENTS, "feedback_buttons icon_button")
IN_CONTEXT = OneOf({**text(3000).shapes, **IMAGE.shapes})

VIDEO_URL = String(3000, pattern=r"https://\S+")


def files_are_not_dispatched(block: Mapping[str, Any]) -> Iterator[Finding]:
    if block.get("dispatch_action") and block["element"]["type"] == "file_input":
        yield Finding("/dispatch_action", "must not be set with a file_input")


def divider_needs_a_fixed_container(block: Mapping[str, Any]) -> Iterator[Finding]:
    if block.get("is_collapsible") and "has_header_divider" in block:
        yield Finding("/has_header_divider", "must not be set on a collapsible container")


def icon_is_an_image_or_slacks_own(block: Mapping[str, Any]) -> Iterator[Finding]:
    if "icon" in block and "slack_icon" in block:
        yield Finding("/slack_icon", "must not be set beside icon")


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
        "slack_icon": OneOf({"icon": Shape({"name": String()})}),
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "actions": ListOf(BUTTON, 3),
    },
    at_least_one=("hero_image", "title", "actions", "body"),
    checks=(icon_is_an_image_or_slacks_own,),
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
    "header": _block({"text": plain(150)}, {"level": Number(1, 4)}),
    "divider": _block(),
    "context": _block({"elements": ListOf(IN_CONTEXT, 10)}),
    "context_actions": _block({"elements": ListOf(IN_CONTEXT_ACTIONS, 5)}),
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
    # Markdown has one cap for the whole message, see `surfaces.py`.
    "markdown": _block({"text": String()}),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "plan": PLAN,
    "task_card": TASK_CARD,
    "video": _block(
        {
            "title": plain(199),
            "alt_text": String(2000),
            "thumbnail_url": IMAGE_URL,
            "video_url": VIDEO_URL,
        },
        {
            "title_url": VIDEO_URL,
            "description": plain(199),
            "author_name": String(49),
            "provider_name": String(),
            "provider_icon_url": IMAGE_URL,
        },
    ),
    "alert": _block(
        {"text": text(200)},
        {"level": String(allowed=("default", "info", "warning", "error", "success"))},
    ),
    "card": CARD,
    "carousel": _block({"elements": ListOf(OneOf({"card": CARD}), 10)}),
}

IN_CONTAINER = pick(
    SIMPLE_BLOCKS,
    "actions context divider header image input rich_text section table video",
)

BLOCKS: Mapping[str, Shape] = {
    **SIMPLE_BLOCKS,
    "container": _block(
        {"child_blocks": ListOf(IN_CONTAINER, 10)},
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
