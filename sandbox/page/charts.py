"""Charts of data_visualization blocks: their legend, their geometry and their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.page import plots

Block = Mapping[str, Any]
KINDS = ("pie", "bar", "line", "area")


@dataclass(frozen=True)
class Series:
    """An entry of the legend: a series, its values by category, or a pie's segment."""

    name: str
    note: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """A chart: with `slices` if its kind is "pie", otherwise with a `plot`."""

    kind: str
    title: str
    series: Sequence[Series]
    slices: Sequence[plots.Slice] = ()
    plot: plots.Plot | None = None


def chart_of(block: Block) -> Chart | None:
    """Return the chart of a block; None if its kind is unknown."""
    given = block.get("chart") or {}
    kind, title = str(given.get("type")), str(block.get("title", ""))
    if kind not in KINDS:
        return None
    return _pie(title, given) if kind == "pie" else _plotted(kind, title, given)


def number_text(value: float) -> str:
    """Return a value in full, with commas between thousands."""
    return f"{value:,.15g}"


def _pie(title: str, given: Mapping[str, Any]) -> Chart:
    segments = given.get("segments") or ()
    slices = plots.pie_slices([segment["value"] for segment in segments])
    series = [
        Series(str(segment["label"]), f"{number_text(segment['value'])} ({each.share:.0%})")
        for segment, each in zip(segments, slices, strict=True)
    ]
    return Chart("pie", title, series, slices=slices)


def _plotted(kind: str, title: str, given: Mapping[str, Any]) -> Chart:
    config = given.get("axis_config") or {}
    series = [
        Series(str(each["name"]), values={str(p["label"]): p["value"] for p in each["data"]})
        for each in given.get("series") or ()
    ]
    plot = plots.plot(
        [each.values for each in series],
        [str(category) for category in config.get("categories") or ()],
        x_label=str(config.get("x_label") or ""),
        y_label=str(config.get("y_label") or ""),
    )
    return Chart(kind, title, series, plot=plot)
