"""Sums of t^3 + 3 t^2 over pairs, the part of a cubic kernel that needs every pair."""

from __future__ import annotations

import numpy as np

from vaereg.measures.tiles import BAND, Tile


class CubicSums:
    """Sums t^2 (t + 3) over pairs for each point, with t = factor * product.

    The kernel (1 + t)^3 equals this plus 1 + 3 t, and the sums of 1 + 3 t follow from sums of
    points. The remaining terms are small, so float32 keeps all digits that differences of means
    need. Sums over a band of a tile are in float32 too: their errors are smaller than those of the
    products, and independent, so they cancel in means. Bands are added in float64.

    Args:
        n, m: the number of points in each set.
        factor: multiplies the products.
    """

    def __init__(self, n: int, m: int, factor: float) -> None:
        self.factor = factor
        self.of_x = np.zeros(n)
        self.of_y = np.zeros(m)

    def add(self, tile: Tile, *, within: bool) -> None:
        """Adds a tile of float32 products, which is left unchanged.

        Args:
            tile: the products.
            within: whether both sets are the same set, whose pairs of tiles come once each. All
                sums are then in `of_x`, and pairs of a point with itself are left out.
        """
        rows, columns = tile.rows, tile.columns
        own = within and rows == columns
        by_column = np.zeros(tile.values.shape[1])
        held = np.empty((2, BAND, len(by_column)), np.float32)
        for start in range(0, len(tile.values), BAND):
            part = tile.values[start : start + BAND]
            t, cubes = held[:, : len(part)]
            np.multiply(part, np.float32(self.factor), out=t)
            np.add(t, np.float32(3.0), out=cubes)
            t *= t
            cubes *= t
            if own:
                line = np.arange(len(part))
                cubes[line, start + line] = 0.0
            first = rows.start + start
            self.of_x[first : first + len(part)] += np.add.reduce(cubes, axis=1)
            by_column += np.add.reduce(cubes, axis=0)
        if not within:
            self.of_y[columns] += by_column
        elif not own:
            self.of_x[columns] += by_column
