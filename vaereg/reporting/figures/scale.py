"""Scales: the position of a value between the ends of an axis, and the values that get a tick.

For every scale, `place(low)` is 0 and `place(high)` is 1, increasing in between; values beyond the
ends lie outside [0, 1]. `ticks(count)` gives about that many round values within the ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs
import numpy as np


@attrs.frozen
class Linear:
    """Equal differences are equally far apart."""

    low: float
    high: float

    def place(self, values: np.ndarray) -> np.ndarray:
        return (np.asarray(values, np.float64) - self.low) / (self.high - self.low)

    def ticks(self, count: int) -> list[float]:
        step = round_step((self.high - self.low) / max(count, 1))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [index * step for index in range(first, last + 1)]


@attrs.frozen
class Logarithmic:
    """Equal ratios are equally far apart; both ends are above 0."""

    low: float
    high: float

    def place(self, values: np.ndarray) -> np.ndarray:
        values = np.maximum(np.asarray(values, np.float64), self.low * 1e-6)
        return np.log(values / self.low) / math.log(self.high / self.low)

    def ticks(self, count: int) -> list[float]:
        decades = math.log10(self.high / self.low)
        if decades < 1:  # 1, 2, 5 would give one or two ticks
            return Linear(self.low, self.high).ticks(count)
        leaps = (1, 2, 5) if decades * 3 <= count + 1 else (1, 3) if decades * 2 <= count else (1,)
        stride = max(1, math.ceil(decades / max(count, 1)))
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        powers = [power for power in range(first, last + 1) if power % stride == 0]
        ticks = [leap * 10.0**power for power in powers for leap in leaps]
        return [each for each in ticks if self.low * 0.999 <= each <= self.high * 1.001]


Scale = Linear | Logarithmic


def round_step(rough: float) -> float:
    """The smallest number 1, 2 or 5 times a power of ten that is not below a rough step.

    Raises:
        ValueError: for a step that is not above 0.
    """
    if not rough > 0 or not math.isfinite(rough):
        raise ValueError(f"a step must be finite and above 0; got {rough}")
    power = 10.0 ** math.floor(math.log10(rough))
    return next(leap * power for leap in (1, 2, 5, 10) if leap * power >= rough * (1 - 1e-9))


def linear(values: Iterable[np.ndarray], *, include: Iterable[float] = ()) -> Linear:
    """The scale of some values, widened to round ends.

    Args:
        values: any arrays; values that are not finite are left out.
        include: further values that must lie within.
    """
    low, high = _finite_range(values, include)
    if low == high:
        margin = abs(low) * 0.1 or 0.5
        low, high = low - margin, high + margin
    step = round_step((high - low) / 10)
    return Linear(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)


def logarithmic(values: Iterable[np.ndarray], *, include: Iterable[float] = ()) -> Logarithmic:
    """The logarithmic scale of the values above 0, with a small margin at both ends.

    Args:
        values: any arrays; values that are not finite or not above 0 are left out.
        include: further values that must lie within.
    """
    positive = [np.asarray(each, np.float64).ravel() for each in values]
    positive = [each[np.isfinite(each) & (each > 0)] for each in positive]
    low, high = (
        _finite_range(positive, [each for each in include if each > 0]) if positive else (1.0, 1.0)
    )
    if low <= 0:
        low, high = 1.0, 10.0
    if high / low < 1.01:
        low, high = low / 1.5, high * 1.5
    room = (high / low) ** 0.03
    return Logarithmic(low / room, high * room)


def _finite_range(values: Iterable[np.ndarray], include: Iterable[float]) -> tuple[float, float]:
    """The smallest and largest finite value; 0 and 0 if there is none."""
    arrays = [np.asarray(each, np.float64).ravel() for each in values]
    arrays.append(np.asarray(list(include), np.float64))
    finite = np.concatenate([each[np.isfinite(each)] for each in arrays])
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
