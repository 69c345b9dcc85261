"""The shape of the tail of importance weights."""

import numpy as np
import pytest

from vaereg.testing.densities.pareto_shape import pareto_shape


@pytest.mark.parametrize("shape", [0.3, 0.7, 1.2])
def test_the_shape_of_pareto_weights_is_found(shape):
    rng = np.random.default_rng(1)
    found = [pareto_shape(rng.uniform(size=20_000) ** -shape) for _ in range(20)]
    assert np.mean(found) == pytest.approx(shape, abs=0.08)


def test_light_tails_are_light():
    rng = np.random.default_rng(2)
    assert pareto_shape(rng.uniform(size=4000)) < 0.0
    assert pareto_shape(rng.exponential(size=4000)) < 0.3


@pytest.mark.parametrize("weights", [np.ones(4000), np.arange(12.0), np.full(4000, np.nan)])
def test_weights_without_a_tail_have_none(weights):
    assert pareto_shape(weights) == -np.inf


def test_an_infinite_weight_is_heavy():
    assert pareto_shape(np.append(np.ones(4000), np.inf)) == np.inf
