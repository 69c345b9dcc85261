"""A chart laid out: paths, ticks and labels with their positions, ready for the SVG template.

The page shows a unit of the drawing as 0.9 to 1.2 pixels, so its text is as legible on a phone as
on a screen.
"""

from __future__ import annotations

from itertools import pairwise

import attrs
import numpy as np

from vaereg.reporting.figures import written
from vaereg.reporting.figures.chart import Axis, Chart
from vaereg.reporting.figures.marks import Band, Bars, Line, Outline, Points, Rule
from vaereg.reporting.figures.scale import Logarithmic, Scale

LETTER = 7.0
"""The largest width of a letter of a tick label, at the size in the style sheet."""

TOP, BOTTOM, RIGHT = 26.0, 42.0, 14.0
"""Margins of the frame: above for the label of the y axis, below for ticks and label of x."""

APART = 12.0
"""The smallest gap between two labels of the x axis."""


@attrs.frozen
class Tick:
    """A label, and the position of its centre along the axis."""

    at: float
    label: str


@attrs.frozen
class Path:
    """A path of SVG in the frame's own units, and the classes that colour it."""

    d: str
    classes: str


@attrs.frozen(kw_only=True)
class Drawing:
    """The input of the SVG template.

    Args:
        title, summary, width, height, x_label, y_label: of the chart.
        left, top, inner_width, inner_height: the frame; paths start from its corner.
        x_ticks, y_ticks: relative to the frame's corner.
        paths: the marks.
    """

    title: str
    summary: str
    width: int
    height: int
    left: float
    top: float
    inner_width: float
    inner_height: float
    x_label: str
    y_label: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    paths: tuple[Path, ...]


def draw(chart: Chart) -> Drawing:
    """Lays a chart out."""
    y_values, y_labels = _all_ticks(chart.y, max(2, round((chart.height - TOP - BOTTOM) / 34)))
    left = round(max(map(len, y_labels), default=1) * LETTER + 12)
    frame = _Frame(
        width=chart.width - left - RIGHT,
        height=chart.height - TOP - BOTTOM,
        x=chart.x.scale,
        y=chart.y.scale,
    )
    x_values, x_labels = _all_ticks(chart.x, max(2, round(frame.width / 58)))
    x_places = frame.across(np.asarray(x_values, np.float64))
    y_places = frame.down(np.asarray(y_values, np.float64))
    paths: list[Path] = []
    for mark in chart.marks:
        match mark:
            case Line():
                paths += frame.line(mark)
            case Band():
                paths.append(frame.band(mark))
            case Outline():
                paths += frame.outline(mark)
            case Points():
                paths.append(frame.points(mark))
            case Bars():
                paths.append(frame.bars(mark))
            case Rule():
                height = float(frame.down(np.asarray(mark.y)))
                paths.append(Path(f"M0 {_rounded(height)}H{_rounded(frame.width)}", "rule"))
    return Drawing(
        title=chart.title,
        summary=chart.summary,
        width=chart.width,
        height=chart.height,
        left=left,
        top=TOP,
        inner_width=round(frame.width, 1),
        inner_height=round(frame.height, 1),
        x_label=chart.x.label,
        y_label=chart.y.label,
        x_ticks=_separated_ticks(x_places, x_labels, left, chart.width),
        y_ticks=tuple(
            Tick(round(float(at), 1), label) for at, label in zip(y_places, y_labels, strict=True)
        ),
        paths=tuple(paths),
    )


def _all_ticks(axis: Axis, count: int) -> tuple[list[float], list[str]]:
    if axis.named:
        return [value for value, _ in axis.named], [label for _, label in axis.named]
    values = axis.scale.ticks(count)
    labels = written.alone if isinstance(axis.scale, Logarithmic) else written.ticks
    return values, labels(values)


def _separated_ticks(
    places: np.ndarray, labels: list[str], left: float, width: float
) -> tuple[Tick, ...]:
    """The ticks whose labels neither touch each other nor leave the drawing.

    Every second tick is dropped, repeatedly, until the rest fits, so the spacing stays even.
    """
    ticks = [
        Tick(round(float(at), 1), label)
        for at, label in zip(places, labels, strict=True)
        if left + at + len(label) * LETTER / 2 <= width and left + at >= len(label) * LETTER / 2
    ]
    while len(ticks) > 1 and any(
        after.at - before.at < (len(before.label) + len(after.label)) / 2 * LETTER + APART
        for before, after in pairwise(ticks)
    ):
        ticks = ticks[::2]
    return tuple(ticks)


@attrs.frozen(kw_only=True)
class _Frame:
    """The area between the axes, and the paths of marks in it."""

    width: float
    height: float
    x: Scale
    y: Scale

    def across(self, values: np.ndarray) -> np.ndarray:
        return self.x.place(values) * self.width

    def down(self, values: np.ndarray) -> np.ndarray:
        return (1.0 - self.y.place(values)) * self.height

    def line(self, mark: Line) -> list[Path]:
        x, y = self.across(mark.x), self.down(mark.y)
        faint = " faint" if mark.faint else ""
        paths = [Path(_line_path(x, y), f"line {mark.series}{faint}")]
        if mark.dots:
            paths.append(Path(_dots_path(x, y), f"dots {mark.series}{faint}"))
        return paths

    def band(self, mark: Band) -> Path:
        x = self.across(mark.x)
        there, back = self.down(mark.high), self.down(mark.low)
        around = _line_path(np.r_[x, x[::-1]], np.r_[there, back[::-1]])
        return Path(f"{around}Z", f"area {mark.series}")

    def outline(self, mark: Outline) -> list[Path]:
        x = np.repeat(self.across(mark.edges), 2)
        y = self.down(np.r_[0.0, np.repeat(mark.shares, 2), 0.0])
        d = _line_path(x, y)
        return [Path(f"{d}Z", f"area {mark.series}"), Path(d, f"line {mark.series}")]

    def points(self, mark: Points) -> Path:
        return Path(_dots_path(self.across(mark.x), self.down(mark.y)), f"points {mark.series}")

    def bars(self, mark: Bars) -> Path:
        left = self.across(mark.x - mark.width / 2)
        wide = self.across(mark.x + mark.width / 2) - left
        bottom = min(float(self.down(np.asarray(max(self.y.low, 0.0)))), self.height)
        d = "".join(
            f"M{_rounded(a)} {_rounded(bottom)}V{_rounded(b)}h{_rounded(w)}V{_rounded(bottom)}Z"
            for a, b, w in zip(left, self.down(mark.y), wide, strict=True)
        )
        return Path(d, f"bars {mark.series}")


def _line_path(x: np.ndarray, y: np.ndarray) -> str:
    parts, pen = [], "M"
    for a, b in zip(x, y, strict=True):
        if not np.isfinite(a) or not np.isfinite(b):
            pen = "M"
            continue
        parts.append(f"{pen}{_rounded(a)} {_rounded(b)}")
        pen = "L"
    return "".join(parts)


def _dots_path(x: np.ndarray, y: np.ndarray) -> str:
    """Paths of length zero, which round line caps turn into dots: a few bytes each."""
    return "".join(
        f"M{_rounded(a)} {_rounded(b)}h0"
        for a, b in zip(x, y, strict=True)
        if np.isfinite(a) and np.isfinite(b)
    )


def _rounded(value: float) -> str:
    """A position rounded to a tenth, and bounded so that positions outside the frame stay short."""
    rounded = round(min(max(float(value), -1e4), 1e4), 1) + 0.0  # + 0.0 turns -0.0 into 0.0
    return f"{rounded:.1f}".removesuffix(".0")
