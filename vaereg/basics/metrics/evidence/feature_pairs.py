"""The pairs of real and generated features, compared once for all metrics."""

from __future__ import annotations

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.evidence.feature_spread import feature_spread

KEPT, KEPT_ACROSS = 5, 2
"""At least this many neighbours in the same set, and in the other one, are kept, so that metrics
that need fewer can reuse them."""

KEPT_AMONG_REAL = 10
"""As many are kept of each real example among the real ones, which the balls of coverage need."""


def feature_pairs(
    evidence: vaereg.Evidence, k: int = KEPT, among_real: int = KEPT_AMONG_REAL
) -> vaereg.PairStatistics:
    """Computes the statistics of all pairs, with x the real and y the generated features.

    The result is cached in the evidence under ("pairs", k, neighbours among real). Features are
    centred on the mean of the real ones, and products are divided by the total variance of the real
    ones before they are cubed.

    Args:
        evidence: has features of at least 2 examples on each side.
        k: the distance to the k-th neighbour, or to the last one in a smaller set, is the radius of
            a ball.
        among_real: at least as many neighbours of each real example among the real ones are found.
    """

    within = max(k, KEPT, among_real, KEPT_AMONG_REAL)

    def compute() -> vaereg.PairStatistics:
        real, generated = feature_sets(evidence)
        spread = feature_spread(evidence)
        return vaereg.pair_statistics(
            real,
            generated,
            max(k, KEPT),
            k_across=KEPT_ACROSS,
            radius=k,
            within=within,
            origin=spread.mean,
            cube_unit=spread.total,
        )

    found: vaereg.PairStatistics = evidence.shared(("pairs", k, within), compute)
    return found
