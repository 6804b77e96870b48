"""Every rule of the newer blocks, kept and broken, and the surfaces that take them.

Where sources disagree the stricter one holds: `docs/decisions/slack-limits.md`.
"""

import pytest

from sandbox.limits import check_message, check_view
from tests.sandbox.limits.examples import (
    BUTTON,
    IMAGE,
    MARKUP,
    RICH_TEXT,
    TYPING,
    WORD,
    Json,
    actions,
    asked,
    home,
    modal,
    section,
)
from tests.sandbox.limits.newer_blocks import (
    DIVIDER,
    alert,
    card,
    cell,
    chart,
    container,
    context_actions,
    data_table,
    data_table_of,
    feedback,
    icon_button,
    markdown,
    numbered,
    pie,
    plan,
    plot,
    plot_of,
    refused,
    segment,
    table,
    table_of,
    task,
    video,
    without,
)

POINTS = [segment("A"), segment("B", -1)]
ICON: Json = {"type": "icon", "name": "rocket"}

# What holds -> a block that keeps to it, one that does not, and where that is refused.
RULES: dict[str, tuple[Json, Json, str]] = {
    "a chart's title is a bare string": (
        pie(segment()),
        chart(pie(segment())["chart"], title=WORD),
        "/0/title",
    ),
    "a chart needs a title": (pie(segment()), without(pie(segment()), "title"), "/0/title"),
    "a chart has no alternative text": (
        pie(segment()),
        {**pie(segment()), "alt_text": "x"},
        "/0/alt_text",
    ),
    "a chart is a pie, bar, area or line chart": (
        plot("area"),
        plot("scatter"),
        "/0/chart/type",
    ),
    "a segment is above 0": (
        pie(segment(value=0.01)),
        pie(segment(value=0)),
        "/0/chart/segments/0/value",
    ),
    "a point may be negative, but is a number": (
        plot_of([{"name": "A", "data": [segment("A", -1)]}], ["A"]),
        plot_of([{"name": "A", "data": [{"label": "A", "value": "-1"}]}], ["A"]),
        "/0/chart/series/0/data/0/value",
    ),
    "a plot needs its categories": (
        plot(),
        chart(without(plot()["chart"], "axis_config")),
        "/0/chart/axis_config",
    ),
    "a series has a point for each category": (
        plot_of([{"name": "A", "data": POINTS}], ["B", "A"]),
        plot_of([{"name": "A", "data": POINTS}], ["A", "B", "C"]),
        "/0/chart/series/0/data",
    ),
    "a series has no point without a category": (
        plot_of([{"name": "A", "data": POINTS}], ["A", "B"]),
        plot_of([{"name": "A", "data": POINTS}], ["A"]),
        "/0/chart/series/0/data",
    ),
    "the names of series differ": (
        plot(series=2),
        plot_of([{"name": "A", "data": POINTS}] * 2, ["A", "B"]),
        "/0/chart/series/1/name",
    ),
    "categories differ": (
        plot(points=2),
        plot_of([{"name": "A", "data": [POINTS[0]] * 2}], ["A", "A"]),
        "/0/chart/axis_config/categories/1",
    ),
    "the cells of a table are not empty": (
        table_of([cell(1)]),
        table_of([cell(0)]),
        "/0/rows/0/0/text",
    ),
    "a number in a table has a text too": (
        table_of([numbered(0.5)]),
        table_of([numbered(0.5, text=None)]),
        "/0/rows/0/0/text",
    ),
    "the settings of a column may be null, but not text": (
        table(column_settings=[None, {"is_wrapped": True}]),
        table(column_settings=["right"]),
        "/0/column_settings/0",
    ),
    "a table has no caption": (table(), table(caption="C"), "/0/caption"),
    "a data table has a caption": (data_table(), without(data_table(), "caption"), "/0/caption"),
    "a data table's caption is not empty": (
        data_table(caption="C"),
        data_table(caption=""),
        "/0/caption",
    ),
    "the rows of a data table are equally long, those of a table need not be": (
        table_of([cell()], [cell(), cell()]),
        data_table_of([cell()], [cell(), cell()]),
        "/0/rows/1",
    ),
    "a data table's header has no rich text, its other rows may": (
        data_table_of([cell()], [RICH_TEXT]),
        data_table_of([RICH_TEXT], [cell()]),
        "/0/rows/0/0",
    ),
    "a number in a data table has a text too": (
        data_table_of([cell()], [numbered(-1)]),
        data_table_of([cell()], [numbered(-1, text=None)]),
        "/0/rows/1/0/text",
    ),
    "a card has an image, a title, buttons or a body": (
        {"type": "card", "actions": [BUTTON]},
        {"type": "card", "subtitle": WORD},
        "/0",
    ),
    "a card's title is a text object": (card(title=MARKUP), card(title="Word"), "/0/title"),
    "a card has one icon, an image or Slack's own": (
        card(slack_icon=ICON),
        card(slack_icon=ICON, icon=IMAGE),
        "/0/slack_icon",
    ),
    "a card's actions are buttons": (
        card(actions=[BUTTON]),
        card(actions=[{"type": "overflow", "options": [{"text": WORD, "value": "1"}]}]),
        "/0/actions/0/type",
    ),
    "a carousel holds cards": (
        {"type": "carousel", "elements": [card()]},
        {"type": "carousel", "elements": [section()]},
        "/0/elements/0/type",
    ),
    "a container's title is plain text": (
        container(DIVIDER),
        container(DIVIDER, title=MARKUP),
        "/0/title/type",
    ),
    "a container has a title of one kind or the other": (
        {**without(container(DIVIDER), "title"), "rich_text_title": RICH_TEXT},
        without(container(DIVIDER), "title"),
        "/0",
    ),
    "a container has one of four widths": (
        container(DIVIDER, width="full"),
        container(DIVIDER, width="huge"),
        "/0/width",
    ),
    "an alert has one of five levels": (
        alert(level="success"),
        alert(level="fatal"),
        "/0/level",
    ),
    "context actions are feedback and icon buttons": (
        context_actions(feedback(), icon_button()),
        context_actions(BUTTON),
        "/0/elements/0/type",
    ),
    "feedback has a button of either kind": (
        context_actions(feedback()),
        context_actions(without(feedback(), "negative_button")),
        "/0/elements/0/negative_button",
    ),
    "an icon button shows a bin": (
        context_actions(icon_button()),
        context_actions(icon_button(icon="star")),
        "/0/elements/0/icon",
    ),
    "a select has no accessibility label": (
        actions({"type": "users_select"}),
        actions({"type": "users_select", "accessibility_label": "x"}),
        "/0/elements/0/accessibility_label",
    ),
    "a plan's title is a bare string": (
        plan(task()),
        {**plan(task()), "title": WORD},
        "/0/title",
    ),
    "the ids of a plan's tasks differ": (
        plan(task(), task(task_id="2")),
        plan(task(), task()),
        "/0/tasks/1/task_id",
    ),
    "a task's title is a bare string": (task(), task(title=WORD), "/0/title"),
    "a task is pending only inside a plan": (
        plan(task(status="pending")),
        task(status="pending"),
        "/0/status",
    ),
    "a task's details are rich text": (
        task(details=RICH_TEXT),
        task(details=WORD),
        "/0/details/type",
    ),
    "a task's sources are links": (
        task(sources=[{"type": "url", "url": "https://example.com", "text": "Here"}]),
        task(sources=[{"type": "file", "url": "https://example.com", "text": "Here"}]),
        "/0/sources/0/type",
    ),
    "a video has an alternative text": (video(), without(video(), "alt_text"), "/0/alt_text"),
    "an image has an alternative text": (IMAGE, without(IMAGE, "alt_text"), "/0/alt_text"),
    "a header's level is a number": (
        {"type": "header", "text": WORD, "level": 1},
        {"type": "header", "text": WORD, "level": "h1"},
        "/0/level",
    ),
}


