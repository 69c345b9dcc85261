"""Mean and covariance of examples that arrive in batches."""

from __future__ import annotations

import numpy as np

BLOCK = 1 << 21
"""The number of values to convert to float64 at once: 16 MiB."""


class StreamingCovariance:
    """Accumulates the mean and covariance of rows in float64, in memory of d x d numbers.

    Batches are merged by the difference of their means. This avoids the cancellation of E[x^2] -
    E[x]^2.

    Args:
        dimensions: d.

    Source: Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing
    sample variances", eq. 2.1.
    """

    def __init__(self, dimensions: int) -> None:
        self.count = 0
        self.mean = np.zeros(dimensions)
        self._scatter = np.zeros((dimensions, dimensions))

    def update(self, values: np.ndarray) -> StreamingCovariance:
        """Adds rows (n, d) and returns itself."""
        step = max(1, BLOCK // len(self.mean))
        for start in range(0, len(values), step):
            part = np.asarray(values[start : start + step], np.float64)
            mean = part.mean(axis=0)
            apart = part - mean
            self._merge(len(part), mean, apart.T @ apart)
        return self

    def _merge(self, count: int, mean: np.ndarray, scatter: np.ndarray) -> None:
        together = self.count + count
        shift = mean - self.mean
        self._scatter += scatter
        self._scatter += np.outer(shift, shift) * (self.count * count / together)
        self.mean = self.mean + shift * (count / together)
        self.count = together

    @property
    def covariance(self) -> np.ndarray:
        """The unbiased covariance (d, d); needs at least 2 rows."""
        return self._scatter / (self.count - 1)
