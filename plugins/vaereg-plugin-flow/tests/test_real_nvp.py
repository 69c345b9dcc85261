"""The prior is a normalised density, at its initial weights and at others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from keras import ops

import vaereg

GRID = np.linspace(-15.0, 15.0, 301)


def numbers(value):
    return np.asarray(ops.convert_to_numpy(value), dtype="float64")


def normal_log_prob(z):
    flat = z.reshape(len(z), -1).astype("float64")
    return -0.5 * (flat**2 + math.log(2 * math.pi)).sum(axis=1)


def plane():
    return np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2).astype("float32")


@pytest.mark.parametrize("shape", [(2,), (5,), (2, 3, 2)], ids=str)
def test_at_first_it_is_the_standard_normal(prior, shape):
    layer = prior(shape, random=False)
    z = 2.0 * np.random.default_rng(0).normal(size=(20, *shape)).astype("float32")

    np.testing.assert_allclose(numbers(layer.log_prob(z)), normal_log_prob(z), rtol=1e-6)
    drawn = numbers(layer.sample(4000, 1)).reshape(4000, -1)
    assert np.abs(drawn.mean(axis=0)).max() < 0.08
    assert np.abs(np.cov(drawn.T) - np.eye(drawn.shape[1])).max() < 0.12


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_at_random_weights_the_density_integrates_to_1(prior, seed):
    layer = prior(seed=seed)
    log_density = numbers(layer.log_prob(plane()))

    total = np.exp(log_density).sum() * (GRID[1] - GRID[0]) ** 2

    assert np.abs(log_density - normal_log_prob(plane())).max() > 1.0
    assert abs(total - 1.0) < 1e-3


def test_at_random_weights_draws_have_the_moments_and_the_entropy_of_the_density(prior):
    layer, z = prior(), plane().astype("float64")
    log_density = numbers(layer.log_prob(plane()))
    chance = np.exp(log_density) / np.exp(log_density).sum()

    drawn = layer.sample(8000, 3)

    def statistics(values, log_p):
        first, second = values.T
        return np.stack([first, second, first**2, second**2, first * second, log_p], axis=1)

    found = statistics(numbers(drawn), numbers(layer.log_prob(drawn)))
    expected = chance @ statistics(z, log_density)
    error = found.std(axis=0) / math.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - expected) < 5 * error)


@pytest.mark.parametrize("shape", [(2,), (5,), (2, 3, 2)], ids=str)
def test_the_flow_and_its_inverse_undo_each_other(prior, shape):
    layer = prior(shape)
    u = np.random.default_rng(0).normal(size=(50, layer.size)).astype("float32")

    values = ops.convert_to_tensor(u)
    for coupling in layer.couplings:
        values, _ = coupling.to_latent(values)
    for coupling in reversed(layer.couplings):
        values, _ = coupling.from_latent(values)

    np.testing.assert_allclose(numbers(values), u, atol=1e-5)


def test_log_prob_is_that_of_the_draw_it_came_from_and_the_jacobian(prior):
    """In another way: log N(u) - log |det dz/du|, the Jacobian by gradients of the whole flow."""
    layer = prior((4,))
    u = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(6, 4)).astype("float32"))

    def flow(values):
        for coupling in layer.couplings:
            values, _ = coupling.to_latent(values)
        return values

    rows = [numbers(vaereg.gradient(lambda v, i=i: flow(v)[:, i], u)) for i in range(4)]
    _, log_det = np.linalg.slogdet(np.stack(rows, axis=1))

    expected = normal_log_prob(numbers(u)) - log_det
    np.testing.assert_allclose(numbers(layer.log_prob(flow(u))), expected, atol=1e-4)


def test_samples_come_from_the_seeds_noise_through_the_flow(prior):
    layer = prior((2, 3, 2))

    first, again, other = (numbers(layer.sample(5, seed)) for seed in (1, 1, 2))

    assert first.shape == (5, 2, 3, 2)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert "float32" in str(layer.sample(5, 1).dtype)


def test_the_weights_are_all_that_a_loaded_prior_needs(prior):
    saved, fresh = prior((5,), seed=1), prior((5,), random=False, seed=2)
    z = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
    state = {variable.path: numbers(variable.value) for variable in saved.variables}

    for variable in fresh.variables:
        variable.assign(state[variable.path].astype("float32"))

    assert np.array_equal(numbers(saved.log_prob(z)), numbers(fresh.log_prob(z)))


def test_every_weight_has_a_path_of_its_own_that_begins_with_the_layers_name(prior):
    paths = [variable.path for variable in prior(layers=3, widths=(4, 4)).variables]

    assert len(set(paths)) == len(paths) == 3 * 3 * 2
    assert all(path.startswith("prior/coupling") for path in paths)


def test_every_weight_has_a_say_in_the_density(prior):
    layer = prior((4,), widths=(8, 8))
    z = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(8, 4)).astype("float32"))
    before = numbers(layer.log_prob(z))

    for variable in layer.trainable_variables:
        kept = numbers(variable.value).astype("float32")
        variable.assign(kept + 0.05)
        assert np.abs(numbers(layer.log_prob(z)) - before).max() > 1e-4, variable.path
        variable.assign(kept)


def test_a_single_number_is_refused_with_what_to_do(prior):
    with pytest.raises(ValueError, match="at least 2 numbers; latent = 1 was given"):
        prior((1,))
