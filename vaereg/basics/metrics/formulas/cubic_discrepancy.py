"""The unbiased squared maximum mean discrepancy under a cubic kernel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BLOCK = 1024
"""The number of rows of a kernel matrix to hold at once."""


class Discrepancy(NamedTuple):
    """The squared discrepancy of two sets.

    Args:
        value: the unbiased estimate, which may be slightly negative.
        by_generated: (n,) the influence of each generated row.
        by_real: (p,) the influence of each real row.
    """

    value: float
    by_generated: np.ndarray
    by_real: np.ndarray


def cubic_discrepancy(real: np.ndarray, generated: np.ndarray) -> Discrepancy:
    """Estimates MMD^2 with k(x, y) = (x.y / d + 1)^3 without bias, over all pairs of rows.

    With R real and F generated, the influences are

        f_i = 2 (mean_{j != i} k(F_i, F_j) - mean_j k(F_i, R_j))
        r_j = 2 (mean_{i != j} k(R_i, R_j) - mean_i k(F_i, R_j))

    For two models A and B measured against the same R, var(f_A) / n + var(f_B) / m +
    var(r_B - r_A) / p is then the variance of the relative three-sample test: the terms within R
    cancel.

    Args:
        real: (p, d), p >= 2.
        generated: (n, d), n >= 2.

    Source: Binkowski et al. 2018, arXiv:1801.01401, section 4; Bounliphone et al. 2016,
    arXiv:1511.04581, theorem 2.
    """
    r, f = np.asarray(real, np.float64), np.asarray(generated, np.float64)
    within_f, within_r = _mean_kernel_within(f), _mean_kernel_within(r)
    across_f, across_r = _mean_kernel_across(f, r)
    by_generated = within_f - across_f
    by_real = within_r - across_r
    value = within_f.mean() + within_r.mean() - 2.0 * across_f.mean()
    return Discrepancy(float(value), 2.0 * by_generated, 2.0 * by_real)


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    k = x @ y.T
    k /= x.shape[1]
    k += 1.0
    cube: np.ndarray = k * k
    cube *= k
    return cube


def _mean_kernel_within(x: np.ndarray) -> np.ndarray:
    """mean_{j != i} k(x_i, x_j) for each i, (n,); each pair is computed once."""
    sums = np.zeros(len(x))
    for start in range(0, len(x), BLOCK):
        here, rest = slice(start, start + BLOCK), slice(start + BLOCK, None)
        k = _kernel(x[here], x[here])
        np.fill_diagonal(k, 0.0)
        sums[here] += k.sum(axis=1)
        if start + BLOCK < len(x):
            k = _kernel(x[here], x[rest])
            sums[here] += k.sum(axis=1)
            sums[rest] += k.sum(axis=0)
    return sums / (len(x) - 1)


def _mean_kernel_across(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """mean_j k(x_i, y_j) for each i, (n,), and mean_i k(x_i, y_j) for each j, (m,)."""
    of_x, of_y = np.empty(len(x)), np.zeros(len(y))
    for start in range(0, len(x), BLOCK):
        here = slice(start, start + BLOCK)
        k = _kernel(x[here], y)
        of_x[here] = k.mean(axis=1)
        of_y += k.sum(axis=0)
    return of_x, of_y / len(x)
