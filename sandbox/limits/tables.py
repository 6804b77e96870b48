"""Rules of the two blocks that show tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.elements import FLAG, ID
from sandbox.limits.rich_text import RICH_TEXT
from sandbox.limits.rules import Finding, ListOf, Number, OneOf, OrNull, Shape, String

RAW = {
    "raw_text": Shape({"text": String()}),
    "raw_number": Shape({"text": String(), "value": Number(integer_only=False)}),
}
CELL = OneOf({**RAW, **RICH_TEXT.shapes})
COLUMN = Shape(optional={"align": String(allowed=("left", "center", "right")), "is_wrapped": FLAG})


def rows_are_equally_long(block: Mapping[str, Any]) -> Iterator[Finding]:
    for index, row in enumerate(block["rows"]):
        if len(row) != len(block["rows"][0]):
            yield Finding(f"/rows/{index}", "must have as many cells as the first row")


def header_cells_are_raw(block: Mapping[str, Any]) -> Iterator[Finding]:
    for index, cell in enumerate(block["rows"][0]):
        if cell["type"] not in RAW:
            yield Finding(f"/rows/0/{index}", "must not be rich text, as it heads a column")


TABLE = Shape(
    {"rows": ListOf(ListOf(CELL, 20), 100)},
    {"block_id": ID, "column_settings": ListOf(OrNull(COLUMN), 20)},
)
DATA_TABLE = Shape(
    {"caption": String(), "rows": ListOf(ListOf(CELL, 20), 101, least=2)},
    {"block_id": ID, "page_size": Number(1, 100), "row_header_column_index": Number(0, 19)},
    checks=(rows_are_equally_long, header_cells_are_raw),
)
