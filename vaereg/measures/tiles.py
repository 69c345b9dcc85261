"""Products and distances of many pairs of points, tile by tile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from vaereg.measures.centred_points import CentredPoints, Float, Frame

TILE = 1024
"""The number of points of each set to compare at once: 4 MiB of products in float32."""

BAND = 64
"""The number of rows of a tile to work on at once: 256 KiB, which fit in the second cache."""

HELD = 1 << 23
"""The number of values to centre at once if they are not kept: 32 MiB in float32."""


class Tile(NamedTuple):
    """All pairs of a range of points of one set and a range of points of another.

    Args:
        rows: the range of points of the first set.
        columns: the range of points of the second set.
        values: (rows, columns) the products x.y, or lower bounds on the squared distances.
        row_norms, column_norms: the squared lengths of the points.
    """

    rows: slice
    columns: slice
    values: np.ndarray
    row_norms: np.ndarray
    column_norms: np.ndarray


def product_tiles(x: CentredPoints, y: CentredPoints) -> Iterator[Tile]:
    """Computes the products of all pairs; if x is y, each pair of tiles comes once.

    The array of a tile is reused for the next tile; until then, the caller may write to it.
    """
    held = np.empty(min(TILE, len(x)) * min(TILE, len(y)), x.values.dtype)
    for top in range(0, len(x), TILE):
        rows = slice(top, min(top + TILE, len(x)))
        for left in range(top if x is y else 0, len(y), TILE):
            columns = slice(left, min(left + TILE, len(y)))
            shape = rows.stop - top, columns.stop - left
            products = held[: shape[0] * shape[1]].reshape(shape)
            np.matmul(x.values[rows], y.values[columns].T, out=products)
            yield Tile(rows, columns, products, x.norms[rows], y.norms[columns])


def into_bounds(tile: Tile, error: float) -> np.ndarray:
    """Turns the products of a tile, in place, into lower bounds on the squared distances.

    The smallest normal number is subtracted too, since smaller products lose digits.

    Args:
        tile: the products, which are overwritten.
        error: the error of |x|^2 + |y|^2 - 2 x.y, as a share of |x|^2 + |y|^2.
    """
    bounds = tile.values
    less = bounds.dtype.type(1.0 - error)
    tiny = np.finfo(bounds.dtype).tiny
    of_columns = tile.column_norms * less
    of_rows = (tile.row_norms * less - tiny)[:, None]
    for start in range(0, len(bounds), BAND):
        band = bounds[start : start + BAND]
        band *= bounds.dtype.type(-2.0)
        band += of_columns
        band += of_rows[start : start + BAND]
    return bounds


def streamed_bounds(
    frame: Frame, queries: np.ndarray, references: np.ndarray, dtype: Float = np.float32
) -> Iterator[Tile]:
    """Computes lower bounds on the squared distances of all pairs, without keeping centred points.

    Memory beyond the arguments is at most 64 MiB in float32 and twice that in float64.

    Args:
        frame: the frame of both sets.
        queries: (n, d).
        references: (m, d).
        dtype: the type to compute in.
    """
    many = max(1, HELD // references.shape[1])
    few = min(TILE, many)
    for left in range(0, len(references), many):
        y = frame.centred(references[left : left + many], dtype)
        for top in range(0, len(queries), few):
            x = frame.centred(queries[top : top + few], dtype)
            for tile in product_tiles(x, y):
                into_bounds(tile, x.error)
                yield tile._replace(
                    rows=slice(tile.rows.start + top, tile.rows.stop + top),
                    columns=slice(tile.columns.start + left, tile.columns.stop + left),
                )
