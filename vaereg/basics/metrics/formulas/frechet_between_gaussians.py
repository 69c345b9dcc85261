"""The Fréchet distance between two Gaussians, and the influence of each example on it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

VANISHING = 1e-10
"""Eigenvalues below this share of the largest are rounding errors."""


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


def frechet_transport(real: Moments, generated: Moments, root: Root) -> Transport:
    """Computes the distance, as `frechet_distance` does, together with both maps.

    Source: Takatsu 2011, "Wasserstein geometry of Gaussian measures", for the maps.
    """
    kept = root.values > VANISHING * root.values[-1]
    vectors, scales = root.vectors[:, kept], np.sqrt(root.values[kept])
    factor = vectors * scales
    inner = Root.of(factor.T @ (generated.covariance @ factor))
    alive = inner.values > VANISHING * inner.values.max(initial=0.0)
    turn, roots = inner.vectors[:, alive], np.sqrt(inner.values[alive])
    # With S_R = L L^T, both L (L^T S_F L)^-1/2 L^T and its inverse are of the form A A^T.
    to_real = (factor @ turn) / np.sqrt(roots)
    to_generated = ((vectors / scales) @ turn) * np.sqrt(roots)
    return Transport(
        _assembled(real, generated, float(np.sum(np.sqrt(inner.values)))),
        to_real @ to_real.T,
        to_generated @ to_generated.T,
    )


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
    less = (np.eye(len(map_)) - map_).astype(np.float32)
    step = max(1, (1 << 20) // values.shape[1])
    for start in range(0, len(values), step):
        apart = np.asarray(values[start : start + step], np.float64) - own.mean
        # Influences are needed to a digit or two only; float32 halves the cost.
        quadratic = np.einsum("nd,nd->n", apart, apart.astype(np.float32) @ less)
        found[start : start + step] = apart @ shift + quadratic
    return found


def frechet_distance_of_few(real: np.ndarray, generated: np.ndarray) -> float:
    """Computes the distance of sets with fewer examples than dimensions without d x d matrices.

    With A and B the centred sets, tr (S_R S_F)^1/2 is the sum of the singular values of
    M = A B^T / sqrt((p - 1) (n - 1)), since the nonzero eigenvalues of S_R S_F are those of M M^T.
    The eigenvalues of M M^T cost a fourth of a singular value decomposition.

    Args:
        real: (p, d), p >= 2.
        generated: (n, d), n >= 2.
    """
    a, b = np.asarray(real, np.float64), np.asarray(generated, np.float64)
    shift = a.mean(axis=0) - b.mean(axis=0)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    scale_a, scale_b = len(a) - 1, len(b) - 1
    products = a @ b.T if len(a) <= len(b) else b @ a.T
    squares = np.linalg.eigvalsh(products @ products.T)
    kept = squares > len(squares) * np.finfo(squares.dtype).eps * squares[-1]  # not rounding alone
    cross = np.sqrt(squares[kept]).sum() / np.sqrt(scale_a * scale_b)
    spread = np.sum(np.square(a)) / scale_a + np.sum(np.square(b)) / scale_b
    return max(0.0, float(shift @ shift + spread - 2.0 * cross))


def _assembled(real: Moments, generated: Moments, cross: float) -> float:
    shift = real.mean - generated.mean
    spread = np.trace(real.covariance) + np.trace(generated.covariance)
    return max(0.0, float(shift @ shift + spread - 2.0 * cross))  # rounding may leave -1e-15
