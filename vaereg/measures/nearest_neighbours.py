"""The nearest neighbours of points, exact and in bounded memory."""

from __future__ import annotations

import numpy as np

from vaereg.measures.full_search import full_search
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.point_sets import point_sets
from vaereg.measures.subspace_search import may_help, subspace_search


def nearest_neighbours(
    queries: np.ndarray, references: np.ndarray, k: int = 1, *, leave_out_self: bool = False
) -> Neighbours:
    """The k nearest references of each query, by Euclidean distance.

    Candidates are found by |q|^2 + |r|^2 - 2 q.r in float32 less a bound on its error, and then
    measured exactly. A query whose other references that bound cannot rule out is searched again
    in float64, and one by one if that leaves a doubt of more than 1e-9. So distances are those of
    `exact_distances`: copies are exactly 0 apart. Large searches in many dimensions compare a
    quarter of the directions first. No (n, m) array is made; memory beyond the arguments stays
    below 0.4 GB.

    Args:
        queries: (n, d).
        references: (m, d).
        k: how many neighbours.
        leave_out_self: query i is not its own neighbour; `references` must be `queries`. Equal
            points elsewhere still are neighbours.

    Raises:
        ValueError: for arrays of another rank, unequal d, empty, or not finite; for more neighbours
            than references; for `leave_out_self` with unequal shapes.
    """
    queries, references = point_sets(queries, references)
    if leave_out_self and queries.shape != references.shape:
        raise ValueError(
            "leave_out_self needs references that are the queries themselves; got shapes "
            f"{queries.shape} and {references.shape}"
        )
    others = len(references) - leave_out_self
    if not 1 <= k <= others:
        raise ValueError(f"k must be from 1 to the number of other references, {others}; got {k}")
    if leave_out_self:
        return full_search(queries, references, k, np.arange(len(queries)))
    if may_help(queries, references):
        return subspace_search(queries, references, k)
    return full_search(queries, references, k)
