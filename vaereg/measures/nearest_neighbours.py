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
    """Finds the k nearest references of each query by Euclidean distance.

    Candidates are found from |q|^2 + |r|^2 - 2 q.r in float32, minus a bound on its error, and are
    then measured exactly. If this bound cannot rule out all other references of a query, the query
    is searched again in float64; if that leaves a doubt of more than 1e-9, all references are
    measured. So distances are those of `exact_distances`, and copies are exactly 0 apart. Large
    searches in many dimensions first compare along a quarter of the directions. No (n, m) array is
    created; memory beyond the arguments stays below 0.4 GB.

    Args:
        queries: (n, d).
        references: (m, d).
        k: the number of neighbours.
        leave_out_self: query i is not its own neighbour; `references` must be `queries`. Other
            rows with equal values still count as neighbours.

    Raises:
        ValueError: if an array has another rank, is empty or is not finite; if d differs; for more
            neighbours than references; for `leave_out_self` with unequal shapes.
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
