"""The blocks that Slack added in 2025 and 2026, with made-up names and figures in them."""

from collections.abc import Sequence
from typing import Any

from tests.sandbox.page.every_block import SURE, button, field_block, mrkdwn, plain, rich_text

Block = dict[str, Any]
REGIONS = ("North", "South", "East", "West")
PICTURE = "https://pictures.example/mill.png"


def chart(kind: str, series: dict[str, Sequence[float]], categories: Sequence[str]) -> Block:
    """Build a chart of series over categories."""
    named = [
        {
            "name": name,
            "data": [
                {"label": category, "value": value}
                for category, value in zip(categories, values, strict=True)
            ],
        }
        for name, values in series.items()
    ]
    config = {"categories": list(categories), "x_label": "Month", "y_label": "Visits a month"}
    return {
        "type": "data_visualization",
        "title": f"Visits by month ({kind})",
        "chart": {"type": kind, "series": named, "axis_config": config},
    }


def pie(values: dict[str, float]) -> Block:
    segments = [{"label": name, "value": value} for name, value in values.items()]
    return {
        "type": "data_visualization",
        "title": "Visits by region",
        "chart": {"type": "pie", "segments": segments},
    }


def largest_chart(kind: str) -> Block:
    """Build a chart with 12 series of 20 points, all names as long as Slack allows."""
    categories = [f"The long category {number:02}" for number in range(20)]
    series = {
        f"The longest name {row:03}": [(row * 7 + place * 3) % 19 - 6 for place in range(20)]
        for row in range(12)
    }
    return chart(kind, series, categories)


def charts() -> list[Block]:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")
    two = {"Visits": (4, 9, 7, 12, 10, 15), "Debriefs": (3, 7, 7, 9, 8, 14)}
    change = {"Change": (1200, -450.5, 900, -2300, 0, 15_800)}
    return [
        pie({"North": 12, "South": 7, "East": 4, "West": 1}),
        chart("bar", two, months),
        chart("line", two, months),
        chart("area", two, months),
        chart("bar", change, months),
    ]


def text_cell(text: str) -> Block:
    return {"type": "raw_text", "text": text}


def number_cell(value: float, text: str = "") -> Block:
    return {"type": "raw_number", "value": value, "text": text or f"{value}"}


def rich_cell(text: str, **style: bool) -> Block:
    part: Block = {"type": "text", "text": text, "style": style}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}


def data_table(rows: int = 12, **more: Any) -> Block:
    head = [text_cell(text) for text in ("Customer", "Region", "Visits", "Last heard")]
    body = [
        [
            text_cell(f"Customer {number}"),
            text_cell(REGIONS[number % 4]),
            number_cell(number * 3),
            rich_cell("They print & tick it", italic=True) if number == 2 else text_cell("-"),
        ]
        for number in range(1, rows + 1)
    ]
    return {"type": "data_table", "caption": "Visits by customer", "rows": [head, *body], **more}


def wrapped_table() -> Block:
    long = "They print the list, tick it by hand, and type it in again on Friday afternoon. " * 2
    rows = [
        [text_cell("Customer"), text_cell("What they said"), text_cell("Visits")],
        [text_cell("Quernstone Mills"), text_cell(long), number_cell(4)],
        [text_cell("Customer"), text_cell("What they said"), text_cell("Visits")],
    ]
    settings = [None, {"is_wrapped": True, "align": "center"}, {"align": "right"}]
    return {"type": "table", "column_settings": settings, "rows": rows}


def card(name: str, **more: Any) -> Block:
    return {
        "type": "card",
        "block_id": f"card-{name}",
        "title": plain(name),
        "subtitle": mrkdwn("Customer · *North*"),
        "body": mrkdwn("You have not seen them since January."),
        "actions": [
            button("plan_card", "Plan a visit", value=name, style="primary"),
            button("hide_card", "Not now", value=name, confirm=SURE),
        ],
        **more,
    }


