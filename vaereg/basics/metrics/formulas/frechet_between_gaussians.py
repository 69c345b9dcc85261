"""The Fréchet distance between two Gaussians, and the influence of each example on it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
from scipy.linalg import solve_triangular

VANISHING = 1e-10
"""Eigenvalues below this share of the largest are rounding errors."""

BLOCK = 1 << 19
"""The number of values to convert to float64 at once: 4 MiB."""

SPLIT = 8
"""A quadratic form is computed in so many blocks of columns."""


class Moments(Protocol):
    """A Gaussian, known or fitted: mean (d,) and covariance (d, d)."""

    @property
    def mean(self) -> np.ndarray: ...
    @property
    def covariance(self) -> np.ndarray: ...


class Transport(NamedTuple):
    """The distance between two Gaussians and the optimal linear maps between them.

    Args:
        distance: the squared distance.
        to_real: (d, d) T with T S_F T = S_R.
        to_generated: (d, d) the inverse of T on its support.
    """

    distance: float
    to_real: np.ndarray
    to_generated: np.ndarray


class DistanceOfFew(NamedTuple):
    """The distance between two Gaussians fitted to few examples.

    Args:
        distance: the squared distance.
        by_real: (p,) the influences of the real examples, as in `frechet_influence`.
        by_generated: (n,) those of the generated examples.
    """

    distance: float
    by_real: np.ndarray
    by_generated: np.ndarray


class Root(NamedTuple):
    """A covariance by its eigenvalues (d,), increasing and clipped at 0, and eigenvectors."""

    values: np.ndarray
    vectors: np.ndarray

    @classmethod
    def of(cls, covariance: np.ndarray) -> Root:
        """The eigenvalues and eigenvectors of a positive semidefinite matrix (d, d)."""
        values, vectors = np.linalg.eigh(covariance)
        return cls(np.clip(values, 0.0, None), vectors)

    def power(self, exponent: float) -> np.ndarray:
        """The matrix (d, d) raised to a power, on its support."""
        kept = self.values > VANISHING * self.values[-1]
        vectors = self.vectors[:, kept]
        power: np.ndarray = (vectors * self.values[kept] ** exponent) @ vectors.T
        return power


def frechet_distance(real: Moments, generated: Moments, root: Root | None = None) -> float:
    """Computes the squared distance |m_R - m_F|^2 + tr(S_R + S_F - 2 (S_R S_F)^1/2).

    With S_R = L L^T, the trace of the square root is the sum of the square roots of the eigenvalues
    of L^T S_F L. This matrix is symmetric, so no root of an asymmetric matrix is needed.

    Args:
        real, generated: the moments of at least 2 rows.
        root: the eigenvalues and eigenvectors of the covariance of `real`, if known; L is then the
            symmetric root.

    Source: Dowson and Landau 1982, "The Fréchet distance between multivariate normal
    distributions".
    """
    factor = root.power(0.5) if root else _factor(real.covariance)
    inner = np.linalg.eigvalsh(factor.T @ generated.covariance @ factor)
    return _assembled(real, generated, float(np.sum(np.sqrt(np.clip(inner, 0.0, None)))))


def _factor(covariance: np.ndarray) -> np.ndarray:
    """L (d, k) with L L^T = covariance, by Cholesky, which is faster than a symmetric root."""
    alive = np.flatnonzero(np.diag(covariance) > 0.0)
    factor = np.zeros((len(covariance), len(alive)))
    try:
        factor[alive] = np.linalg.cholesky(covariance[np.ix_(alive, alive)])
    except np.linalg.LinAlgError:  # not of full rank
        return Root.of(covariance).power(0.5)
    return factor


def frechet_transport(real: Moments, generated: Moments, root: Root | None = None) -> Transport:
    """Computes the distance, as `frechet_distance` does, together with both maps.

    Args:
        real, generated: the moments.
        root: the eigenvalues and eigenvectors of the covariance of `real`, if known.

    Source: Takatsu 2011, "Wasserstein geometry of Gaussian measures", for the maps.
    """
    factor, inverse = _factor_and_inverse(real.covariance, root)
    carried = generated.covariance @ factor
    inner = factor.T @ carried
    del carried  # at most a few of these large matrices are kept at a time
    values, vectors = Root.of(inner)
    del inner
    cross = float(np.sum(np.sqrt(values)))
    alive = values > VANISHING * values.max(initial=0.0)
    vectors, scales = vectors[:, alive], values[alive] ** 0.25
    # With S_R = L L^T, both L (L^T S_F L)^-1/2 L^T and its inverse are of the form A A^T.
    half = factor @ vectors
    half /= scales
    to_real = half @ half.T
    half = inverse(vectors)
    half *= scales
    return Transport(_assembled(real, generated, cross), to_real, half @ half.T)


def _factor_and_inverse(
    covariance: np.ndarray, root: Root | None
) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
    """L (d, k) with L L^T = covariance, and x (k, j) -> (d, j), which solves L^T y = x.

    By Cholesky if no root is known and the matrix is well conditioned, which takes a fraction of
    the time.
    """
    if root is None:
        alive = np.flatnonzero(np.diag(covariance) > 0.0)
        try:
            lower = np.linalg.cholesky(covariance[np.ix_(alive, alive)])
        except np.linalg.LinAlgError:  # not of full rank
            lower = np.zeros((1, 1))
        pivots = np.square(np.diag(lower))
        # Equations without unknowns are an error in older versions of SciPy.
        if len(pivots) and pivots.min() > VANISHING * pivots.max():
            return _spread(lower, alive, len(covariance)), lambda x: _spread(
                solve_triangular(lower, x, lower=True, trans=1), alive, len(covariance)
            )
        root = Root.of(covariance)
    kept = root.values > VANISHING * root.values[-1]
    vectors, scales = root.vectors[:, kept], np.sqrt(root.values[kept])
    return vectors * scales, lambda x: (vectors / scales) @ x


def _spread(rows: np.ndarray, places: np.ndarray, count: int) -> np.ndarray:
    """The rows in their places among `count` rows, of which the others are zero."""
    if len(rows) == count:
        return rows
    found = np.zeros((count, rows.shape[1]))
    found[places] = rows
    return found


def frechet_influence(
    values: np.ndarray, own: Moments, other: Moments, map_: np.ndarray
) -> np.ndarray:
    """Computes the influence (n,) of each row of one set: the distance's derivative by its mass.

    For a row x, the influence is 2 (m - m').(x - m) + (x - m)^T (I - T) (x - m) up to a constant,
    with T the map from the row's own Gaussian to the other one, since the distance changes by
    tr((I - T) dS).

    Args:
        values: (n, d) rows of one set.
        own, other: the moments of that set and of the other set.
        map_: (d, d) T.
    """
    shift = 2.0 * (own.mean - other.mean)
    found = np.empty(len(values))
    d = len(map_)
    # Influences are needed to a digit or two only; float32 halves the cost.
    upper = (np.eye(d) - map_).astype(np.float32)
    # x^T M x takes the part above the diagonal twice, in blocks, which saves nearly half.
    ends = np.linspace(0, d, min(SPLIT, d) + 1).astype(int)
    for first, last in pairwise(ends):
        upper[:first, first:last] *= np.float32(2.0)
    step = max(1, BLOCK // d)
    for start in range(0, len(values), step):
        apart = np.asarray(values[start : start + step], np.float64) - own.mean
        narrow = apart.astype(np.float32)
        influence = apart @ shift
        for first, last in pairwise(ends):
            along = narrow[:, :last] @ upper[:last, first:last]
            influence += np.einsum("nd,nd->n", narrow[:, first:last], along)
        found[start : start + step] = influence
    return found


def frechet_of_few(real: np.ndarray, generated: np.ndarray) -> DistanceOfFew:
    """Computes the distance of sets with fewer examples than dimensions without d x d matrices.

    With A and B the centred sets, tr (S_R S_F)^1/2 is the sum of the singular values of
    M = A B^T / sqrt((p - 1) (n - 1)), since the nonzero eigenvalues of S_R S_F are those of M M^T.
    The weight of a row of A moves this sum by half of its entry on the diagonal of (M M^T)^1/2,
    and that of a row of B by half of its entry on the diagonal of (M^T M)^1/2.

    Args:
        real: (p, d), p >= 2.
        generated: (n, d), n >= 2.
    """
    a, b = np.asarray(real, np.float64), np.asarray(generated, np.float64)
    shift = a.mean(axis=0) - b.mean(axis=0)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    products = (a @ b.T) / np.sqrt((len(a) - 1) * (len(b) - 1))
    few_real = len(a) <= len(b)
    if not few_real:
        products = products.T
    squares, vectors = np.linalg.eigh(products @ products.T)
    kept = squares > len(squares) * np.finfo(squares.dtype).eps * squares[-1]  # not rounding alone
    vectors, singular = vectors[:, kept], np.sqrt(squares[kept])
    of_fewer = np.square(vectors) @ singular
    of_others = np.square(products.T @ vectors) @ (1.0 / singular)
    lengths_a, lengths_b = np.sum(np.square(a), axis=1), np.sum(np.square(b), axis=1)
    spread = lengths_a.sum() / (len(a) - 1) + lengths_b.sum() / (len(b) - 1)
    of_a, of_b = (of_fewer, of_others) if few_real else (of_others, of_fewer)
    return DistanceOfFew(
        max(0.0, float(shift @ shift + spread - 2.0 * singular.sum())),
        2.0 * (a @ shift) + lengths_a - (len(a) - 1) * of_a,
        -2.0 * (b @ shift) + lengths_b - (len(b) - 1) * of_b,
    )


def _assembled(real: Moments, generated: Moments, cross: float) -> float:
    shift = real.mean - generated.mean
    spread = np.trace(real.covariance) + np.trace(generated.covariance)
    return max(0.0, float(shift @ shift + spread - 2.0 * cross))  # rounding may leave -1e-15
