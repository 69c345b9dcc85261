"""A likelihood of one value, examined as a distribution over numbers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from keras import ops

from vaereg.contracts.likelihood import log_density_of
from vaereg.testing.cases import Case, case, forms_in_order

if TYPE_CHECKING:
    from vaereg.testing.harness import Harness

AXES = {"image": 3, "vector": 1, "sequence": 2}
"""How many axes an example has."""

FAR = 1e5
"""How far the density is integrated, in widths of the range; far enough for long tails."""

NEAR = 1e-4
"""The width of the finest cells, in widths of the range."""

POINTS = 12_001
"""The number of cell edges around the mean."""

INSIDE = 8_001
"""The number of further cell edges, spaced evenly within the range."""


MOST = 1e290
"""Densities are clipped here, so that their sums stay finite."""


def single_values(forms: Iterable[str]) -> list[Case]:
    """Cases whose examples have one value, in the first of the forms."""
    form = forms_in_order(forms)[0]
    shape = (1,) * AXES[form]
    told: list[tuple[str, tuple[float, float] | None, int | None]] = [
        ("one value in [0, 1]", (0.0, 1.0), None),
        ("one value in [-1, 1]", (-1.0, 1.0), None),
        ("one value in [0, 255]", (0.0, 255.0), None),
        ("one unbounded value", None, None),
        ("one bit", (0.0, 1.0), 2),
        ("one value on 256 levels", (0.0, 1.0), 256),
    ]
    return [
        case(name, form, shape, (2,), value_range=bounds, levels=levels)
        for name, bounds, levels in told
    ]


class OneValue:
    """The density at given decoder outputs, summed over the levels and integrated.

    Integrated by the midpoint rule over cells that are fine within the range of the data and near
    the mean, and grow with the distance from it. The bounds of the range are edges of cells.

    Args:
        harness: a likelihood, built for a case of one value.
        outputs: (1, ..., channels).

    Attributes:
        levels: the values that the data may have, if it is discrete; otherwise empty.
        over_levels: the sum of exp(log_prob) over the levels.
        integral, inside: the integral of exp(log_prob) over all numbers, and over the range.
    """

    def __init__(self, harness: Harness, outputs: np.ndarray) -> None:
        self._harness = harness
        self._outputs = outputs
        data = harness.case.data
        self.range = data.value_range
        low, high = self.range or (0.0, 1.0)
        levels = np.linspace(low, high, data.levels) if data.levels else np.zeros(0)
        self.levels = levels.astype(np.float64)
        self._level_chance = self._density(self.levels) if len(self.levels) else self.levels
        self.over_levels = float(self._level_chance.sum())
        edges = self._bin_edges(low, high)
        middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
        self._places, self._chance = edges, self._density(middle) * width
        within = (middle > low) & (middle < high)
        self.integral = float(self._chance.sum())
        self.inside = float(self._chance[within].sum())
        self._within = within

    def sound(self, slack: float) -> bool:
        """Whether exp(log_prob) sums to 1 over all numbers, over the range or over the levels."""
        found = [self.integral]
        if self.range is not None:
            found.append(self.inside)
        if len(self.levels):
            found.append(self.over_levels)
        return any(_distance_from_one(each) < slack for each in found)

    def at_most_one(self, slack: float) -> bool:
        """Whether a bound sums to at most 1 over all numbers, over the range or over the levels."""
        found = [self.integral, self.inside] if self.range is not None else [self.integral]
        return min([*found, self.over_levels] if len(self.levels) else found) < 1.0 + slack

    def claimed(self, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places, and the chance that exp(log_prob) claims for each.

        The places are the levels if all draws (n,) are levels, else the cells of the integral.
        """
        if len(self.levels):
            off = np.abs(drawn[:1000, None] - self.levels[None]).min(axis=1).max()
            if off < 1e-3 * float(np.diff(self.levels).min()):
                return self.levels, self._level_chance
        places = (self._places[1:] + self._places[:-1]) / 2
        if self.range is None:
            return places, self._chance
        return places[self._within], self._chance[self._within]

    @cached_property
    def discrete(self) -> bool:
        """Whether it is a distribution over the levels rather than a density."""
        least = min(_distance_from_one(self.integral), _distance_from_one(self.inside))
        return bool(len(self.levels)) and _distance_from_one(self.over_levels) < least

    @property
    def description(self) -> str:
        """What exp(log_prob) sums and integrates to, and where."""
        found = f"it integrates to {self.integral:.4f} over all numbers"
        if self.range is not None:
            low, high = self.range
            found += f" and to {self.inside:.4f} over value_range, [{low:g}, {high:g}]"
            if self.inside < 1e-3 * self.integral < np.inf:
                found += ", so all of it lies outside value_range"
        if len(self.levels):
            found += f"; it sums to {self.over_levels:.4f} over the {len(self.levels)} levels"
        return found

    @property
    def mean(self) -> float:
        """The mean of the distribution."""
        places, chance = self._distribution
        return float(places @ chance)

    @property
    def deviation(self) -> float:
        """The standard deviation of the distribution."""
        places, chance = self._distribution
        return float(np.sqrt(np.square(places - self.mean) @ chance))

    def gap(self, drawn: np.ndarray) -> tuple[float, float]:
        """The largest difference between the distribution functions of draws (n,) and density.

        Returns:
            The difference, positive if too many draws lie below, and the value where it occurs.
        """
        if self.discrete:
            half = 0.5 * float(np.diff(self.levels).min())
            places, due = self.levels + half, np.cumsum(self._level_chance)
        else:
            places = self._places[1:]
            counted = (
                np.where(self._within, self._chance, 0.0) if self._is_truncated else self._chance
            )
            due = np.cumsum(counted)
        below = np.searchsorted(np.sort(drawn), places, side="right") / len(drawn)
        excess = below - due / due[-1]
        at = int(np.argmax(np.abs(excess)))
        return float(excess[at]), float(places[at])

    @property
    def _is_truncated(self) -> bool:
        """Whether the density is normalised over the range rather than over all numbers."""
        return self.range is not None and _distance_from_one(self.inside) < _distance_from_one(
            self.integral
        )

    @cached_property
    def _distribution(self) -> tuple[np.ndarray, np.ndarray]:
        if self.discrete:
            return self.levels, self._level_chance / self.over_levels
        middle = (self._places[1:] + self._places[:-1]) / 2
        counted = np.where(self._within, self._chance, 0.0) if self._is_truncated else self._chance
        return middle, counted / counted.sum()

    def _bin_edges(self, low: float, high: float) -> np.ndarray:
        span = high - low
        mean = float(np.ravel(ops.convert_to_numpy(self._mean()))[0])
        centre = mean if np.isfinite(mean) else 0.5 * (low + high)
        reach = np.arcsinh(FAR / NEAR)
        about = centre + NEAR * span * np.sinh(np.linspace(-reach, reach, POINTS))
        return np.unique(np.concatenate([about, np.linspace(low, high, INSIDE)]))

    def _mean(self) -> object:
        return self._harness.part.mean(ops.convert_to_tensor(self._outputs))

    def _density(self, values: np.ndarray) -> np.ndarray:
        shape = (len(values), *self._harness.case.data.shape)
        x = ops.convert_to_tensor(values.astype(np.float32).reshape(shape))
        outputs = ops.convert_to_tensor(np.repeat(self._outputs, len(values), axis=0))
        found = log_density_of(self._harness.part, x, outputs, seed=0)
        log_density = np.asarray(ops.convert_to_numpy(found), np.float64)
        with np.errstate(over="ignore"):
            # Infinite where a formula meant for the range grows outside it.
            return np.minimum(np.exp(log_density), MOST)


def _distance_from_one(total: float) -> float:
    """How far a sum is from 1; infinite if the sum is not a number."""
    return np.inf if np.isnan(total) else abs(total - 1.0)
