"""The labels in a column of a text table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.basics.datasets.files.cells import is_number


def typed_labels(labels: Sequence[str]) -> np.ndarray:
    """Numbers if every label is a number, so that 9 precedes 10; otherwise text.

    Whole numbers are read as integers, since floats beyond 2**53 would merge them.
    """
    if not all(map(is_number, labels)):
        return np.array(labels)
    try:
        return np.array([int(label) for label in labels], np.int64)
    except (ValueError, OverflowError):  # 1.0 or 1e3, or beyond 64 bits
        floats = np.array([float(label) for label in labels])
        return floats if np.abs(floats).max() <= 2**53 else np.array(labels)
