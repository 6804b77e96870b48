"""The keys and values that blocks, elements and responses with options may have."""

from typing import Any

import pytest

from sandbox.limits import check_message, check_options, check_view
from sandbox.limits.rules import Constraint
from tests.sandbox.limits.examples import (
    BUTTON,
    CELLS,
    CHOICES,
    CONFIRM,
    IMAGE,
    MARKUP,
    MODAL_TYPING,
    MOMENT,
    MULTIPLE,
    PARAGRAPH,
    RICH_TEXT,
    ROOMY,
    TYPING,
    WORD,
    A,
    B,
    Json,
    actions,
    asked,
    modal,
    section,
)

REQUIRED = [
    ({"type": "section"}, "/blocks/0"),
    ({"type": "header"}, "/blocks/0/text"),
    ({"type": "context"}, "/blocks/0/elements"),
    ({"type": "actions"}, "/blocks/0/elements"),
    ({"type": "rich_text"}, "/blocks/0/elements"),
    ({"type": "card"}, "/blocks/0"),
    ({"text": WORD}, "/blocks/0/type"),
    ({"type": "image", "image_url": "https://example.com/a"}, "/blocks/0/alt_text"),
    ({"type": "image", "alt_text": "A"}, "/blocks/0"),
    ({**IMAGE, "slack_file": {"id": "F1"}}, "/blocks/0"),
    ({"type": "image", "alt_text": "A", "slack_file": {}}, "/blocks/0/slack_file"),
    (section(accessory={"type": "button"}), "/blocks/0/accessory/text"),
    (section(accessory={"type": "static_select"}), "/blocks/0/accessory"),
    (section(accessory={"type": "overflow"}), "/blocks/0/accessory/options"),
    (section(accessory={**CHOICES[4], **CHOICES[5]}), "/blocks/0/accessory"),
    (
        actions({**BUTTON, "confirm": {"title": WORD, "text": WORD, "confirm": WORD}}),
        "/blocks/0/elements/0/confirm/deny",
    ),
    (section(accessory=None), "/blocks/0/accessory"),
    (
        actions({"type": "static_select", "options": [{"text": WORD}]}),
        "/blocks/0/elements/0/options/0/value",
    ),
]


@pytest.mark.parametrize(("block", "pointer"), REQUIRED)
def test_what_is_required_may_not_be_missing_or_doubled(block: Json, pointer: str) -> None:
    assert [(p.code, p.pointer) for p in check_message([block], "")] == [
        ("invalid_blocks", pointer)
    ]


def reworded(option: Json) -> Json:
    return {**option, "text": MARKUP}


PLAIN_ONLY = [
    {"type": "header", "text": MARKUP},
    {**IMAGE, "title": MARKUP},
    actions({**BUTTON, "text": MARKUP}),
    actions({**BUTTON, "confirm": {**CONFIRM, "title": MARKUP}}),
    actions({"type": "static_select", "options": [reworded(A)]}),
    actions({"type": "overflow", "options": [reworded(A)]}),
    actions({"type": "static_select", "option_groups": [{"label": MARKUP, "options": [A]}]}),
    actions({"type": "users_select", "placeholder": MARKUP}),
]


@pytest.mark.parametrize("block", PLAIN_ONLY)
def test_markup_is_refused_where_slack_wants_plain_text(block: Json) -> None:
    (problem,) = check_message([block], "")
    assert problem.text == "'mrkdwn' is not allowed here, only plain_text"


@pytest.mark.parametrize("key", ["label", "hint"])
def test_labels_and_hints_are_plain_text(key: str) -> None:
    (problem,) = check_view(modal(asked(CHOICES[0], **{key: MARKUP})))
    assert problem.pointer == f"/blocks/0/{key}/type"


@pytest.mark.parametrize("text", [{**WORD, "verbatim": True}, {**MARKUP, "emoji": True}, "Word"])
def test_a_text_object_has_the_keys_of_its_type(text: Any) -> None:
    assert len(check_message([{"type": "section", "text": text}], "")) == 1


WRONG_VALUES: list[tuple[Json, str]] = [
    ({**CHOICES[2], "initial_date": "2027-02-29"}, "initial_date"),
    ({**CHOICES[2], "initial_date": "2028-2-29"}, "initial_date"),
    ({**CHOICES[2], "initial_date": "29/02/2028"}, "initial_date"),
    ({**CHOICES[3], "initial_time": "24:00"}, "initial_time"),
    ({**CHOICES[3], "initial_time": "9:30"}, "initial_time"),
    ({**CHOICES[3], "initial_time": "09:30:00"}, "initial_time"),
    ({**MOMENT, "initial_date_time": 190_000_000}, "initial_date_time"),
    ({**MOMENT, "initial_date_time": "1900000000"}, "initial_date_time"),
    ({**CHOICES[0], "initial_options": []}, "initial_options"),
    ({**CHOICES[0], "initial_options": [B]}, "initial_options/0"),
    ({**CHOICES[1], "initial_option": {**A, "value": "c"}}, "initial_option"),
    ({**CHOICES[4], "initial_option": {**A, "value": "c"}}, "initial_option"),
    ({**CHOICES[5], "initial_option": B}, "initial_option"),
    ({**CHOICES[6], "min_query_length": -1}, "min_query_length"),
    ({**CHOICES[8], "filter": {"include": ["secret"]}}, "filter/include/0"),
    ({**CHOICES[8], "filter": {}}, "filter"),
    ({**MULTIPLE[1], "max_selected_items": 0}, "max_selected_items"),
    ({**MULTIPLE[1], "max_selected_items": True}, "max_selected_items"),
    ({**TYPING[0], "min_length": 3001}, "min_length"),
    ({**TYPING[0], "max_length": 0}, "max_length"),
    ({**TYPING[0], "max_length": 3001}, "max_length"),
    ({**TYPING[0], "min_length": 9, "max_length": 8}, "min_length"),
    ({**TYPING[0], "multiline": "yes"}, "multiline"),
    ({**MODAL_TYPING[2], "initial_value": 3}, "initial_value"),
    ({**MODAL_TYPING[2], "initial_value": "three"}, "initial_value"),
    ({**MODAL_TYPING[2], "min_value": "3"}, "min_value"),
    ({**MODAL_TYPING[2], "initial_value": "11"}, "initial_value"),
    ({**MODAL_TYPING[2], "is_decimal_allowed": False}, "initial_value"),
    ({**MODAL_TYPING[3], "max_files": 11}, "max_files"),
    ({**MODAL_TYPING[3], "max_files": 0}, "max_files"),
]


