"""The check that two arrays hold points of the same space."""

from __future__ import annotations

import numpy as np

LARGEST = 1e300
"""The difference of larger values may overflow float64."""


def point_sets(queries: np.ndarray, references: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Checks two sets of points and returns them as floating-point arrays, copied only if needed.

    Args:
        queries: (n, d).
        references: (m, d).

    Raises:
        ValueError: if an array has another rank or is empty, if d differs, or if values are NaN,
            infinite or beyond 1e300.
    """
    queries, references = _points(queries, "queries"), _points(references, "references")
    if queries.shape[1] != references.shape[1]:
        raise ValueError(
            "queries and references must have equally many columns; got shapes "
            f"{queries.shape} and {references.shape}"
        )
    return queries, references


def _points(values: np.ndarray, name: str) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"{name} must have shape (n, d) with n and d of at least 1; got {values.shape}"
        )
    if values.dtype.kind not in "fiub":
        raise ValueError(f"{name} must be real numbers; got dtype {values.dtype}")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    largest = np.maximum(values.max(axis=1), -values.min(axis=1)).astype(np.float64)
    good = largest <= LARGEST  # false for NaN
    if not good.all():
        raise ValueError(
            f"{name} must be finite; {np.sum(~good)} of {len(values)} rows hold values that are "
            f"NaN, infinite or beyond {LARGEST:g}, the first is row {np.argmin(good)}"
        )
    return values
