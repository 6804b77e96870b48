"""Valid blocks of the newer kinds, of any size."""

from typing import Any

from sandbox.limits import check_blocks
from tests.sandbox.limits.examples import WORD, Json, actions

DIVIDER: Json = {"type": "divider"}


def plain(size: int) -> Json:
    return {"type": "plain_text", "text": "x" * size}


def names(count: int) -> list[str]:
    return [f"N{number}" for number in range(count)]


def chart(shown: Json, **more: Any) -> Json:
    return {"type": "data_visualization", "title": "Visits", "chart": shown, **more}


def pie(*segments: Json) -> Json:
    return chart({"type": "pie", "segments": list(segments)})


def segment(label: str = "North", value: float = 1) -> Json:
    return {"label": label, "value": value}


def plot(kind: str = "bar", series: int = 1, points: int = 1, **axes: Any) -> Json:
    data = [segment(name) for name in names(points)]
    listed = [{"name": name, "data": data} for name in names(series)]
    axis_config = {"categories": names(points), **axes}
    return chart({"type": kind, "series": listed, "axis_config": axis_config})


def plot_of(series: list[Json], categories: list[str]) -> Json:
    return chart({"type": "line", "series": series, "axis_config": {"categories": categories}})


def cell(size: int = 1) -> Json:
    return {"type": "raw_text", "text": "x" * size}


def numbered(value: float, text: str | None = "1") -> Json:
    made = {"type": "raw_number", "value": value, "text": text}
    return {key: each for key, each in made.items() if each is not None}


def table(rows: int = 1, cells: int = 1, **more: Any) -> Json:
    return {"type": "table", "rows": [[cell()] * cells] * rows, **more}


def data_table(rows: int = 2, cells: int = 1, **more: Any) -> Json:
    return {"type": "data_table", "caption": "C", "rows": [[cell()] * cells] * rows, **more}


def table_of(*rows: list[Json]) -> Json:
    return {"type": "table", "rows": list(rows)}


def data_table_of(*rows: list[Json]) -> Json:
    return {"type": "data_table", "caption": "C", "rows": list(rows)}


def card(**more: Any) -> Json:
    return {"type": "card", "title": WORD, **more}


def container(*blocks: Json, **more: Any) -> Json:
    return {"type": "container", "title": WORD, "child_blocks": list(blocks), **more}


def alert(**more: Any) -> Json:
    return {"type": "alert", "text": WORD, **more}


def context_actions(*elements: Json) -> Json:
    return {"type": "context_actions", "elements": list(elements)}


def feedback(**more: Any) -> Json:
    positive = {"text": WORD, "value": "good", **more}
    negative = {"text": WORD, "value": "bad"}
    return {"type": "feedback_buttons", "positive_button": positive, "negative_button": negative}


def icon_button(**more: Any) -> Json:
    return {"type": "icon_button", "icon": "trash", "text": WORD, **more}


def workflow_button(**more: Any) -> Json:
    trigger = {"url": "https://slack.com/shortcuts/Ft1/x"}
    return {"type": "workflow_button", "text": WORD, "workflow": {"trigger": trigger}, **more}


def task(**more: Any) -> Json:
    return {"type": "task_card", "task_id": "1", "title": "Look", "status": "complete", **more}


def plan(*tasks: Json) -> Json:
    return {"type": "plan", "title": "A plan", "tasks": list(tasks)}


def video(**more: Any) -> Json:
    return {
        "type": "video",
        "title": WORD,
        "alt_text": "A visit",
        "video_url": "https://example.com/v",
        "thumbnail_url": "https://example.com/t.png",
        **more,
    }


def markdown(size: int) -> Json:
    return {"type": "markdown", "text": "x" * size}


NEWER = [
    pie(segment()),
    plot(series=2, points=2),
    data_table(),
    context_actions(feedback(), icon_button()),
    actions(workflow_button()),
    plan(task(status="pending")),
    task(sources=[{"type": "url", "url": "https://example.com", "text": "Here"}]),
    video(),
]


def without(block: Json, key: str) -> Json:
    return {name: value for name, value in block.items() if name != key}


def refused(blocks: list[Json]) -> list[str]:
    """Return the pointers of what is refused in blocks by themselves."""
    return [problem.pointer for problem in check_blocks(blocks)]
