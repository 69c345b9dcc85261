"""How heavy the tail of importance weights is: whether their mean can be trusted."""

from __future__ import annotations

import math

import numpy as np

HEAVY = 0.5
"""From this shape on, the weights have no variance, and the error of their mean is not known."""

_PRIOR_DRAWS = 10
"""The weight of the prior of the shape, which is 0.5, in draws of the tail."""


def pareto_shape(weights: np.ndarray) -> float:
    """The shape k of the generalised Pareto distribution of the largest weights, "k-hat".

    Weights of shape k have moments of orders below 1 / k: from 0.5 on no variance, from 1 on no
    mean. The shape is estimated from the largest 3 sqrt(n) weights, at most a fifth of them.

    Args:
        weights: (n,) at least 0.

    Returns:
        The shape; -inf if the largest weights are equal or there are fewer than 25, inf if one is
        infinite.

    Source: Vehtari et al. 2024, arXiv:1507.02646, section 2; the estimate of Zhang and Stephens
    2009, Technometrics 51 (3), eq. 7-10.
    """
    ordered = np.sort(np.asarray(weights, np.float64))
    size = math.ceil(min(0.2 * len(ordered), 3.0 * math.sqrt(len(ordered))))
    if size < 5 or np.isnan(ordered).any():
        return -math.inf
    if np.isinf(ordered[-1]):
        return math.inf
    cutoff, top = ordered[-size - 1], ordered[-1]
    if top - cutoff <= 1e-6 * top:
        return -math.inf
    excesses = np.maximum((ordered[-size:] - cutoff) / (top - cutoff), 1e-12)
    return (size * _fitted_shape(excesses) + 0.5 * _PRIOR_DRAWS) / (size + _PRIOR_DRAWS)


def _fitted_shape(excesses: np.ndarray) -> float:
    """The shape for excesses (n,) over a threshold in ascending order, by the posterior mean."""
    n = len(excesses)
    count = 30 + int(math.sqrt(n))
    steps = 1.0 - np.sqrt(count / (np.arange(1, count + 1) - 0.5))
    rates = steps / (3.0 * excesses[int(n / 4 + 0.5) - 1]) + 1.0 / excesses[-1]
    shapes = np.log1p(-rates[:, None] * excesses).mean(axis=1)
    likelihood = n * (np.log(-rates / shapes) - shapes - 1.0)
    chance = np.exp(likelihood - likelihood.max())
    rate = float(rates @ chance / chance.sum())
    return float(np.log1p(-rate * excesses).mean())
