"""Read a Markdown document: its links, headings and sections, and what stands in code font."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, takewhile
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable("table")


@cache
def parse(path: Path) -> Sequence[Token]:
    return PARSER.parse(path.read_text(encoding="utf-8"))


def links(document: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield where each link and each picture leads, with its line."""
    for line, token in _inline(document):
        target = token.attrGet("href" if token.type == "link_open" else "src")
        if isinstance(target, str):
            yield line, target


def codes(document: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield each text in code font, with its line; blocks of code are left out."""
    for line, token in _inline(document):
        if token.type == "code_inline":
            yield line, token.content


def headings(document: Sequence[Token]) -> list[str]:
    """Return the text of each heading, without its markup."""
    return [
        "".join(part.content for part in text.children or ())
        for heading, text in pairwise(document)
        if heading.type == "heading_open"
    ]


def anchors(path: Path) -> set[str]:
    """Return what links to a document's headings end in."""
    titles = headings(parse(path))
    return {re.sub(r"[^\w -]", "", each.lower()).strip().replace(" ", "-") for each in titles}


def section(document: Sequence[Token], heading: str) -> Sequence[Token]:
    """Return what stands under a heading, up to the next of its level or a higher one."""
    start = next(
        place
        for place, token in enumerate(document)
        if token.type == "inline" and token.content == heading
        if document[place - 1].type == "heading_open"
    )
    level = document[start - 1].tag
    rest = document[start + 1 :]
    end = (n for n, each in enumerate(rest) if each.type == "heading_open" and each.tag <= level)
    return rest[: next(end, len(rest))]


def rows(document: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the cells of each row of a table."""
    for place, token in enumerate(document):
        if token.type == "tr_open":
            inside = takewhile(lambda each: each.type != "tr_close", document[place:])
            yield [each for each in inside if each.type == "inline"]


def items(document: Sequence[Token]) -> Iterator[Token]:
    """Yield the first paragraph of each item of a list."""
    for place, token in enumerate(document):
        if token.type == "list_item_open":
            yield next(each for each in document[place:] if each.type == "inline")


def first_code(text: Token) -> str:
    """Return the text in code font with which a cell or an item begins; empty if none."""
    first = text.children[0] if text.children else text
    return first.content if first.type == "code_inline" else ""


def _inline(document: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    for block in document:
        line = block.map[0] + 1 if block.map else 0
        for token in block.children or ():
            yield line, token
            line += token.type in ("softbreak", "hardbreak")
