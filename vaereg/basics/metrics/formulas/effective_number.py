"""The effective number of different rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

VANISHING = 1e-12
"""Eigenvalues below this are rounding errors; their sum is 1."""


class EffectiveNumber(NamedTuple):
    """The Vendi score of a set.

    Args:
        value: from 1, if all rows point in the same direction, to n, if all are orthogonal.
        influence: (n,) the influence of each row on the value, up to a constant.
    """

    value: float
    influence: np.ndarray


def effective_number(values: np.ndarray) -> EffectiveNumber:
    """Computes exp(-sum_i l_i log l_i), where l are the eigenvalues of K / n.

    K_ij is the cosine of rows i and j. The nonzero eigenvalues equal those of the d x d matrix
    M = sum x x^T / n over rows of unit length; the smaller of both matrices is used. A row of zeros
    has cosine 1 with other rows of zeros and 0 with any other row. The influence of a row x on the
    log of the value is -x^T log(M) x.

    Args:
        values: (n, d), n >= 1.

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
