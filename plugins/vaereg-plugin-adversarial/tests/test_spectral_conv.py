"""The kernel's norm against numpy's singular values."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops
from vaereg_plugin_adversarial.spectral_conv import SpectralConv2D

import vaereg


def made(filters=5):
    keras.utils.set_random_seed(0)
    layer = SpectralConv2D(filters, 3, padding="same", name="conv")
    layer.build((None, 6, 6, 2))
    return layer


def images():
    return np.random.default_rng(0).normal(size=(4, 6, 6, 2)).astype("float32")


def largest(layer):
    kernel = ops.convert_to_numpy(layer.kernel.value)
    return np.linalg.svd(kernel.reshape(-1, layer.filters), compute_uv=False)[0]


def test_after_some_training_calls_the_kernel_in_use_has_norm_one():
    layer = made()
    for _ in range(60):
        layer(images(), training=True)

    found = ops.convert_to_numpy(layer(images()))

    plain = keras.layers.Conv2D(5, 3, padding="same")
    plain.build((None, 6, 6, 2))
    plain.kernel.assign(ops.convert_to_numpy(layer.kernel.value) / largest(layer))
    np.testing.assert_allclose(found, ops.convert_to_numpy(plain(images())), atol=1e-3)


def test_the_size_of_the_kernel_does_not_matter():
    layer = made()
    before = ops.convert_to_numpy(layer(images()))

    layer.kernel.assign(3.0 * ops.convert_to_numpy(layer.kernel.value))

    np.testing.assert_allclose(ops.convert_to_numpy(layer(images())), before, rtol=1e-4, atol=1e-5)


def test_a_call_outside_training_changes_nothing():
    layer = made()
    before = ops.convert_to_numpy(layer.direction.value)

    layer(images())
    assert np.array_equal(before, ops.convert_to_numpy(layer.direction.value))

    layer(images(), training=True)
    assert not np.array_equal(before, ops.convert_to_numpy(layer.direction.value))


def test_the_kernel_itself_is_left_to_the_optimizer():
    layer = made()
    before = ops.convert_to_numpy(layer.kernel.value)

    layer(images(), training=True)

    assert np.array_equal(before, ops.convert_to_numpy(layer.kernel.value))


def test_a_gradient_reaches_the_input_through_the_quotient():
    layer = made()

    slope = vaereg.gradient(lambda x: ops.sum(layer(x), axis=(1, 2, 3)), images())

    assert np.all(np.isfinite(ops.convert_to_numpy(slope)))
    assert np.any(ops.convert_to_numpy(slope))
