"""Columns with mean 0 and standard deviation 1, and the inverse."""

from __future__ import annotations

import attrs
import numpy as np


@attrs.frozen(kw_only=True, eq=False)
class Standardization:
    """Turns standardized examples back into the columns' own units when called.

    Args:
        columns: the columns' names.
        mean, scale: (columns,) mean and standard deviation, float64.
    """

    columns: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray

    def standardize(self, values: np.ndarray) -> np.ndarray:
        """(values - mean) / scale as float32, for values (…, columns)."""
        standardized: np.ndarray = ((values - self.mean) / self.scale).astype(np.float32)
        return standardized

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Values * scale + mean in float64, for values (…, columns)."""
        restored: np.ndarray = np.asarray(values, np.float64) * self.scale + self.mean
        return restored
