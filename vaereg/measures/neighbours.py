"""The nearest neighbours of some points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Neighbours(NamedTuple):
    """The nearest neighbours of each query.

    Args:
        distances: (n, k) float64, increasing along a row.
        indices: (n, k) int64, which references they are; of equally near ones the first; any of
            them where there are many, or where they equal the query.
    """

    distances: np.ndarray
    indices: np.ndarray
