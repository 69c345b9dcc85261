"""A search for nearest neighbours that bounds the distance of every pair."""

from __future__ import annotations

import numpy as np

from vaereg.measures.centred_points import Float, Frame, rounding_error
from vaereg.measures.exact_distances import exact_distances
from vaereg.measures.nearest_so_far import NearestSoFar
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.tiles import streamed_bounds

SPARE = 8
"""The number of candidates to measure exactly beyond the k neighbours."""

NEGLIGIBLE = 1e-9
"""The share of a squared distance by which an overlooked reference may be nearer."""

LARGEST_SQUARE = 8.0
"""The largest |q|^2 + |r|^2 per dimension of centred points: values and origin are at most 1."""


def full_search(
    queries: np.ndarray, references: np.ndarray, k: int, own: np.ndarray | None = None
) -> Neighbours:
    """Finds the k nearest references of each query by comparing it with all references.

    If the float32 bounds of a query cannot rule out all other references, the query is searched
    again in float64. If that leaves a doubt of more than 1e-9 of the squared distance, all
    references are measured exactly.

    Args:
        queries: (n, d), checked by `point_sets`.
        references: (m, d), checked by `point_sets`.
        k: the number of neighbours.
        own: (n,) the index of each query among the references, so that it is not its own
            neighbour; None if the queries are not among the references.
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
    # A reference that float64 could not rule out is nearer by at most this much.
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
    """Measures the candidates exactly and searches undecided queries again.

    A query is undecided if its bounds cannot rule out all other references; `full_search` then
    finds its neighbours. It centres points on the references, which minimises the cancellation in
    squared distances, so float32 suffices even for a set far from the origin of `frame`.

    Args:
        candidates: found from bounds on the squared distances to all references.
        frame: the frame in which the bounds were computed.
        queries, references, own: as for `full_search`.
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
