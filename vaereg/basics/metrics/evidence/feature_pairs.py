"""The pairs of real and generated features, compared once for all metrics."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_moments import feature_moments
from vaereg.basics.metrics.evidence.feature_sets import feature_sets

KEPT = 5
"""At least this many neighbours are kept, so that metrics that need fewer find them there."""


def feature_pairs(evidence: vaereg.Evidence, k: int = KEPT) -> vaereg.PairStatistics:
    """The statistics of all pairs, with x the real and y the generated features.

    They are kept in the evidence under ("pairs", k). Products are centred on the mean of the real
    features, and cubes are of products over their total variance.

    Args:
        evidence: with at least 2 examples on each side.
        k: the neighbour whose distance is the radius of balls; the last one where a set has fewer.
    """

    def compute() -> vaereg.PairStatistics:
        real, generated = feature_sets(evidence)
        moments = feature_moments(evidence, "real")
        return vaereg.pair_statistics(
            real,
            generated,
            max(k, KEPT),
            radius=k,
            origin=moments.mean,
            cube_unit=float(np.trace(moments.covariance)),
        )

    found: vaereg.PairStatistics = evidence.shared(("pairs", k), compute)
    return found
