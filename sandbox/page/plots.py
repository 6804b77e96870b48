"""Geometry of charts, in the units of their SVG: pies, and plots of series over categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, log10, pi, sin

RADIUS = 100
WIDTH = 640.0
PLOT_HEIGHT = 220.0
LINE_HEIGHT = 20.0
GAP = 8.0
# A character's width in the size that page.css sets; sine and cosine of a slanted label's angle.
CHARACTER = 7.4
SLANT = 0.71
TICKS = 5
ROUND_STEPS = (1, 2, 5, 10)
# From which value on, in what size and with what sign an axis counts.
SCALES = ((1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k"), (0.0, 1.0, ""))
# The parts of a category's width that its bars have, and of theirs that they fill; their limit.
BARS_SHARE = 0.74
BAR_SHARE = 0.92
WIDEST_BAR = 56.0

Series = Mapping[str, float]


@dataclass(frozen=True)
class Slice:
    """A segment of a pie: where it starts and how much it takes, in turns from the top."""

    start: float
    share: float

    @property
    def path(self) -> str:
        """Return its outline; in two arcs, as one arc cannot go all the way round."""
        arcs = (self.start + self.share / 2, self.start + self.share)
        ends = " ".join(f"A{RADIUS} {RADIUS} 0 0 1 {_on_circle(turn)}" for turn in arcs)
        return f"M0 0L{_on_circle(self.start)}{ends}Z"


@dataclass(frozen=True)
class Label:
    """A text beside an axis, and where along it."""

    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    category: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    category: str


@dataclass(frozen=True)
class Axes:
    """Where a plot is; its heights mean values from `low` at the bottom to `high` at the top."""

    left: float
    top: float
    right: float
    bottom: float
    low: float
    high: float
    categories: Sequence[str]

    @property
    def step(self) -> float:
        """Return the width of one category."""
        return (self.right - self.left) / max(len(self.categories), 1)

    @property
    def zero(self) -> float:
        return self.y(0)

    def x(self, category: int) -> float:
        """Return the middle of a category."""
        return self.left + self.step * (category + 0.5)

    def y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return self.bottom - part * (self.bottom - self.top)


@dataclass(frozen=True)
class Plot:
    """Axes with their labels; `height` is that of the whole picture, `slanted` its categories."""

    axes: Axes
    height: float
    ticks: Sequence[Label]
    categories: Sequence[Label]
    slanted: bool
    x_label: str = ""
    y_label: str = ""

    def bars(self, series: Series, place: int, places: int) -> list[Bar]:
        """Return the bars of a series; each category has `places` of them, side by side."""
        width = min(self.axes.step * BARS_SHARE / places, WIDEST_BAR)
        aside = width * (place - places / 2)
        zero = self.axes.zero
        return [
            Bar(at.x + aside, min(at.y, zero), width * BAR_SHARE, abs(at.y - zero), at.category)
            for at in self.points(series)
        ]

    def points(self, series: Series) -> list[Point]:
        """Return the place of each value; a category without a value has none."""
        return [
            Point(self.axes.x(index), self.axes.y(series[name]), name)
            for index, name in enumerate(self.axes.categories)
            if name in series
        ]


def pie_slices(values: Sequence[float]) -> list[Slice]:
    """Return the segments of a pie, one after the other."""
    total = sum(values) or 1.0
    shares = [value / total for value in values]
    return [Slice(sum(shares[:index]), share) for index, share in enumerate(shares)]


def plot(
    series: Sequence[Series], categories: Sequence[str], x_label: str = "", y_label: str = ""
) -> Plot:
    """Lay out axes that have room for all values, zero and their labels."""
    marks = tick_values([value for each in series for value in each.values()])
    texts = tick_texts(marks)
    left = _width(max(texts, key=len)) + GAP
    longest = max(map(_width, categories), default=0.0)
    room = (WIDTH - GAP - left) / max(len(categories), 1)
    slanted = longest > room - GAP
    if slanted:
        left = max(left, longest * SLANT - room / 2 + GAP)
    top = GAP + (LINE_HEIGHT if y_label else 0)
    bottom = top + PLOT_HEIGHT
    below = longest * SLANT + LINE_HEIGHT if slanted else LINE_HEIGHT + GAP
    axes = Axes(left, top, WIDTH - GAP, bottom, marks[0], marks[-1], categories)
    return Plot(
        axes=axes,
        height=bottom + below + (LINE_HEIGHT if x_label else 0),
        ticks=[Label(axes.y(mark), text) for mark, text in zip(marks, texts, strict=True)],
        categories=[Label(axes.x(index), name) for index, name in enumerate(categories)],
        slanted=slanted,
        x_label=x_label,
        y_label=y_label,
    )


def tick_values(values: Sequence[float]) -> list[float]:
    """Return round values from below the lowest to above the highest, with zero among them."""
    low, high = min([0.0, *values]), max([0.0, *values])
    rough = ((high - low) or 1.0) / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * each for each in ROUND_STEPS if power * each >= rough)
    if all(value == int(value) for value in values):
        step = max(step, 1.0)
    first = floor(low / step)
    last = max(ceil(high / step), first + 1)
    return [round(step * count, 10) for count in range(first, last + 1)]


def tick_texts(values: Sequence[float]) -> list[str]:
    """Return values as an axis shows them: in thousands, millions or billions if they are long."""
    longest = max(map(abs, values))
    size, sign = next((size, sign) for least, size, sign in SCALES if longest >= least)
    return [f"{value / size:,.10g}{sign if value else ''}" for value in values]


def _on_circle(turn: float) -> str:
    angle = 2 * pi * turn
    return f"{RADIUS * sin(angle):.2f} {-RADIUS * cos(angle):.2f}"


def _width(text: str) -> float:
    return len(text) * CHARACTER
