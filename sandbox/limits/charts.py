"""Rules of charts: the block `data_visualization`."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.limits.elements import ID
from sandbox.limits.rules import Finding, ListOf, Number, OneOf, Shape, String

LABEL = String(20)
SEGMENT = Shape({"label": LABEL, "value": Number(above=0, integer_only=False)})
POINT = Shape({"label": LABEL, "value": Number(integer_only=False)})
SERIES = Shape({"name": LABEL, "data": ListOf(POINT, 20)})
AXES = Shape({"categories": ListOf(LABEL, 20)}, {"x_label": String(50), "y_label": String(50)})


def names_are_unique(chart: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _repeated([each["name"] for each in chart["series"]], "/series/{}/name")
    yield from _repeated(chart["axis_config"]["categories"], "/axis_config/categories/{}")


def _repeated(names: list[str], pointer: str) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(pointer.format(index), f"{name!r} is already in use")


def series_have_a_point_per_category(chart: Mapping[str, Any]) -> Iterator[Finding]:
    categories = sorted(chart["axis_config"]["categories"])
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != categories:
            yield Finding(f"/series/{index}/data", "must have exactly one point per category")


PLOT = Shape(
    {"series": ListOf(SERIES, 6), "axis_config": AXES},
    checks=(names_are_unique, series_have_a_point_per_category),
)
CHART = OneOf(
    {"pie": Shape({"segments": ListOf(SEGMENT, 6)}), "bar": PLOT, "area": PLOT, "line": PLOT}
)
DATA_VISUALIZATION = Shape({"title": String(50), "chart": CHART}, {"block_id": ID})
