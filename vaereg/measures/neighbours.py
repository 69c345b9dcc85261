"""The result of a search for nearest neighbours."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Neighbours(NamedTuple):
    """The nearest neighbours of each query.

    Args:
        distances: (n, k) float64, increasing along a row.
        indices: (n, k) int64, the neighbours' rows among the references. Ties go to the first
            reference, unless many references are equally near or equal the query: then it may be
            any of them.
    """

    distances: np.ndarray
    indices: np.ndarray
