"""Neighbour searches that the metrics and what the report shows share."""

from __future__ import annotations

from typing import Any

import numpy as np

import vaereg
from vaereg.basics.metrics.distances.nearest_so_far import without_self
from vaereg.basics.metrics.distances.subspace_search import search
from vaereg.basics.metrics.evidence.feature_pairs import KEPT, feature_pairs
from vaereg.basics.metrics.formulas.order_by_content import order_by_content


def feature_neighbours(
    evidence: vaereg.Evidence, queries: str, references: str, k: int = 1, at_most: int = 0
) -> Any:
    """The nearest neighbours, in features, of each example of one set among those of another.

    Within one set an example is not its own neighbour. They are kept in the evidence under
    ("nearest", queries, references, searched neighbours, used references).

    Args:
        evidence: with features that were checked (see `feature_sets`).
        queries, references: "real", "generated" or "train".
        k: how many neighbours.
        at_most: use only so many references, chosen by content; 0 for all.

    Returns:
        distances (n, k) float64 increasing, and indices (n, k) int64.
    """
    x = getattr(evidence.features, queries)
    y = getattr(evidence.features, references)
    same = queries == references
    used = min(at_most, len(y)) if at_most else len(y)
    searched = min(max(k, KEPT), used - same) if references != "train" else k

    def compute() -> Any:
        if used == len(y) and k <= KEPT and references != "train":
            return feature_pairs(evidence).nearest[queries, references]
        if used == len(y) and not same:
            return search(x, y, searched)
        if used == len(y):
            return vaereg.nearest_neighbours(x, y, searched, leave_out_self=True)
        chosen = np.sort(order_by_content(y)[:used])
        found = vaereg.nearest_neighbours(x, y[chosen], searched + same)
        indices = chosen[found.indices]
        if not same:
            return found.distances, indices
        return without_self(found.distances, indices, np.arange(len(x)))

    distances, indices = evidence.shared(("nearest", queries, references, searched, used), compute)
    return distances[:, :k], indices[:, :k]
