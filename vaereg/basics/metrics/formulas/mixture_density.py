"""The density of a mixture with one Gaussian for each encoded example."""

from __future__ import annotations

import math

import numpy as np

BLOCK = 1 << 22
"""The number of pairs of a point and a Gaussian to evaluate at once: 32 MiB."""

NARROWEST = 1e-3
"""The smallest bandwidth of a dimension, as a share of the widest dimension's."""


def log_mixture_density(points: np.ndarray, means: np.ndarray, log_vars: np.ndarray) -> np.ndarray:
    """Computes log q(z) = logsumexp_n log N(z; mean_n, diag exp(log_var_n)) - log N.

    The sum runs over all N Gaussians: over a subset it would be another density, lower far from
    the subset. The cost is n N d; memory does not grow with n.

    Args:
        points: (n, d) z.
        means, log_vars: (N, d).

    Returns:
        (n,) float64, in nats.

    Source: Hoffman and Johnson 2016, "ELBO surgery" (the aggregate posterior).
    """
    # The nearer the numbers are to 0, the fewer digits the expanded square below loses.
    centre = means.mean(axis=0, dtype=np.float64)
    points, means = points - centre, means - centre
    log_vars = log_vars.astype(np.float64)
    precision = np.exp(-log_vars)
    # sum_d (z - m)^2 p = z^2 . p - 2 z . m p + m^2 . p, all Gaussians in one matrix product
    factors = np.concatenate([precision, -2.0 * means * precision], axis=1).T  # (2 d, N)
    constant = np.sum(means**2 * precision + log_vars + math.log(2 * math.pi), axis=1)  # (N,)
    count = len(means)
    density = np.empty(len(points))
    step = max(1, BLOCK // count)
    for start in range(0, len(points), step):
        block = points[start : start + step]
        log_q = np.concatenate([block**2, block], axis=1) @ factors
        log_q += constant
        log_q *= -0.5
        top = log_q.max(axis=1, keepdims=True)
        log_q -= top
        total = np.exp(log_q, out=log_q).sum(axis=1)
        density[start : start + step] = top[:, 0] + np.log(total) - math.log(count)
    return density


def scott_log_var(latents: np.ndarray) -> np.ndarray:
    """Computes the log variance (d,) of a Gaussian kernel density on latents (n, d).

    By Scott's rule, the bandwidth along dimension j is sd_j n^(-1 / (d + 4)). It is at least a
    thousandth of the widest dimension's, so that the density stays finite.

    Source: Scott 1992, "Multivariate density estimation", section 6.3.
    """
    n, d = latents.shape
    spread = latents.std(axis=0, ddof=1, dtype=np.float64)
    widest = float(np.max(spread)) or 1.0  # equal latents have no width of their own
    spread = np.maximum(spread, NARROWEST * widest)
    log_var: np.ndarray = 2.0 * np.log(spread * n ** (-1.0 / (d + 4)))
    return log_var
