"""The kernel distance between two samples of equal size."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Kernels of these relative widths are averaged, so that near and far differences both count."""

BLOCK = 1 << 20
"""The number of pairs to compare at once: 8 MiB."""


def multiscale_discrepancy(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Estimates the squared maximum mean discrepancy of x (n, d) and y (n, d) without bias.

    The estimate is the mean over i != j of h_ij = k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) -
    k(x_j, y_i), which may be negative if the distributions are equal. The kernel is k(a, b) =
    mean_s C_s / (C_s + |a - b|^2), with C_s = s times the mean squared distance between two rows
    of y, so the units of y do not matter and k(a, a) = 1. The cost is n^2 d.

    Returns:
        The estimate, and the influence (n,) of each pair of rows (x_i, y_i) on it.

    Source: Gretton et al. 2012, "A kernel two-sample test", eq. 4; Tolstikhin et al. 2018,
    arXiv:1711.01558, section 4 (kernel).
    """
    n = len(x)
    centre = y.mean(axis=0)  # centring keeps distances, and their expanded form loses fewer digits
    x, y = x - centre, y - centre
    width = 2.0 * float(np.sum(y.var(axis=0, ddof=1))) or 1.0
    rows = np.empty(n)
    for chosen in _blocks(n):
        within = _kernel(x[chosen], x, width) + _kernel(y[chosen], y, width)
        across = _kernel(x[chosen], y, width) + _kernel(y[chosen], x, width)
        h = within - across
        h[np.arange(len(h)), np.arange(n)[chosen]] = 0.0
        rows[chosen] = h.sum(axis=1) / (n - 1)
    return float(rows.mean()), 2.0 * rows


def _blocks(n: int) -> Iterator[slice]:
    step = max(1, BLOCK // n)
    return (slice(start, start + step) for start in range(0, n, step))


def _kernel(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """The kernel of every row of a with every row of b, (A, B)."""
    squared = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1) - 2.0 * (a @ b.T)
    np.maximum(squared, 0.0, out=squared)
    total: np.ndarray = np.zeros_like(squared)
    for scale in SCALES:
        total += (scale * width) / (scale * width + squared)
    total /= len(SCALES)
    return total
