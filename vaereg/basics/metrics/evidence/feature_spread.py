"""The mean and the total variance of real features, computed once for all metrics that use them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import vaereg

BLOCK = 1 << 20
"""The number of values to convert to float64 at once: 8 MiB."""


class Spread(NamedTuple):
    """Where features lie and how far they spread.

    Args:
        mean: (d,) their mean.
        total: the sum of their variances, the trace of the covariance.
    """

    mean: np.ndarray
    total: float


def feature_spread(evidence: vaereg.Evidence) -> Spread:
    """Computes the spread of the real features, cached in the evidence under ("spread",).

    Args:
        evidence: has features, already checked by `feature_sets`.
    """

    def compute() -> Spread:
        real = np.asarray(evidence.features.real)
        mean = real.mean(axis=0, dtype=np.float64)
        return Spread(mean, float(squared_lengths(real, mean).sum()) / (len(real) - 1))

    found: Spread = evidence.shared(("spread",), compute)
    return found


def squared_lengths(values: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The squared distance (n,) of each row (n, d) from a point (d,)."""
    found = np.empty(len(values))
    step = max(1, BLOCK // len(mean))
    for start in range(0, len(values), step):
        apart = values[start : start + step] - mean
        found[start : start + step] = np.einsum("nd,nd->n", apart, apart)
    return found
