"""Sums of t^3 + 3 t^2 over pairs, the part of a cubic kernel that needs every pair."""

from __future__ import annotations

import numpy as np

from vaereg.measures.tiles import Tile


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

    def add(self, tile: Tile, *, within: bool) -> None:
        """Takes in a tile of products in float32, which it does not change.

        Args:
            tile: of products.
            within: whether both sets are one, of which each pair of tiles comes once; then all
                sums are in `of_x`, without the pairs of a point with itself.
        """
        rows, columns = tile.rows, tile.columns
        t = tile.values * self._factor
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
