"""Every limit on a size in the newer blocks, just kept and just broken.

Where sources disagree the stricter figure holds: `docs/decisions/slack-limits.md`.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.sandbox.limits.examples import (
    BUTTON,
    IMAGE,
    WORD,
    Json,
    actions,
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
    names,
    pie,
    plain,
    plan,
    plot,
    plot_of,
    refused,
    segment,
    table,
    table_of,
    task,
    video,
    workflow_button,
)


class Limit(NamedTuple):
    """The most, blocks of a size, where another size is refused, and the least if there is one."""

    most: int
    build: Callable[[int], list[Json]]
    pointer: str
    least: int | None = 1


LIMITS: dict[str, Limit] = {
    "a chart's title has at most 50 characters": Limit(
        50,
        lambda n: [chart(pie(segment())["chart"], title="x" * n)],
        "/0/title",
    ),
    "the label of a segment has at most 20 characters": Limit(
        20,
        lambda n: [pie(segment("x" * n))],
        "/0/chart/segments/0/label",
    ),
    "a pie has at most 6 segments": Limit(
        6,
        lambda n: [pie(*map(segment, names(n)))],
        "/0/chart/segments",
    ),
    "a bar chart has at most 6 series": Limit(6, lambda n: [plot("bar", n)], "/0/chart/series"),
    "an area chart has at most 6 series": Limit(6, lambda n: [plot("area", n)], "/0/chart/series"),
    "a line chart has at most 6 series": Limit(6, lambda n: [plot("line", n)], "/0/chart/series"),
    "a series has at most 20 points": Limit(
        20,
        lambda n: [plot(points=n)],
        "/0/chart/series/0/data",
    ),
    "the name of a series has at most 20 characters": Limit(
        20,
        lambda n: [plot_of([{"name": "x" * n, "data": [segment("A")]}], ["A"])],
        "/0/chart/series/0/name",
    ),
    "the label of a point has at most 20 characters": Limit(
        20,
        lambda n: [plot_of([{"name": "A", "data": [segment("x" * n)]}], ["x" * n])],
        "/0/chart/series/0/data/0/label",
    ),
    "a plot has at most 20 categories": Limit(
        20,
        lambda n: [plot(points=n)],
        "/0/chart/axis_config/categories",
    ),
    "a category has at most 20 characters": Limit(
        20,
        lambda n: [plot_of([{"name": "A", "data": [segment("x" * n)]}], ["x" * n])],
        "/0/chart/axis_config/categories/0",
    ),
    "the title of the x axis has at most 50 characters": Limit(
        50,
        lambda n: [plot(x_label="x" * n)],
        "/0/chart/axis_config/x_label",
    ),
    "the title of the y axis has at most 50 characters": Limit(
        50,
        lambda n: [plot(y_label="x" * n)],
        "/0/chart/axis_config/y_label",
    ),
    "at most 2 charts go together": Limit(2, lambda n: [pie(segment())] * n, "/2", least=None),
    "a table has at most 100 rows": Limit(100, lambda n: [table(n)], "/0/rows"),
    "a row of a table has at most 20 cells": Limit(20, lambda n: [table(1, n)], "/0/rows/0"),
    "a table has settings of at most 20 columns": Limit(
        20,
        lambda n: [table(column_settings=[{"align": "right"}] * n)],
        "/0/column_settings",
    ),
    "tables have at most 10,000 characters": Limit(
        10_000,
        lambda n: [table_of([cell(5_000)], [cell(n - 5_000)])],
        "",
        least=None,
    ),
    "a data table has at most 101 rows, its header included": Limit(
        101,
        lambda n: [data_table(n)],
        "/0/rows",
        least=2,
    ),
    "a row of a data table has at most 20 cells": Limit(
        20, lambda n: [data_table(2, n)], "/0/rows/0"
    ),
    "a page of a data table has at most 100 rows": Limit(
        100,
        lambda n: [data_table(page_size=n)],
        "/0/page_size",
    ),
    "the row header is one of at most 20 columns": Limit(
        19,
        lambda n: [data_table(cells=20, row_header_column_index=n)],
        "/0/row_header_column_index",
        least=0,
    ),
    "data tables have at most 10,000 characters": Limit(
        10_000,
        lambda n: [data_table_of([cell(5_000)], [cell(n - 5_000)])],
        "",
        least=None,
    ),
    "one table goes with other blocks": Limit(
        1, lambda n: [DIVIDER, *[table()] * n], "/2", least=None
    ),
    "one data table goes with other blocks": Limit(
        1, lambda n: [data_table()] * n, "/1", least=None
    ),
    "a card's title has at most 150 characters": Limit(
        150,
        lambda n: [card(title=plain(n))],
        "/0/title/text",
    ),
    "a card's subtitle has at most 150 characters": Limit(
        150,
        lambda n: [card(subtitle=plain(n))],
        "/0/subtitle/text",
    ),
    "a card's body has at most 200 characters": Limit(
        200,
        lambda n: [card(body=plain(n))],
        "/0/body/text",
    ),
    "a card's subtext has at most 200 characters": Limit(
        200,
        lambda n: [card(subtext=plain(n))],
        "/0/subtext/text",
    ),
    "a card has at most 3 buttons": Limit(
        3,
        lambda n: [card(actions=[{"type": "button", "text": WORD}] * n)],
        "/0/actions",
    ),
    "a carousel has at most 10 cards": Limit(
        10,
        lambda n: [{"type": "carousel", "elements": [card()] * n}],
        "/0/elements",
    ),
    "a container's title has at most 150 characters": Limit(
        150,
        lambda n: [container(DIVIDER, title=plain(n))],
        "/0/title/text",
    ),
    "a container's subtitle has at most 150 characters": Limit(
        150,
        lambda n: [container(DIVIDER, subtitle=plain(n))],
        "/0/subtitle/text",
    ),
    "a container has at most 10 blocks": Limit(
        10,
        lambda n: [container(*[DIVIDER] * n)],
        "/0/child_blocks",
    ),
    "an alert has at most 200 characters": Limit(
        200,
        lambda n: [alert(text=plain(n))],
        "/0/text/text",
    ),
    "context actions have at most 5 elements": Limit(
        5,
        lambda n: [context_actions(*[icon_button()] * n)],
        "/0/elements",
    ),
    "the text of a feedback button has at most 75 characters": Limit(
        75,
        lambda n: [context_actions(feedback(text=plain(n)))],
        "/0/elements/0/positive_button/text/text",
    ),
    "the value of a feedback button has at most 2000 characters": Limit(
        2000,
        lambda n: [context_actions(feedback(value="x" * n))],
        "/0/elements/0/positive_button/value",
    ),
    "the accessibility label of a feedback button has at most 75 characters": Limit(
        75,
        lambda n: [context_actions(feedback(accessibility_label="x" * n))],
        "/0/elements/0/positive_button/accessibility_label",
    ),
    "an icon button is visible to at most 10 people": Limit(
        10,
        lambda n: [context_actions(icon_button(visible_to_user_ids=names(n)))],
        "/0/elements/0/visible_to_user_ids",
    ),
    "the value of an icon button has at most 2000 characters": Limit(
        2000,
        lambda n: [context_actions(icon_button(value="x" * n))],
        "/0/elements/0/value",
    ),
    "the accessibility label of an icon button has at most 75 characters": Limit(
        75,
        lambda n: [context_actions(icon_button(accessibility_label="x" * n))],
        "/0/elements/0/accessibility_label",
    ),
    "the accessibility label of a button has at most 75 characters": Limit(
        75,
        lambda n: [actions({**BUTTON, "accessibility_label": "x" * n})],
        "/0/elements/0/accessibility_label",
    ),
    "the accessibility label of a workflow button has at most 75 characters": Limit(
        75,
        lambda n: [actions(workflow_button(accessibility_label="x" * n))],
        "/0/elements/0/accessibility_label",
    ),
    "markdown has at most 12,000 characters over all its blocks": Limit(
        12_000,
        lambda n: [markdown(4_000), DIVIDER, markdown(n - 4_000)],
        "",
        least=None,
    ),
    "a plan has at most 50 tasks": Limit(
        50,
        lambda n: [plan(*(task(task_id=name) for name in names(n)))],
        "/0/tasks",
    ),
    "a video's title has fewer than 200 characters": Limit(
        199,
        lambda n: [video(title=plain(n))],
        "/0/title/text",
    ),
    "a video's author has fewer than 50 characters": Limit(
        49,
        lambda n: [video(author_name="x" * n)],
        "/0/author_name",
    ),
    "a video's description has fewer than 200 characters": Limit(
        199,
        lambda n: [video(description=plain(n))],
        "/0/description/text",
    ),
    "the alternative text of a video has at most 2000 characters": Limit(
        2000,
        lambda n: [video(alt_text="x" * n)],
        "/0/alt_text",
    ),
    "the alternative text of an image has at most 2000 characters": Limit(
        2000,
        lambda n: [{**IMAGE, "alt_text": "x" * n}],
        "/0/alt_text",
    ),
    "a header has levels up to 4": Limit(
        4,
        lambda n: [{"type": "header", "text": WORD, "level": n}],
        "/0/level",
    ),
}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_a_block_may_reach_its_limit_and_no_further(limit: Limit) -> None:
    assert refused(limit.build(limit.most)) == []
    assert limit.pointer in refused(limit.build(limit.most + 1))


WITH_A_LEAST = {name: limit for name, limit in LIMITS.items() if limit.least is not None}


@pytest.mark.parametrize("limit", WITH_A_LEAST.values(), ids=WITH_A_LEAST)
def test_a_block_may_be_as_small_as_its_limit_and_no_smaller(limit: Limit) -> None:
    assert limit.least is not None
    assert refused(limit.build(limit.least)) == []
    assert limit.pointer in refused(limit.build(limit.least - 1))
