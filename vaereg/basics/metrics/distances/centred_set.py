"""Points about an origin in float32, for products of many pairs at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
import numpy as np

BLOCK = 1 << 20
"""How many values become float64 at once: 8 MiB, which caches hold."""

TILE = 1024
"""How many points of each of two sets are held against each other at once: 4 MiB of products."""

DEVIATIONS = 8.0
"""Rounding errors of a sum of d products add up to `DEVIATIONS` sqrt(d) units in the last place
with overwhelming probability (Higham and Mary 2019, "A new approach to probabilistic rounding
error analysis"); d units at the very most."""


@attrs.frozen(kw_only=True, eq=False)
class CentredSet:
    """A set of points about an origin that several sets share, divided by one power of two.

    Args:
        points: (n, d) as they came, which exact distances are measured of.
        values: (n, d) float32, (points / 2 ** exponent) - origin.
        norms: (n,) float32, their squared lengths.
        exponent: chosen so that no value of any set exceeds 1 much.
    """

    points: np.ndarray
    values: np.ndarray
    norms: np.ndarray
    exponent: int

    def __len__(self) -> int:
        return len(self.points)

    @property
    def error(self) -> float:
        """A bound on the error of |x|^2 + |y|^2 - 2 x.y of two sets, as a share of |x|^2 + |y|^2.

        It is that of d products, and of centring, the sums of squares and the last additions.
        """
        d = self.points.shape[1]
        return float(np.finfo(np.float32).eps) * (min(d, DEVIATIONS * d**0.5) + 16.0)


def centred_sets(sets: Sequence[np.ndarray], origin: np.ndarray) -> list[CentredSet]:
    """Several finite sets (n, d) about one origin (d,)."""
    exponent = common_exponent(*sets)
    scale = 2.0**-exponent
    found = []
    for points in sets:
        values = np.empty(points.shape, np.float32)
        norms = np.empty(len(points), np.float32)
        step = max(1, BLOCK // points.shape[1])
        for start in range(0, len(points), step):
            part = points[start : start + step].astype(np.float64)
            part *= scale
            part -= origin * scale
            values[start : start + step] = part
            norms[start : start + step] = np.einsum("nd,nd->n", part, part)
        found.append(CentredSet(points=points, values=values, norms=norms, exponent=exponent))
    return found


def common_exponent(*sets: np.ndarray) -> int:
    """The power of 2 that finite sets (n, d) are divided by."""
    largest = max(float(max(each.max(), -each.min())) for each in sets)
    return int(np.clip(np.frexp(largest)[1], -1000, 1000))


def distances(x: CentredSet, y: CentredSet, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """|x[rows[i]] - y[columns[i]]| / 2 ** exponent in float64, of the differences.

    Equal points are exactly 0 apart, and a pair has the same distance, to the bit, wherever and
    whichever way round it is asked for.
    """
    found = np.empty(len(rows))
    step = max(1, BLOCK // 4 // x.points.shape[1])
    scale = 2.0**-x.exponent
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        apart = x.points[rows[part]].astype(np.float64)
        apart -= y.points[columns[part]]
        apart *= scale
        found[part] = np.sqrt(np.einsum("pd,pd->p", apart, apart))
    return found


def tiles(x: CentredSet, y: CentredSet) -> Iterator[tuple[slice, slice, np.ndarray]]:
    """Products x.y in float32, tile by tile; where both are one set, each pair of tiles once.

    The array is the same each time, and the caller's to write on until the next.

    Yields:
        rows, columns: which points.
        products: (rows, columns).
    """
    held = np.empty(TILE * TILE, np.float32)
    for top in range(0, len(x), TILE):
        rows = slice(top, min(top + TILE, len(x)))
        for left in range(top if x is y else 0, len(y), TILE):
            columns = slice(left, min(left + TILE, len(y)))
            shape = rows.stop - top, columns.stop - left
            products = held[: shape[0] * shape[1]].reshape(shape)
            np.matmul(x.values[rows], y.values[columns].T, out=products)
            yield rows, columns, products
