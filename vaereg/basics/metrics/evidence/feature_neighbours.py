"""Nearest neighbours in features, searched once for all metrics."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_pairs import KEPT, KEPT_ACROSS, feature_pairs


def feature_neighbours(
    evidence: vaereg.Evidence, queries: str, references: str, k: int = 1, at_most: int = 0
) -> vaereg.Neighbours:
    """Finds the nearest neighbours, in features, of the examples of one set in another.

    Within one set, an example is not its own neighbour. The result is cached in the evidence under
    ("nearest", queries, references, searched neighbours, used references).

    Args:
        evidence: has features, already checked by `feature_sets`.
        queries, references: "real", "generated" or "train".
        k: the number of neighbours.
        at_most: the largest number of references to use, chosen by content; 0 for all.
    """
    x = np.asarray(getattr(evidence.features, queries))
    y = np.asarray(getattr(evidence.features, references))
    same = queries == references
    used = min(at_most, len(y)) if at_most else len(y)
    kept = KEPT if same else KEPT_ACROSS
    searched = min(max(k, kept), used - same) if references != "train" else k

    def compute() -> vaereg.Neighbours:
        if used == len(y) and k <= kept and references != "train":
            pairs = feature_pairs(evidence)
            if queries == "real":
                return pairs.x_in_x if same else pairs.x_in_y
            return pairs.y_in_y if same else pairs.y_in_x
        if used == len(y):
            return vaereg.nearest_neighbours(x, y, searched, leave_out_self=same)
        chosen = np.sort(vaereg.order_by_content(y)[:used])
        found = vaereg.nearest_neighbours(x, y[chosen], searched + same)
        found = found._replace(indices=chosen[found.indices])
        return _without_self(found) if same else found

    key = ("nearest", queries, references, searched, used)
    found: vaereg.Neighbours = evidence.shared(key, compute)
    return type(found)(found.distances[:, :k], found.indices[:, :k])


def _without_self(found: vaereg.Neighbours) -> vaereg.Neighbours:
    """Neighbours (n, k + 1) without the example itself, or without the last if it is not there."""
    out = found.indices == np.arange(len(found.indices))[:, None]
    out[:, -1] |= ~out.any(axis=1)
    shape = len(out), out.shape[1] - 1
    return type(found)(found.distances[~out].reshape(shape), found.indices[~out].reshape(shape))
