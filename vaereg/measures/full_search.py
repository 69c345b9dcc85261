"""The nearest neighbours of points from bounds on all distances."""

from __future__ import annotations

import numpy as np

from vaereg.measures.centred_points import Float, Frame, rounding_error
from vaereg.measures.exact_distances import exact_distances
from vaereg.measures.nearest_so_far import NearestSoFar
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.tiles import streamed_bounds

SPARE = 8
"""How many more candidates than neighbours are measured exactly."""

NEGLIGIBLE = 1e-9
"""The share of a squared distance by which another reference may be nearer unnoticed."""

LARGEST_SQUARE = 8.0
"""|q|^2 + |r|^2 of centred points is at most this for each dimension: a value and its origin are
at most 1 each."""


def full_search(
    queries: np.ndarray, references: np.ndarray, k: int, own: np.ndarray | None = None
) -> Neighbours:
    """The k nearest references of each query, found by comparing each query with all references.

    Queries whose other references the bounds in float32 cannot rule out are searched again in
    float64. Where that leaves a doubt of more than 1e-9 of the squared distance, all references
    are measured.

    Args:
        queries: (n, d), checked by `point_sets`.
        references: (m, d), likewise.
        k: how many neighbours.
        own: (n,) the index of each query among the references, which is not its neighbour; None if
            the queries are not among the references.
    """
    frame = Frame.about(queries, references)
    candidates = _candidates(frame, queries, references, k, own, np.float32)
    found, doubtful = candidates.measured(frame, queries, references)
    rows = np.flatnonzero(doubtful)
    if not len(rows):
        return found
    left_out = None if own is None else own[rows]
    candidates = _candidates(frame, queries[rows], references, k, left_out, np.float64)
    closer, doubtful = candidates.measured(frame, queries[rows], references)
    found.distances[rows], found.indices[rows] = closer
    last = np.square(np.ldexp(closer.distances[:, -1], -frame.exponent))
    d = queries.shape[1]
    # References that float64 could not rule out are nearer by this at most.
    doubt = 2.0 * rounding_error(d, np.float64) * LARGEST_SQUARE * d
    for row in rows[doubtful & (last * NEGLIGIBLE < doubt)]:
        columns = np.arange(len(references))
        if own is not None:
            columns = np.delete(columns, own[row])
        apart = exact_distances(queries, references, np.full(len(columns), row), columns)
        order = np.argsort(apart, kind="stable")[:k]
        found.distances[row], found.indices[row] = apart[order], columns[order]
    return found


def settled(
    candidates: NearestSoFar,
    frame: Frame,
    queries: np.ndarray,
    references: np.ndarray,
    own: np.ndarray | None = None,
) -> Neighbours:
    """The nearest of the candidates, measured exactly.

    Queries whose other references the bounds cannot rule out are searched in full. That centres
    points on the references, where squared distances cancel least: within a set that lies far
    from the origin of the frame, float32 is good enough again.

    Args:
        candidates: from bounds on the squared distances of all references.
        frame: in which they were computed.
        queries, references, own: as `full_search` takes them.
    """
    found, doubtful = candidates.measured(frame, queries, references)
    rows = np.flatnonzero(doubtful)
    if len(rows):
        left_out = None if own is None else own[rows]
        again = full_search(queries[rows], references, found.indices.shape[1], left_out)
        found.distances[rows], found.indices[rows] = again
    return found


def _candidates(
    frame: Frame,
    queries: np.ndarray,
    references: np.ndarray,
    k: int,
    own: np.ndarray | None,
    dtype: Float,
) -> NearestSoFar:
    others = len(references) - (own is not None)
    found = NearestSoFar(len(queries), others, k, spare=SPARE, dtype=dtype)
    for tile in streamed_bounds(frame, queries, references, dtype):
        if own is not None:
            place = own[tile.rows] - tile.columns.start
            here = np.flatnonzero((place >= 0) & (place < tile.values.shape[1]))
            tile.values[here, place[here]] = np.inf
        found.add(tile)
    return found
