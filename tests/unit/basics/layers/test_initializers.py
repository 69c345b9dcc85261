"""Kernels start with the variance of their activation, with equal values on every backend."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.helpers.networks import network, numpy
from vaereg.basics.layers.initializers import kernel_initializer

SHAPE = (3, 3, 40, 60)
EXPECTED = [[-1.2027719020843506, -0.25852516293525696], [0.4288044273853302, -1.1356725692749023]]
"""What seed 12 gave first; NumPy keeps the streams of its bit generators."""


@pytest.mark.parametrize(
    ("activation", "due"),
    [("relu", 2 / 360), ("silu", 2 / 360), ("selu", 1 / 360), ("tanh", 1 / 450)],
)
def test_the_variance_is_that_of_the_activation(activation, due):
    drawn = numpy(kernel_initializer(activation)(SHAPE))

    assert np.var(drawn) == pytest.approx(due, rel=0.02)
    assert np.mean(drawn) == pytest.approx(0, abs=5 * (due / drawn.size) ** 0.5)
    assert np.abs(drawn).max() <= (3 * due) ** 0.5 * 1.0001


@pytest.mark.parametrize("shape", [SHAPE, (150, 140)])
@pytest.mark.parametrize("activation", ["relu", "selu", "tanh"])
def test_the_range_is_that_of_keras(shape, activation):
    ours = kernel_initializer(activation)
    due = keras.initializers.VarianceScaling(ours.scale, ours.mode, "uniform", seed=1)(shape)

    drawn, due = np.abs(numpy(ours(shape))).max(), np.abs(numpy(due)).max()
    assert drawn == pytest.approx(due, rel=2e-3)  # the largest of 20,000 values


def test_equal_seeds_give_equal_weights_on_every_backend():
    keras.utils.set_random_seed(12)

    drawn = numpy(kernel_initializer("relu")((2, 2)))

    np.testing.assert_allclose(drawn, EXPECTED, rtol=1e-6)


def test_half_precision_weights_can_be_drawn():
    drawn = kernel_initializer("relu")(SHAPE, dtype="bfloat16")

    assert keras.backend.standardize_dtype(drawn.dtype) == "bfloat16"


@pytest.mark.parametrize("name", ["conv", "resnet"])
def test_signals_keep_their_size_at_the_start(name):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 32, 32, 3)).astype("float32")
    layer = network("encoder", name, (32, 32, 3), widths=(32, 32, 32))
    z = rng.normal(size=(64, 16)).astype("float32")
    decoder = network("decoder", name, (32, 32, 3), latent=(16,), widths=(32, 32, 32))

    assert 0.1 < np.std(numpy(layer(x))) < 3
    assert 0.1 < np.std(numpy(decoder(z))) < 3