def carousel() -> Block:
    plainer = card("Alder & Sons", icon={"type": "image", "image_url": PICTURE, "alt_text": "Oak"})
    bare = {"type": "card", "body": plain("Nothing but text"), "subtext": plain("Added today")}
    starred = card("Fernleigh Post", slack_icon={"type": "icon", "name": "star"})
    return {"type": "carousel", "elements": [plainer, starred, card("Cork Mill"), bare]}


def container(**more: Any) -> Block:
    children = [
        {"type": "header", "text": plain("What they want"), "level": 3},
        {"type": "section", "text": mrkdwn("A list that *prints*."),
         "accessory": button("read", "Read", value="story")},
        {"type": "divider"},
        {"type": "actions", "block_id": "inner",
         "elements": [button("been", "I've had a visit", value="yes",
                             accessibility_label="I've had a visit to Quernstone Mills")]},
        wrapped_table(),
        rich_text(),
        {"type": "context", "elements": [mrkdwn("Added by Ada")]},
    ]  # fmt: skip
    return {
        "type": "container",
        "title": plain("Quernstone Mills"),
        "subtitle": mrkdwn("Customer since *2019*"),
        "child_blocks": children,
        **more,
    }


def context_actions(**more: Any) -> Block:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good idea"), "value": "good",
                            "accessibility_label": "Good idea: show more like this"},
        "negative_button": {"text": plain("Bad idea"), "value": "bad"},
    }  # fmt: skip
    trash = {"type": "icon_button", "action_id": "remove", "icon": "trash",
             "text": plain("Remove"), "value": "all", "confirm": SURE, **more}  # fmt: skip
    return {"type": "context_actions", "block_id": "opinion", "elements": [feedback, trash]}


def alerts() -> list[Block]:
    levels = ("default", "info", "warning", "error", "success")
    return [
        {"type": "alert", "level": level, "text": mrkdwn(f"This is *{level}*.")} for level in levels
    ]


def headers() -> list[Block]:
    return [
        {"type": "header", "text": plain(f"A header of level {level}"), "level": level}
        for level in (1, 2, 3, 4)
    ]


def task(task_id: str, title: str, status: str, **more: Any) -> Block:
    return {"type": "task_card", "task_id": task_id, "title": title, "status": status, **more}


def plan() -> Block:
    source = {"type": "url", "url": "https://example.com/list", "text": "The list"}
    return {
        "type": "plan",
        "title": "Finding customers to visit",
        "tasks": [
            task("1", "Read the list", "complete", output=rich_cell("112 customers"),
                 sources=[source]),
            task("2", "Choose three", "in_progress"),
            task("3", "Ask Ben", "error", details=rich_cell("Ben is away")),
            task("4", "Write to you", "pending"),
        ],
    }  # fmt: skip


def video() -> Block:
    return {
        "type": "video",
        "title": plain("A walk through the mill"),
        "title_url": "https://videos.example/1",
        "video_url": "https://videos.example/embed/1",
        "thumbnail_url": PICTURE,
        "alt_text": "The mill from outside",
        "author_name": "Ada Fenn",
        "provider_name": "Videos",
        "description": plain("Four minutes."),
    }


def markdown() -> Block:
    text = "## Next week\n1. **Quernstone Mills**\n2. [The list](https://example.com)\n\n> A quote"
    return {"type": "markdown", "text": text}


def newer_blocks() -> list[Block]:
    """Build each of the newer blocks; Slack would refuse so many in one message."""
    hero = {"type": "image", "image_url": PICTURE, "alt_text": "A mill"}
    return [
        *headers(),
        {"type": "section", "text": plain("One line.\nAnd another.")},
        *charts(),
        data_table(),
        wrapped_table(),
        card("Limmat Works", hero_image=hero, subtext=plain("Found in your calendar")),
        carousel(),
        container(),
        container(title=plain("Cork Mill"), is_collapsible=True, default_collapsed=True,
                  width="narrow", child_blocks=[video()]),
        container(rich_text_title=rich_cell("In bold", bold=True), has_header_divider=True,
                  child_blocks=[field_block("note", "Note", "plain_text_input", optional=True)]),
        *alerts(),
        plan(),
        task("5", "A task on its own", "complete"),
        markdown(),
        context_actions(),
    ]  # fmt: skip
