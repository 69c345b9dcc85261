"""The critic's convolution against Keras's own: values, gradients and gradients of gradients."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops
from vaereg_plugin_adversarial.critic_conv import CriticConv2D

import vaereg

CASES = {
    "to one channel": (1, 4, 1, (7, 7, 6)),
    "to one channel, odd kernel": (1, 3, 1, (5, 6, 3)),
    "from an image": (8, 4, 2, (28, 28, 1)),
    "from an image of colours": (5, 4, 2, (8, 12, 3)),
    "from an image, large kernel": (5, 6, 2, (10, 8, 1)),
    "from an image, small kernel": (5, 2, 2, (6, 6, 2)),
    "from an image of odd size": (5, 4, 2, (7, 9, 1)),
    "from an image, odd kernel": (5, 3, 2, (8, 8, 1)),
    "between features": (5, 4, 2, (8, 8, 6)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_is_the_convolution(case):
    filters, size, strides, shape = case
    ours = CriticConv2D(filters, size, strides=strides, padding="same", use_bias=True)
    plain = keras.layers.Conv2D(filters, size, strides=strides, padding="same")
    x = np.random.default_rng(0).normal(size=(3, *shape)).astype("float32")
    for layer in (ours, plain):
        layer.build((None, *shape))
    plain.kernel.assign(ours.kernel)

    def slope(layer):  # of a penalty on the gradient: a gradient of a gradient
        def score(x):
            return ops.sum(ops.tanh(layer(x)), axis=(1, 2, 3))

        def penalty(x):
            return ops.sum(ops.square(vaereg.gradient(score, x)), axis=(1, 2, 3))

        return [layer(x), vaereg.gradient(score, x), vaereg.gradient(penalty, x)]

    for found, expected in zip(slope(ours), slope(plain), strict=True):
        found, expected = ops.convert_to_numpy(found), ops.convert_to_numpy(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
