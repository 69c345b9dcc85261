"""The nearest neighbours of points, exact and in bounded memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.measures.exact_distances import exact_distances
from vaereg.measures.point_sets import point_sets
from vaereg.measures.squared_distances import SquaredDistances

SPARE = 8
"""How many more candidates than neighbours are looked at exactly."""

NEGLIGIBLE = 1e-9
"""The share of a squared distance by which another reference may be nearer unnoticed."""


class Neighbours(NamedTuple):
    """The nearest neighbours of each query.

    Args:
        distances: (n, k) float64, increasing along a row.
        indices: (n, k) int64, which references they are; of equally near ones the first.
    """

    distances: np.ndarray
    indices: np.ndarray


def nearest_neighbours(
    queries: np.ndarray, references: np.ndarray, k: int = 1, *, leave_out_self: bool = False
) -> Neighbours:
    """The k nearest references of each query, by Euclidean distance.

    Candidates are found by |q|^2 + |r|^2 - 2 q.r in float32 less a bound on its error, and
    measured exactly; a query whose other references cannot all be ruled out by that bound is
    looked at again in float64, and where that leaves a doubt of more than 1e-9, one by one. So
    distances are those of `exact_distances`: copies are exactly 0 apart. No array of n * m is
    made; the memory beyond the arguments stays below 0.4 GB.

    Args:
        queries: (n, d).
        references: (m, d).
        k: how many neighbours.
        leave_out_self: that query i is no neighbour of itself, `references` being `queries`; equal
            points elsewhere still are.

    Raises:
        ValueError: for arrays of another rank, unequal d, empty, or not finite; for more neighbours
            than references; for `leave_out_self` with unequal shapes.
    """
    queries, references = point_sets(queries, references)
    if leave_out_self and queries.shape != references.shape:
        raise ValueError(
            "leave_out_self needs the references to be the queries; got shapes "
            f"{queries.shape} and {references.shape}"
        )
    there = len(references) - leave_out_self
    if not 1 <= k <= there:
        raise ValueError(f"k must be from 1 to the number of other references, {there}; got {k}")
    squared = SquaredDistances.of(queries, references)
    distances = np.empty((len(queries), k))
    indices = np.empty((len(queries), k), np.int64)
    rows = np.arange(len(queries))
    for dtype in (np.float32, np.float64):
        least, candidates = _candidates(squared, rows, min(k + SPARE, there), dtype, leave_out_self)
        candidates.sort(axis=1)  # so that of equally near ones the first is taken
        found = exact_distances(
            queries, references, np.repeat(rows, candidates.shape[1]), candidates.ravel()
        ).reshape(candidates.shape)
        order = np.argsort(found, axis=1, kind="stable")[:, :k]
        distances[rows] = np.take_along_axis(found, order, axis=1)
        indices[rows] = np.take_along_axis(candidates, order, axis=1)
        if candidates.shape[1] == there:
            break
        last = np.square(np.ldexp(distances[rows, -1], -squared.exponent))
        doubtful = (last > least) & (last > 0.0)
        rows, last = rows[doubtful], last[doubtful]
        if not len(rows):
            break
    else:
        # What float64 could not rule out is no nearer than this, as a share of the squared length.
        doubt = 2.0 * squared.error(np.float64) * squared.largest_norm
        for row in rows[last * NEGLIGIBLE < doubt]:
            columns = np.arange(len(references))
            if leave_out_self:
                columns = np.delete(columns, row)
            found = exact_distances(queries, references, np.full(len(columns), row), columns)
            order = np.argsort(found, kind="stable")[:k]
            distances[row], indices[row] = found[order], columns[order]
    return Neighbours(distances, indices)


def _candidates(
    squared: SquaredDistances, rows: np.ndarray, count: int, dtype: type, leave_out_self: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The references that may be nearest.

    Returns:
        least: (rows,) what the squared distance of any other reference is at least.
        candidates: (rows, count) the indices.
    """
    bounds: np.ndarray = np.full((len(rows), count), np.inf, dtype)
    candidates = np.zeros((len(rows), count), np.int64)
    error = dtype(squared.error(dtype))
    for part, columns, block, norms in squared.blocks(rows, dtype):
        norms *= error
        block -= norms
        if leave_out_self:
            own = rows[part] - columns.start
            here = np.flatnonzero((own >= 0) & (own < block.shape[1]))
            block[here, own[here]] = np.inf
        if block.shape[1] > count:
            best = np.argpartition(block, count - 1, axis=1)[:, :count]
            block = np.take_along_axis(block, best, axis=1)
        else:
            best = np.broadcast_to(np.arange(block.shape[1]), block.shape)
        both = np.concatenate([bounds[part], block], axis=1)
        which = np.concatenate([candidates[part], best + columns.start], axis=1)
        kept = np.argpartition(both, count - 1, axis=1)[:, :count]
        bounds[part] = np.take_along_axis(both, kept, axis=1)
        candidates[part] = np.take_along_axis(which, kept, axis=1)
    return bounds.max(axis=1).astype(np.float64), candidates
