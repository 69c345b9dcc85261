"""How many balls a point lies in."""

from __future__ import annotations

import numpy as np

from vaereg.measures.exact_distances import exact_distances
from vaereg.measures.point_sets import point_sets
from vaereg.measures.squared_distances import SquaredDistances

MANY = 0.01
"""From this share of pairs too close to call on, float64 decides before they are measured."""

FAR = 1e15
"""More than any distance of points that were scaled (see `SquaredDistances`)."""


def count_within(queries: np.ndarray, references: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """How many references each query is nearer to than their radius.

    Pairs that rounding could decide are measured as `nearest_neighbours` measures them, so a point
    at exactly the distance that a radius was taken from lies outside. No array of n * m is made.

    Args:
        queries: (n, d).
        references: (m, d).
        radii: (m,) of the references.

    Returns:
        (n,) int64, #{j: |q_i - r_j| < radius_j}.

    Raises:
        ValueError: for arrays of another rank, unequal d, empty or not finite; for radii of
            another shape, or NaN.
    """
    queries, references = point_sets(queries, references)
    radii = np.asarray(radii, np.float64)
    if radii.shape != (len(references),) or np.isnan(radii).any():
        raise ValueError(
            f"radii must be {len(references)} numbers, one for each reference, and none NaN; "
            f"got shape {radii.shape} with {np.isnan(radii).sum()} NaN"
        )
    squared = SquaredDistances.of(queries, references)
    counts = np.zeros(len(queries), np.int64)
    rows = np.arange(len(queries))
    for dtype in (np.float32, np.float64):
        rows = _count(squared, rows, radii, dtype, counts)
    return counts


def _count(
    squared: SquaredDistances, rows: np.ndarray, radii: np.ndarray, dtype: type, counts: np.ndarray
) -> np.ndarray:
    """Counts for some queries, and returns those that must be counted in float64 instead."""
    # A radius beyond all distances may as well be shorter, so that float32 holds its square.
    limits = np.square(np.minimum(np.ldexp(radii, -squared.exponent), FAR))
    error = squared.error(dtype)
    share = 0.0 if dtype is np.float64 else MANY
    unclear = np.zeros(len(rows), bool)
    for part, columns, block, norms in squared.blocks(rows, dtype):
        limit, positive = limits[columns], radii[columns] > 0.0
        norms *= dtype(error)
        # Rounding the limit to `dtype` moves it by less than the error of what lies near it.
        slack = norms + (limit * np.finfo(dtype).eps).astype(dtype)
        block -= limit.astype(dtype)
        inside = (block < -slack) & positive
        close = (np.abs(block) <= slack) & positive
        counts[rows[part]] += inside.sum(axis=1)
        if share:
            many = close.sum(axis=1) > share * block.shape[1] + 16
            unclear[part] |= many
            close[many] = False
        first, second = np.nonzero(close)
        second += columns.start
        within = exact_distances(squared.queries, squared.references, rows[part][first], second)
        hits = first[within < radii[second]]
        counts[rows[part]] += np.bincount(hits, minlength=len(part))
    counts[rows[unclear]] = 0
    return rows[unclear]
