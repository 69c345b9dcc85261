"""The linear Gaussian model against linear algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vaereg import DataSpec
from vaereg.testing import StandInEvidence, StandInModel
from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian

DATA = DataSpec(form="vector", shape=(5,), value_range=None)


def covariance(model: LinearGaussian) -> np.ndarray:
    loadings = model.directions * model.strengths
    return loadings @ loadings.T + model.noise**2 * np.eye(len(loadings))


def normal(x: np.ndarray, mean: np.ndarray | float, variance: np.ndarray | float) -> np.ndarray:
    """log N(x; mean, diag variance), summed over the last axis."""
    return -0.5 * np.sum((x - mean) ** 2 / variance + np.log(2 * math.pi * variance), axis=-1)


def test_the_density_of_data_is_that_of_its_covariance() -> None:
    model = LinearGaussian(DATA)
    x = np.random.default_rng(0).normal(size=(6, 5))
    s = covariance(model)
    y = x - model.middle
    expected = -0.5 * (
        np.sum(y * np.linalg.solve(s, y.T).T, axis=1)
        + np.linalg.slogdet(s)[1]
        + 5 * math.log(2 * math.pi)
    )
    np.testing.assert_allclose(model.log_prob(x), expected, rtol=1e-10)


def test_the_posterior_is_exact_so_every_weight_is_the_density_of_the_example() -> None:
    model = LinearGaussian(DATA)
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(6, 5)), rng.normal(size=(6, 3))
    mean, log_var = model.encode(x)
    given_z = model.middle + (z * model.strengths) @ model.directions.T
    joint = normal(z, 0.0, np.ones(3)) + normal(x, given_z, np.full(5, model.noise**2))
    np.testing.assert_allclose(joint - normal(z, mean, np.exp(log_var)), model.log_prob(x))


def test_draws_have_its_covariance() -> None:
    model = LinearGaussian(DATA)
    rng = np.random.default_rng(2)
    drawn = model.draw(rng.normal(size=(40_000, 3)), rng)
    s = covariance(model)
    np.testing.assert_allclose(np.cov(drawn.T), s, atol=0.03 * np.max(s))


def test_images_lie_within_range_and_on_their_levels() -> None:
    data = DataSpec(form="image", shape=(4, 4, 1), value_range=(-1.0, 1.0), levels=5)
    rng = np.random.default_rng(3)
    drawn = LinearGaussian(data).draw(5.0 * rng.normal(size=(50, 3)), rng)
    assert set(np.unique(drawn)) == {-1.0, -0.5, 0.0, 0.5, 1.0}


@pytest.mark.parametrize("latent", [1, 3, 9])
def test_the_latent_is_no_longer_than_an_example(latent: int) -> None:
    assert LinearGaussian(DATA, latent).latent == min(latent, 5)


def test_the_kl_of_its_view_is_what_draws_say() -> None:
    evidence = StandInEvidence(model=StandInModel, count=3)
    assert evidence.model is not None
    mean, log_var = evidence.linear_gaussian.encode(evidence.real)
    rng = np.random.default_rng(4)
    z = mean + np.exp(0.5 * log_var) * rng.normal(size=(20_000, *mean.shape))
    ratios = normal(z[..., None], mean[..., None], np.exp(log_var)[..., None]) - normal(
        z[..., None], 0.0, np.ones(1)
    )
    off = ratios.mean(axis=0) - evidence.model.kl
    assert np.all(np.abs(off) < 5 * ratios.std(axis=0) / math.sqrt(20_000))
