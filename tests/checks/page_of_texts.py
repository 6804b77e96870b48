"""Write docs/texts.md, every text that people can receive, from the samples; `make texts`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.views.samples.registry import SECTIONS
from bot.views.samples.sample import ORDINARY, Excerpt, Shown

PAGE = Path(__file__).parents[2] / "docs" / "texts.md"
HEAD = (
    "# Every text\n\nWhat somebody can receive from Nihito, drawn by the views themselves: `make "
    "texts` writes this page, and a test holds it to them. The company and its customers are made "
    "up. What stands in `[brackets]` is pressed or filled in.\n"
)


def page() -> str:
    """Return the whole page as Markdown."""
    parts = [HEAD]
    for title, build in SECTIONS.items():
        parts.append(f"## {title}\n")
        for sample in build(ORDINARY):
            told = "\n".join(_lines(sample.excerpt or sample.shown)).splitlines()
            lines = "\n".join(f"> {each}".rstrip() for each in told)
            parts.append(f"**{sample.name}**\n\n{lines}\n")
    return "\n".join(parts)


def _lines(shown: Shown | Excerpt) -> Iterator[str]:
    if isinstance(shown, str | Block):
        yield shown if isinstance(shown, str) else " ".join(_block(shown.to_dict()))
        return
    drawn = shown.to_dict() if isinstance(shown, View) else shown.as_arguments()
    if drawn.get("type") == "modal":
        yield f"*{drawn['title']['text']}*"
        yield ""
    for block in drawn.get("blocks", ()):
        yield from _block(block)
        yield ""
    if drawn.get("submit"):
        yield f"`[{drawn['submit']['text']}]` `[{drawn['close']['text']}]`"


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if kind == "rich_text":
        for element in block["elements"]:
            yield from _rich(element)
    elif kind == "section":
        yield from block["text"]["text"].replace("*", "**").split("\n")
        yield from ("", _element(block["accessory"])) if "accessory" in block else ()
    elif kind == "actions":
        yield " ".join(_element(each) for each in block["elements"])
    elif kind == "input":
        optional = " (optional)" if block.get("optional") else ""
        yield f"{block['label']['text']}{optional} {_element(block['element'])}"
        yield from (f"*{block['hint']['text']}*",) if "hint" in block else ()
    elif kind == "context":
        yield f"*{block['elements'][0]['text']}*"
    elif kind == "divider":
        yield ""
    else:
        yield f"**{block['text']['text']}**"


def _rich(element: Mapping[str, Any]) -> Iterator[str]:
    if element["type"] == "rich_text_list":
        mark = "1." if element["style"] == "ordered" else "-"
        yield ""
        yield from (f"{mark} {_spoken(each)}" for each in element["elements"])
        yield ""
    else:
        yield ("> " if element["type"] == "rich_text_quote" else "") + _spoken(element)


def _spoken(element: Mapping[str, Any]) -> str:
    return "".join(_styled(each) for each in element["elements"])


def _styled(part: Mapping[str, Any]) -> str:
    style = part.get("style") or {}
    mark = next((m for s, m in (("bold", "**"), ("italic", "*"), ("code", "`")) if s in style), "")
    return f"{mark}{part['text']}{mark}"


def _element(element: Mapping[str, Any]) -> str:
    if element["type"] == "button":
        return f"`[{element['text']['text']}]`"
    groups = element.get("option_groups") or [element]
    offered = [each["text"]["text"] for each in groups[0].get("options", ())]
    named = (element.get("placeholder") or {}).get("text", "")
    shown = ": ".join(each for each in (named, " · ".join(offered[:12])) if each)
    return f"`[{shown or ' '}]`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written\n")
