"""The effective number of different rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

VANISHING = 1e-12
"""Eigenvalues below this are rounding, the sum of all being 1."""


class EffectiveNumber(NamedTuple):
    """The Vendi score of a set.

    Args:
        value: from 1, where all rows point the same way, to n, where all are orthogonal.
        influence: (n,) how much each row moves it, up to a constant.
    """

    value: float
    influence: np.ndarray


def effective_number(values: np.ndarray) -> EffectiveNumber:
    """exp(-sum of l log l), l being the eigenvalues of K / n with K_ij the cosine of rows i and j.

    They are those of the d x d matrix sum of x x^T / n of rows of unit length, or of the n x n
    matrix where that is smaller. A row of zeros has the cosine 1 with others of zeros and 0 with
    any other row. A row x moves log V by -x^T log(M) x, M being the d x d matrix.

    Args:
        values: (n, d), n of at least 1.

    Source: Friedman and Dieng 2023, arXiv:2210.02410, definition 3.1; the influence is the
    derivative of the von Neumann entropy.
    """
    x = np.asarray(values, np.float64)
    largest = np.max(np.abs(x), axis=1, keepdims=True)
    zero = largest[:, 0] == 0.0
    x = x / np.where(largest > 0.0, largest, 1.0)  # so that no square overflows or vanishes
    x /= np.where(zero, 1.0, np.linalg.norm(x, axis=1))[:, None]
    if zero.any():
        x = np.concatenate([x, zero[:, None].astype(np.float64)], axis=1)
    n, d = x.shape
    shares, vectors = np.linalg.eigh(x.T @ x / n if d <= n else x @ x.T / n)
    kept = shares > VANISHING
    shares, vectors = shares[kept], vectors[:, kept]
    logs = np.log(shares)
    value = float(np.exp(-np.sum(shares * logs)))
    # In the smaller space row i has the coordinate sqrt(n l_a) u_ia along eigenvector a.
    squared = np.square(x @ vectors) if d <= n else np.square(vectors) * (n * shares)
    return EffectiveNumber(value, -value * (squared @ logs))