@pytest.mark.parametrize(("kept", "broken", "pointer"), RULES.values(), ids=RULES)
def test_a_rule_is_kept_or_broken(kept: Json, broken: Json, pointer: str) -> None:
    assert refused([kept]) == []
    assert pointer in refused([broken])


IN_CONTAINERS = [
    actions(BUTTON),
    {"type": "context", "elements": [WORD]},
    {"type": "divider"},
    {"type": "header", "text": WORD},
    IMAGE,
    asked(TYPING[0]),
    RICH_TEXT,
    section(),
    table(),
    video(),
]
NOT_IN_CONTAINERS = [
    data_table(),
    pie(segment()),
    card(),
    markdown(1),
    container(DIVIDER),
    {"type": "carousel", "elements": [card()]},
]


@pytest.mark.parametrize("block", IN_CONTAINERS, ids=lambda block: block["type"])
def test_a_container_holds_simple_blocks(block: Json) -> None:
    assert refused([container(block)]) == []


@pytest.mark.parametrize("block", NOT_IN_CONTAINERS, ids=lambda block: block["type"])
def test_a_container_does_not_hold_blocks_of_their_own_weight(block: Json) -> None:
    assert refused([container(block)]) == ["/0/child_blocks/0/type"]


SURFACES: dict[str, tuple[Json, str]] = {
    "data_visualization": (pie(segment()), "message"),
    "data_table": (data_table(), "message home"),
    "table": (table(), "message home"),
    "card": (card(), "message modal home"),
    "carousel": ({"type": "carousel", "elements": [card()]}, "message home"),
    "container": (container(DIVIDER), "message home"),
    "alert": (alert(), "modal"),
    "context_actions": (context_actions(feedback()), "message"),
    "markdown": (markdown(1), "message"),
    "plan": (plan(task()), "message"),
    "task_card": (task(), "message"),
    "video": (video(), "message modal home"),
    "header with a level": ({"type": "header", "text": WORD, "level": 2}, "message modal home"),
}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize(("block", "surfaces"), SURFACES.values(), ids=SURFACES)
def test_a_block_is_taken_on_its_surfaces_only(block: Json, surfaces: str, surface: str) -> None:
    problems = {
        "message": lambda: check_message([block], ""),
        "modal": lambda: check_view(modal(block)),
        "home": lambda: check_view(home(block)),
    }[surface]()
    expected = [] if surface in surfaces.split() else ["/blocks/0/type"]
    assert [problem.pointer for problem in problems] == expected


def test_a_container_of_a_message_holds_no_input() -> None:
    held = container(asked(TYPING[0]))
    assert check_view(home(held)) == []
    assert [p.pointer for p in check_message([held], "")] == ["/blocks/0/child_blocks/0/type"]


def test_a_message_has_two_charts_and_a_third_fails_all_of_it() -> None:
    assert check_message([pie(segment()), plot()], "") == []
    problems = check_message([pie(segment()), plot(), plot()], "")
    assert [(p.code, p.pointer) for p in problems] == [("invalid_blocks", "/blocks/2")]


@pytest.mark.parametrize("second", [table(), data_table(), container(table())])
def test_a_message_has_one_table_of_either_kind_wherever_it_is(second: Json) -> None:
    assert check_message([second], "") == []
    assert len(check_message([table(), second], "")) == 1