@pytest.mark.parametrize(("element", "key"), WRONG_VALUES)
def test_values_that_slack_cannot_read_are_refused(element: Json, key: str) -> None:
    assert [p.pointer for p in check_view(modal(asked(element)))] == [f"/blocks/0/element/{key}"]


def test_styles_are_primary_or_danger() -> None:
    assert check_message([actions({**BUTTON, "style": "primary"})], "") == []
    assert check_message([actions({**BUTTON, "style": "default"})], "") != []


def test_a_link_to_an_image_is_an_address() -> None:
    assert check_message([{**IMAGE, "image_url": "chart.png"}], "") != []


def test_a_list_in_rich_text_is_indented_at_most_eight_times() -> None:
    def indented(times: int) -> Json:
        part = {
            "type": "rich_text_list",
            "style": "ordered",
            "indent": times,
            "elements": [PARAGRAPH],
        }
        return {"type": "rich_text", "elements": [part]}

    assert check_message([indented(8)], "") == []
    assert check_message([indented(9)], "") != []


def test_a_data_table_is_a_rectangle_with_a_plain_header() -> None:
    def table(*rows: list[Json]) -> Json:
        return {"type": "data_table", "caption": "C", "rows": list(rows)}

    assert [p.pointer for p in check_message([table(CELLS, CELLS[:1])], "")] == ["/blocks/0/rows/1"]
    assert [p.pointer for p in check_message([table([RICH_TEXT], CELLS[:1])], "")] == [
        "/blocks/0/rows/0/0"
    ]


def test_a_collapsible_container_has_no_divider() -> None:
    container = {**ROOMY[3], "is_collapsible": True, "has_header_divider": True}
    assert [p.pointer for p in check_message([container], "")] == ["/blocks/0/has_header_divider"]


@pytest.mark.parametrize(
    "answer", [{}, {"options": [A], "option_groups": []}, {"options": [reworded(A)]}, None]
)
def test_an_answer_with_options_has_one_list_of_well_formed_options(answer: Any) -> None:
    assert check_options(answer) != []


def test_an_answer_may_offer_nothing() -> None:
    assert check_options({"options": []}) == []
    assert check_options({"option_groups": []}) == []


SEGMENTS: Json = {"type": "pie", "segments": [{"label": "A", "value": 0}]}
CONSTRAINTS: list[tuple[Json, Constraint]] = [
    ({"type": "header", "text": {**WORD, "text": ""}}, Constraint("minLength", 1, 0)),
    ({"type": "header", "text": {**WORD, "text": "x" * 151}}, Constraint("maxLength", 150, 151)),
    ({"type": "actions", "elements": []}, Constraint("minItems", 1, 0)),
    (actions(*[{"type": "users_select"}] * 26), Constraint("maxItems", 25, 26)),
    ({"type": "header", "text": WORD, "level": 0}, Constraint("minimum", 1, 0)),
    ({"type": "header", "text": WORD, "level": 5}, Constraint("maximum", 4, 5)),
    (
        {"type": "data_visualization", "title": "T", "chart": SEGMENTS},
        Constraint("exclusiveMinimum", 0, 0),
    ),
    ({"type": "header", "text": "Word"}, Constraint("type", "object", "string")),
    ({"type": "header", "text": WORD, "level": "1"}, Constraint("type", "integer", "string")),
    (section(expand=1), Constraint("type", "boolean", "number")),
    (section(fields=None), Constraint("type", "array", "null")),
    ({**IMAGE, "alt_text": True}, Constraint("type", "string", "boolean")),
    ({"type": "header", "text": MARKUP}, Constraint("enum", ["plain_text"], "mrkdwn")),
    (
        actions({**BUTTON, "style": "default"}),
        Constraint("enum", ["primary", "danger"], "default"),
    ),
    ({"type": "header"}, Constraint("required", "text")),
    (
        {"type": "divider", "text": "x"},
        Constraint("additionalProperties", ["block_id"], "text"),
    ),
    ({"type": "image", "alt_text": "A"}, Constraint("oneOf", ["image_url", "slack_file"])),
    ({"type": "section"}, Constraint("anyOf", ["text", "fields"])),
    ({**IMAGE, "image_url": "x"}, Constraint("pattern", r"https?://\S+", "x")),
    (
        actions({"type": "datepicker", "initial_date": "1 March"}),
        Constraint("format", "%Y-%m-%d", "1 March"),
    ),
]


@pytest.mark.parametrize(("block", "constraint"), CONSTRAINTS)
def test_a_problem_names_the_limit_it_breaks(block: Json, constraint: Constraint) -> None:
    assert [p.constraint for p in check_message([block], "")] == [constraint]
