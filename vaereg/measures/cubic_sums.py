"""Sums of t^3 + 3 t^2 over pairs, the part of a cubic kernel that needs every pair."""

from __future__ import annotations

import numpy as np

from vaereg.measures.tiles import Tile


class CubicSums:
    """Sums t^2 (t + 3) over pairs for each point, with t = factor * product.

    The kernel (1 + t)^3 equals this plus 1 + 3 t, and the sums of 1 + 3 t follow from sums of
    points. The remaining terms are small, so float32 keeps all digits that differences of means
    need.

    Args:
        n, m: the number of points in each set.
        factor: multiplies the products.
    """

    def __init__(self, n: int, m: int, factor: float) -> None:
        self.of_x = np.zeros(n)
        self.of_y = np.zeros(m)
        self._factor = np.float32(factor)

    def add(self, tile: Tile, *, within: bool) -> None:
        """Adds a tile of float32 products, which is left unchanged.

        Args:
            tile: the products.
            within: whether both sets are the same set, whose pairs of tiles come once each. All
                sums are then in `of_x`, and pairs of a point with itself are left out.
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
