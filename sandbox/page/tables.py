"""Tables as the page shows them: from the blocks `table` and `data_table`, and a chart's values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.page.charts import Chart, number_text

Block = Mapping[str, Any]
Cell = Mapping[str, Any]
PAGE_SIZE = 5
ALIGNMENTS = ("left", "center", "right")


@dataclass(frozen=True)
class Column:
    """How the cells of one column are set; `heads_rows` if each names its row."""

    align: str = "left"
    wrapped: bool = False
    heads_rows: bool = False


@dataclass(frozen=True)
class Table:
    """A table; `rest` are the rows behind the first page, which are shown when asked for."""

    caption: str
    columns: Sequence[Column]
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    rest: Sequence[Sequence[Cell]] = ()

    def column(self, index: int) -> Column:
        """Return the column of a cell; a row may be longer than the first one."""
        return self.columns[index] if index < len(self.columns) else Column()


def table_of(block: Block) -> Table:
    """Return the table of a block, its first row as the head."""
    head, *body = block.get("rows") or [[]]
    if block.get("type") == "table":
        return Table("", _set_columns(block.get("column_settings") or ()), head, body)
    size = block.get("page_size") or PAGE_SIZE
    heads = block.get("row_header_column_index") or 0
    columns = [
        Column("right" if _is_numeric(body, index) else "left", heads_rows=index == heads)
        for index in range(len(head))
    ]
    return Table(str(block.get("caption", "")), columns, head, body[:size], body[size:])


def values_of(chart: Chart) -> Table:
    """Return a chart's values: a row for each category or segment, a column for each series."""
    if chart.plot is None:
        names, rows = ["Segment", "Value"], [[each.name, each.note] for each in chart.series]
    else:
        names = [chart.plot.x_label or "Category", *(each.name for each in chart.series)]
        rows = [_values_at(chart, category) for category in chart.plot.axes.categories]
    columns = [Column(heads_rows=True), *(Column("right") for _ in names[1:])]
    return Table(chart.title, columns, _raw_texts(names), [_raw_texts(row) for row in rows])


def _values_at(chart: Chart, category: str) -> list[str]:
    values = [each.values.get(category) for each in chart.series]
    return [category, *("" if value is None else number_text(value) for value in values)]


def _raw_texts(texts: Sequence[str]) -> list[Cell]:
    return [{"type": "raw_text", "text": text} for text in texts]


def _set_columns(settings: Sequence[Mapping[str, Any] | None]) -> list[Column]:
    columns = []
    for setting in settings:
        given = setting or {}
        align = given.get("align") if given.get("align") in ALIGNMENTS else "left"
        columns.append(Column(str(align), bool(given.get("is_wrapped"))))
    return columns


def _is_numeric(rows: Sequence[Sequence[Cell]], index: int) -> bool:
    return all(row[index].get("type") == "raw_number" for row in rows if index < len(row))
