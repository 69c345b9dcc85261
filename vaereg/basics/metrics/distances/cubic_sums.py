"""Sums of t^3 + 3 t^2 over pairs, the part of a cubic kernel that needs every pair."""

from __future__ import annotations

import numpy as np


class CubicSums:
    """Adds up t^2 (t + 3), t = factor * product, by point.

    (1 + t)^3 is that plus 1 + 3 t, whose sums follow from sums of points. Without them the terms
    are small, and float32 loses none of the digits that differences of means need.

    Args:
        n, m: how many points each set has.
        factor: what products are multiplied by.
    """

    def __init__(self, n: int, m: int, factor: float) -> None:
        self.of_x = np.zeros(n)
        self.of_y = np.zeros(m)
        self._factor = np.float32(factor)

    def look(self, rows: slice, columns: slice, products: np.ndarray, *, within: bool) -> None:
        """Takes in products (rows, columns), which it does not change.

        Args:
            rows, columns: which points.
            products: in float32.
            within: whether both sets are one, of which each pair is looked at once; then all sums
                are in `of_x`, without the pairs of a point with itself.
        """
        t = products * self._factor
        cubes = t + np.float32(3.0)
        t *= t
        cubes *= t
        if within and rows == columns:
            np.fill_diagonal(cubes, 0.0)
        self.of_x[rows] += np.add.reduce(cubes, axis=1, dtype=np.float64)
        if not within:
            self.of_y[columns] += np.add.reduce(cubes, axis=0, dtype=np.float64)
        elif rows != columns:
            self.of_x[columns] += np.add.reduce(cubes, axis=0, dtype=np.float64)
