"""The moments of features, computed once for all metrics that use them."""

from __future__ import annotations

import vaereg
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance


def feature_moments(evidence: vaereg.Evidence, which: str) -> StreamingCovariance:
    """Computes mean and covariance of features, cached in the evidence under ("moments", which).

    Args:
        evidence: has features, already checked by `feature_sets`.
        which: "real" or "generated".
    """

    def compute() -> StreamingCovariance:
        values = getattr(evidence.features, which)
        return StreamingCovariance(values.shape[1]).update(values)

    found: StreamingCovariance = evidence.shared(("moments", which), compute)
    return found
