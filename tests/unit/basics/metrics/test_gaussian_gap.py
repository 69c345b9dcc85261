"""The distance of Gaussians against closed forms, another formula and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from vaereg.basics.metrics.gaussian_gap import gaussian_gap


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def with_moments(mean: np.ndarray, sd: np.ndarray, n: int = 50) -> np.ndarray:
    """Draws (n, d) whose sample mean and covariance are exactly these."""
    z = drawn(n, len(mean))
    z -= z.mean(axis=0)
    z = z @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T))).T
    return mean + z * sd


def test_diagonal_gaussians_are_apart_by_their_means_and_deviations() -> None:
    mean, sd = np.array([1.0, -2.0, 0.5]), np.array([0.5, 1.0, 2.0])
    value, _ = gaussian_gap(np.zeros(3), np.eye(3), with_moments(mean, sd))

    np.testing.assert_allclose(value, np.sum(mean**2) + np.sum((sd - 1) ** 2), rtol=1e-9)


def test_equal_moments_are_not_apart() -> None:
    z = drawn(30, 4)

    assert gaussian_gap(z.mean(axis=0), np.cov(z.T), z)[0] < 1e-10


def test_it_equals_the_formula_with_a_matrix_root() -> None:
    z, other = drawn(40, 5) @ drawn(5, 5, seed=1), drawn(40, 5, seed=2) @ drawn(5, 5, seed=3)
    covariance, s = np.cov(other.T), np.cov(z.T)
    root = linalg.sqrtm(s @ covariance)
    shift = z.mean(axis=0) - 0.3
    wanted = shift @ shift + np.trace(s + covariance - 2 * root.real)

    np.testing.assert_allclose(gaussian_gap(np.full(5, 0.3), covariance, z)[0], wanted, rtol=1e-8)


@pytest.mark.parametrize("dead", [0.0, 1.0])
def test_covariances_may_be_singular(dead: float) -> None:
    """A dimension without spread on one side is as far as the other's deviation."""
    covariance = np.diag([1.0, 1.0, dead])
    z = with_moments(np.zeros(3), np.array([1.0, 1.0, 1.0]))
    z[:, 2] *= 1.0 - dead
    value, influence = gaussian_gap(np.zeros(3), covariance, z)

    np.testing.assert_allclose(value, 1.0, rtol=1e-6)
    assert np.isfinite(influence).all()


def test_more_dimensions_than_draws_are_taken() -> None:
    value, influence = gaussian_gap(np.zeros(20), np.eye(20), drawn(8, 20))

    assert 0 < value < 40
    assert np.isfinite(influence).all()


def test_influences_are_how_a_draw_moves_the_value() -> None:
    """The derivative to a draw's weight, taken by giving one draw a little more of it."""
    z = drawn(400, 3) @ drawn(3, 3, seed=1) + 0.5
    covariance = np.diag([1.0, 2.0, 0.5])
    value, influence = gaussian_gap(np.zeros(3), covariance, z)
    many = np.repeat(z, 50, axis=0)
    small = len(many)

    for i in (0, 17, 250):
        more = np.concatenate([many, z[i : i + 1]])
        moved = gaussian_gap(np.zeros(3), covariance, more)[0]
        base = gaussian_gap(np.zeros(3), covariance, many)[0]
        wanted = (moved - base) * (small + 1)
        np.testing.assert_allclose(influence[i] - influence.mean(), wanted, atol=0.02)
    assert value > 0


def test_influences_give_the_standard_deviation_over_samples() -> None:
    covariance = np.diag([1.0, 2.0, 0.5])
    runs = [gaussian_gap(np.full(3, 0.5), covariance, drawn(300, 3, seed=s)) for s in range(200)]
    errors = [np.sqrt(np.var(influence, ddof=1) / 300) for _, influence in runs]

    # 200 samples tell a standard deviation to 5 %.
    np.testing.assert_allclose(np.mean(errors), np.std([v for v, _ in runs], ddof=1), rtol=0.15)


def test_the_noise_of_draws_adds_what_the_documentation_says() -> None:
    d, n = 8, 2000
    values = [gaussian_gap(np.zeros(d), np.eye(d), drawn(n, d, seed=s))[0] for s in range(40)]

    np.testing.assert_allclose(np.mean(values), d * (d + 5) / (4 * n), rtol=0.1)
