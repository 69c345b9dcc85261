"""The marks of a chart, in the values of its axes."""

from __future__ import annotations

import attrs
import numpy as np


@attrs.frozen(kw_only=True, eq=False)
class Line:
    """Points joined in their order.

    Args:
        x, y: (n,) each; a point that is not finite interrupts the line.
        series: "real", "a", "b", "c" or "d", which decides colour and dashes.
        faint: whether it is drawn pale.
        dots: whether each point has a dot.
    """

    x: np.ndarray
    y: np.ndarray
    series: str
    faint: bool = False
    dots: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Band:
    """The area between two lines over the same x (n,)."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    series: str


@attrs.frozen(kw_only=True, eq=False)
class Outline:
    """A histogram: shares (n,) between edges (n + 1,), filled down to 0."""

    edges: np.ndarray
    shares: np.ndarray
    series: str


@attrs.frozen(kw_only=True, eq=False)
class Points:
    """Many small dots at x, y (n,)."""

    x: np.ndarray
    y: np.ndarray
    series: str


@attrs.frozen(kw_only=True, eq=False)
class Bars:
    """Vertical bars from 0 to y (n,), centred at x (n,), with a width in units of x."""

    x: np.ndarray
    y: np.ndarray
    width: float
    series: str


@attrs.frozen(kw_only=True)
class Rule:
    """A horizontal line at a value of y; the legend says what it means."""

    y: float


Mark = Line | Band | Outline | Points | Bars | Rule
