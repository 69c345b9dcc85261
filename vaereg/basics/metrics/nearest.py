"""Neighbour searches that the metrics and what the report shows share."""

from __future__ import annotations

from typing import Any

import numpy as np

import vaereg
from vaereg.basics.metrics.order_by_content import order_by_content

KEPT = 5
"""As many neighbours are searched at least, so that metrics that need fewer find them there."""


def nearest(
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

    def search() -> Any:
        if used == len(y):
            return vaereg.nearest_neighbours(x, y, searched, leave_out_self=same)
        chosen = np.sort(order_by_content(y)[:used])
        found = vaereg.nearest_neighbours(x, y[chosen], searched + same)
        indices = chosen[found.indices]
        return _without_self(found.distances, indices) if same else (found.distances, indices)

    distances, indices = evidence.shared(("nearest", queries, references, searched, used), search)
    return distances[:, :k], indices[:, :k]


def _without_self(distances: np.ndarray, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours (n, k + 1) without the example itself, or the last one where it is not there."""
    own = indices == np.arange(len(indices))[:, None]
    own[:, -1] |= ~own.any(axis=1)
    shape = (len(indices), indices.shape[1] - 1)
    return distances[~own].reshape(shape), indices[~own].reshape(shape)
