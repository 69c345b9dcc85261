"""The moments of features, computed once for all metrics that use them."""

from __future__ import annotations

import vaereg
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance


def feature_moments(evidence: vaereg.Evidence, which: str) -> StreamingCovariance:
    """The mean and covariance of checked features, kept under ("moments", which).

    Args:
        evidence: with features that were checked (see `feature_sets`).
        which: "real" or "generated".
    """

    def compute() -> StreamingCovariance:
        values = getattr(evidence.features, which)
        return StreamingCovariance(values.shape[1]).update(values)

    found: StreamingCovariance = evidence.shared(("moments", which), compute)
    return found
