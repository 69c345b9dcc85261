"""A chart: axes and marks in their own values."""

from __future__ import annotations

import attrs

from vaereg.reporting.figures.marks import Mark
from vaereg.reporting.figures.scale import Scale

WIDTH, HEIGHT = 380, 240
"""The usual size of a chart, in units of its drawing: about one pixel each."""


@attrs.frozen(kw_only=True)
class Axis:
    """One axis of a chart.

    Args:
        label: the quantity, with the unit in brackets.
        scale: the scale of its values.
        named: values and their labels, as ticks instead of round numbers.
    """

    label: str
    scale: Scale
    named: tuple[tuple[float, str], ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Chart:
    """A chart that is not drawn yet.

    Args:
        title: the text above the chart; may be empty.
        summary: the alternative text, for readers who cannot see it.
        x, y: the axes.
        marks: from back to front.
        width, height: see WIDTH, HEIGHT.
    """

    title: str
    summary: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
