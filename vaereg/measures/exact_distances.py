"""Distances between pairs of points, computed without cancellation."""

from __future__ import annotations

import numpy as np

BLOCK = 1 << 18
"""The number of differences to hold at once: 2 MiB of float64, which fits in caches."""

SAFE = (1e-140, 1e140)
"""Differences in this range have squares that neither vanish nor overflow."""


def exact_distances(
    queries: np.ndarray, references: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Computes |queries[rows[i]] - references[columns[i]]| for each i, from float64 differences.

    Equal points have distance 0. A pair gets bit for bit the same distance in every call and in
    either order, so a distance is never "<" itself.

    Args:
        queries: (n, d).
        references: (m, d).
        rows, columns: (pairs,) int.

    Returns:
        (pairs,) float64.
    """
    found = np.empty(len(rows))
    step = max(1, BLOCK // queries.shape[1])
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        apart = queries[rows[part]].astype(np.float64)
        apart -= references[columns[part]]
        found[part] = _norms(apart)
    return found


def exact_distances_within(points: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Computes |points[rows[i]] - points[columns[i]]| for each i, each pair once."""
    n = len(points)
    pairs, place = np.unique(
        np.minimum(rows, columns) * n + np.maximum(rows, columns), return_inverse=True
    )
    distances: np.ndarray = exact_distances(points, points, *np.divmod(pairs, n))[place]
    return distances


def _norms(apart: np.ndarray) -> np.ndarray:
    """The length of each row (pairs, d)."""
    with np.errstate(over="ignore", under="ignore"):
        norms: np.ndarray = np.sqrt(np.einsum("pd,pd->p", apart, apart))
    extreme = np.flatnonzero((norms < SAFE[0]) | (norms > SAFE[1]))
    if len(extreme):  # dividing by a power of two changes no digit
        rows = apart[extreme]
        _, exponent = np.frexp(np.abs(rows).max(axis=1))
        rows = np.ldexp(rows, -exponent[:, None])
        norms[extreme] = np.ldexp(np.sqrt(np.einsum("pd,pd->p", rows, rows)), exponent)
    return norms
