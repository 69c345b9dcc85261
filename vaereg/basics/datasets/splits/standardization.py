"""Scaling columns to mean 0 and standard deviation 1, and back."""

from __future__ import annotations

import attrs
import numpy as np


@attrs.frozen(kw_only=True, eq=False)
class Standardization:
    """Standardizes columns; a call converts standardized values back to the columns' units.

    Args:
        columns: the names of the columns.
        mean, scale: (columns,) their mean and standard deviation, float64.
    """

    columns: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray

    def standardize(self, values: np.ndarray) -> np.ndarray:
        """Returns (values - mean) / scale as float32, for values (…, columns)."""
        standardized: np.ndarray = ((values - self.mean) / self.scale).astype(np.float32)
        return standardized

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Returns values * scale + mean in float64, for values (…, columns)."""
        restored: np.ndarray = np.asarray(values, np.float64) * self.scale + self.mean
        return restored
