"""The distance of a Gaussian from the moments of draws."""

from __future__ import annotations

import numpy as np

VANISHING = 1e-12
"""Eigenvalues below this share of the largest are rounding."""


def gaussian_gap(
    mean: np.ndarray, covariance: np.ndarray, draws: np.ndarray
) -> tuple[float, np.ndarray]:
    """|m - mean|^2 + tr(S + C - 2 (S C)^1/2), m and S being the moments of draws (n, d).

    The root is taken of C^1/2 S C^1/2, which has the same trace and is symmetric; C or S may be
    singular. The draws' own noise adds about d (d + 5) / (4 n) where both are equal, so compare
    only values of equal n.

    Args:
        mean: (d,), of the Gaussian that is known.
        covariance: (d, d) C.
        draws: (n, d), n of at least 2.

    Returns:
        The squared distance, and the influence on it (n,) of each draw.

    Source: Dowson and Landau 1982, "The Frechet distance between multivariate normal
    distributions"; the influence is its derivative, I - T being that to S, with T the optimal
    transport map from S to C (Takatsu 2011, "Wasserstein geometry of Gaussian measures").
    """
    m = draws.mean(axis=0)
    apart = draws - m
    s = apart.T @ apart / (len(draws) - 1)
    root = _root(covariance)
    values, vectors = np.linalg.eigh(root @ s @ root)
    values = np.clip(values, 0.0, None)
    shift = m - mean
    squared = shift @ shift + np.trace(covariance) + np.trace(s) - 2.0 * np.sum(np.sqrt(values))
    kept = values > VANISHING * values.max(initial=0.0)
    half = root @ vectors[:, kept]
    transport = (half / np.sqrt(values[kept])) @ half.T  # (d, d) T
    influence = 2.0 * apart @ shift + np.sum((apart - apart @ transport) * apart, axis=1)
    return max(0.0, float(squared)), influence


def _root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root of a positive semidefinite matrix."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
