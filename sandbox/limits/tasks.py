"""Rules of the blocks that show what an assistant is doing: tasks, and plans made of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.elements import ID, URL
from sandbox.limits.rich_text import RICH_TEXT
from sandbox.limits.rules import Finding, ListOf, OneOf, Shape, String

STATES = ("in_progress", "complete", "error")
SOURCE = OneOf({"url": Shape({"url": URL, "text": String()})})


def _task(*states: str) -> Shape:
    return Shape(
        {"task_id": String(), "title": String(), "status": String(allowed=states)},
        {"block_id": ID, "details": RICH_TEXT, "output": RICH_TEXT, "sources": ListOf(SOURCE)},
    )


def task_ids_are_unique(plan: Mapping[str, Any]) -> Iterator[Finding]:
    names = [task["task_id"] for task in plan.get("tasks", ())]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(f"/tasks/{index}/task_id", f"{name!r} is already in use")


TASK_CARD = _task(*STATES)
PLAN = Shape(
    {"title": String()},
    {"block_id": ID, "tasks": ListOf(OneOf({"task_card": _task("pending", *STATES)}), 50)},
    checks=(task_ids_are_unique,),
)
