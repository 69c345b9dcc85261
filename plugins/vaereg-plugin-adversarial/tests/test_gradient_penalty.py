"""The penalties against critics whose gradient is known on paper."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from vaereg_plugin_adversarial.gradient_penalty import slope_off_one, squared_slope

WEIGHT = np.random.default_rng(1).normal(size=(3, 2, 1)).astype("float32")


def linear(x):
    """<w, x>, whose gradient is w everywhere."""
    return ops.sum(x * ops.convert_to_tensor(WEIGHT), axis=(1, 2, 3))


def quadratic(x):
    """|x|^2 / 2, whose gradient is x."""
    return 0.5 * ops.sum(ops.square(x), axis=(1, 2, 3))


def images(seed):
    return ops.convert_to_tensor(
        np.random.default_rng(seed).normal(size=(5, 3, 2, 1)).astype("float32")
    )


def test_the_squared_slope_of_a_linear_critic_is_that_of_its_weights():
    found = ops.convert_to_numpy(squared_slope(linear, images(0)))

    assert found.shape == (5,)
    np.testing.assert_allclose(found, np.sum(WEIGHT**2), rtol=1e-5)


def test_the_squared_slope_belongs_to_each_example():
    x = images(0)

    found = ops.convert_to_numpy(squared_slope(quadratic, x))

    np.testing.assert_allclose(
        found, np.sum(ops.convert_to_numpy(x) ** 2, axis=(1, 2, 3)), rtol=1e-5
    )


def test_the_gradient_penalty_of_a_linear_critic_is_known():
    found = ops.convert_to_numpy(slope_off_one(linear, images(0), images(1), seed=3))

    expected = (np.sqrt(np.sum(WEIGHT**2)) - 1) ** 2
    np.testing.assert_allclose(found, np.full(5, expected), rtol=1e-4)


def test_the_gradient_penalty_is_zero_where_the_slope_is_one():
    norm = float(np.sqrt(np.sum(WEIGHT**2)))

    found = slope_off_one(lambda x: linear(x) / norm, images(0), images(1), seed=3)

    np.testing.assert_allclose(ops.convert_to_numpy(found), 0.0, atol=1e-10)


def test_the_gradient_penalty_looks_between_real_and_fake():
    """With |x|^2/2 the slope shows the interpolated point; equal points give that point."""
    x = images(0)
    norm = np.sqrt(np.sum(ops.convert_to_numpy(x) ** 2, axis=(1, 2, 3)))

    at_one_place = ops.convert_to_numpy(slope_off_one(quadratic, x, x, seed=3))
    between = ops.convert_to_numpy(slope_off_one(quadratic, x, 3.0 * x, seed=3))

    np.testing.assert_allclose(at_one_place, (norm - 1) ** 2, rtol=1e-4)
    place = (np.sqrt(between) + 1) / norm  # |between| / |x|, where |between| > 1
    assert np.all((place > 1) & (place < 3))
    assert np.ptp(place) > 0.05  # each example is interpolated at another point


def test_the_gradient_penalty_has_a_finite_gradient_where_the_critic_is_flat():
    import vaereg

    def penalty(scale):
        return slope_off_one(lambda x: scale * linear(x), images(0), images(1), seed=3)

    slope = vaereg.gradient(penalty, ops.zeros(()))

    assert np.isfinite(ops.convert_to_numpy(slope))


def test_r1_is_half_gamma_times_the_squared_slope(patch, step):
    plain, penalised = patch(), patch(r1=3.0)
    for variable, source in zip(penalised.weights, plain.weights, strict=True):
        variable.assign(ops.convert_to_numpy(source.value))
    made = step()

    penalty = penalised.critic_loss(made) - plain.critic_loss(step())

    expected = 1.5 * ops.convert_to_numpy(penalised.diagnostics(made)["r1"])
    np.testing.assert_allclose(ops.convert_to_numpy(penalty), expected, rtol=1e-3, atol=1e-6)
    assert np.all(expected > 0)


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, set()),
        ({"loss": "wasserstein"}, {"gradient_penalty"}),
        ({"loss": "wasserstein", "gradient_penalty": 0.0}, set()),
        ({"loss": "wasserstein", "r1": 0.1}, {"gradient_penalty", "r1"}),
    ],
)
def test_only_the_wasserstein_loss_brings_the_gradient_penalty(patch, step, params, names):
    found = patch(**params).diagnostics(step())

    assert set(found) & {"r1", "gradient_penalty"} == names
