"""The density of the aggregate posterior against explicit sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from vaereg.basics.metrics.formulas import mixture_density
from vaereg.basics.metrics.formulas.mixture_density import log_mixture_density, scott_log_var


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def by_double_loop(points: np.ndarray, means: np.ndarray, log_vars: np.ndarray) -> np.ndarray:
    result = []
    for z in points:
        terms = [
            sum(
                -0.5 * (math.log(2 * math.pi) + v + (a - m) ** 2 / math.exp(v))
                for a, m, v in zip(z, mean, log_var, strict=True)
            )
            for mean, log_var in zip(means, log_vars, strict=True)
        ]
        top = max(terms)
        result.append(top + math.log(sum(math.exp(t - top) for t in terms) / len(terms)))
    return np.asarray(result)


@pytest.mark.parametrize("offset", [0.0, 1000.0])
@pytest.mark.parametrize("narrow", [0.0, -12.0])
def test_it_equals_the_double_loop(offset: float, narrow: float) -> None:
    points, means = drawn(9, 4) + offset, drawn(7, 4, seed=1) + offset
    log_vars = drawn(7, 4, seed=2) + narrow

    density = log_mixture_density(points, means, log_vars)

    np.testing.assert_allclose(density, by_double_loop(points, means, log_vars), rtol=1e-9)


def test_far_points_have_a_finite_density() -> None:
    density = log_mixture_density(np.full((1, 3), 1e3), drawn(5, 3), np.full((5, 3), -8.0))

    assert np.isfinite(density).all()
    assert density[0] < -1e9


def test_it_integrates_to_one() -> None:
    grid = np.linspace(-12, 12, 4001)[:, None]
    density = log_mixture_density(grid, drawn(6, 1), drawn(6, 1, seed=1))

    np.testing.assert_allclose(integrate.trapezoid(np.exp(density), grid[:, 0]), 1.0, rtol=1e-6)


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    points, means, log_vars = drawn(11, 3), drawn(5, 3, seed=1), drawn(5, 3, seed=2)
    wanted = log_mixture_density(points, means, log_vars)
    monkeypatch.setattr(mixture_density, "BLOCK", 10)

    np.testing.assert_allclose(log_mixture_density(points, means, log_vars), wanted, rtol=1e-12)


def test_neither_order_makes_a_difference() -> None:
    points, means, log_vars = drawn(11, 3), drawn(50, 3, seed=1), drawn(50, 3, seed=2)
    order = np.random.default_rng(0).permutation(50)
    wanted = log_mixture_density(points, means, log_vars)

    moved = log_mixture_density(points[::-1], means[order], log_vars[order])
    np.testing.assert_allclose(moved[::-1], wanted, rtol=1e-12)


def test_along_one_dimension_the_kernel_density_is_that_of_scipy() -> None:
    codes, points = 3 * drawn(40, 1), drawn(9, 1, seed=1)
    spread = np.broadcast_to(scott_log_var(codes), codes.shape)

    density = log_mixture_density(points, codes, spread)

    np.testing.assert_allclose(density, stats.gaussian_kde(codes.T).logpdf(points.T), rtol=1e-9)


def test_a_dimension_that_never_varies_keeps_a_narrow_kernel() -> None:
    codes = drawn(100, 2) * [1.0, 0.0]
    narrow = np.exp(0.5 * np.diff(scott_log_var(codes)))

    np.testing.assert_allclose(narrow, 1e-3)
    assert np.isfinite(scott_log_var(np.ones((5, 2)))).all()
