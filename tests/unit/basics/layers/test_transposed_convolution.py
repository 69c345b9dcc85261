"""The transposed convolution equals Keras's in value and derivatives, on every backend."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.networks import compiled, numpy, values
from vaereg.basics.kernels.transposed_convolution import transposed_convolution
from vaereg.basics.layers.transposed_convolution import NearestConvolution, TransposedConvolution

SIZES = (1, 2, 3, 4, 5, 6)
ATOL = 2e-5  # float32 sums over up to 36 taps and 5 channels


def reference(x, kernel):
    """keras.layers.Conv2DTranspose with the given kernel."""
    layer = keras.layers.Conv2DTranspose(
        kernel.shape[2], kernel.shape[0], strides=2, padding="same", use_bias=False
    )
    layer.build(x.shape)
    with keras.StatelessScope(state_mapping=[(layer.kernel, kernel)]):
        return layer(x)


def wave(y):
    """Values that weigh each position differently and are not linear in it."""
    weight = values(tuple(y.shape[1:]), 1, seed=9)
    return ops.sum(ops.sin(y) * weight, axis=(1, 2, 3))


def operands(size):
    return values((3, 4, 5), 2), values((size, size, 3, 5), 1, seed=1)[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wrap", [lambda fn: fn, compiled], ids=["eager", "compiled"])
def test_it_equals_keras_conv2dtranspose(size, wrap):
    x, kernel = operands(size)

    found = wrap(transposed_convolution)(x, kernel)

    assert tuple(found.shape) == (2, 6, 8, 3)
    np.testing.assert_allclose(numpy(found), numpy(reference(x, kernel)), atol=ATOL)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("by", ["x", "kernel"])
def test_its_gradient_equals_that_of_keras(size, by):
    x, kernel = operands(size)

    def slope(convolve):
        if by == "x":
            return vaereg.gradient(lambda value: wave(convolve(value, kernel)), x)
        return vaereg.gradient(lambda value: wave(convolve(x, value)), kernel)

    np.testing.assert_allclose(
        numpy(slope(transposed_convolution)), numpy(slope(reference)), atol=10 * ATOL
    )


@pytest.mark.parametrize("size", [3, 4])
@pytest.mark.parametrize("first", ["x", "kernel"])
@pytest.mark.parametrize("second", ["x", "kernel"])
def test_its_second_derivatives_equal_those_of_keras(size, first, second):
    x, kernel = operands(size)

    def curvature(convolve):
        def penalty(**moved):
            at = {"x": x, "kernel": kernel, **moved}

            def inner(value):
                return wave(convolve(**{**at, first: value}))

            return ops.square(vaereg.gradient(inner, at[first]))

        start = {"x": x, "kernel": kernel}[second]
        return vaereg.gradient(lambda value: penalty(**{second: value}), start)

    def ours(x, kernel):
        return transposed_convolution(x, kernel)

    found, due = numpy(curvature(ours)), numpy(curvature(reference))
    assert np.abs(due).max() > 1e-2
    np.testing.assert_allclose(found, due, rtol=1e-3, atol=1e-3 * np.abs(due).max())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("size", [3, 4])
def test_half_precision_gives_half_precision_close_to_float32(dtype, size):
    x, kernel = operands(size)

    def half(value):
        return transposed_convolution(ops.cast(value, dtype), ops.cast(kernel, dtype))

    found = half(x)
    slope = vaereg.gradient(lambda value: ops.cast(half(value), "float32"), x)

    assert keras.backend.standardize_dtype(found.dtype) == dtype
    scale = np.abs(numpy(reference(x, kernel))).max()
    np.testing.assert_allclose(
        numpy(found) / scale,
        numpy(reference(x, kernel)) / scale,
        atol=0.02,  # bfloat16 has 8 bits
    )
    due = numpy(vaereg.gradient(lambda value: reference(value, kernel), x))
    np.testing.assert_allclose(numpy(slope), due, atol=0.05 * np.abs(due).max())


def test_kernels_need_not_be_square():
    x, kernel = values((3, 4, 5), 2), values((4, 3, 3, 5), 1, seed=1)[0]
    due = ops.conv_transpose(x, kernel, 2, "same", data_format="channels_last")

    np.testing.assert_allclose(numpy(transposed_convolution(x, kernel)), numpy(due), atol=ATOL)


def test_the_layer_takes_the_weights_of_keras_conv2dtranspose():
    x = values((3, 4, 5), 2)
    ours = TransposedConvolution(3, 4, activation="relu", use_bias=True, name="ours")
    due = keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same")
    ours(x), due(x)
    due.set_weights([numpy(w) for w in ours.weights])

    assert [w.name for w in ours.weights] == ["kernel", "bias"]
    np.testing.assert_allclose(numpy(ours(x)), numpy(due(x)), atol=ATOL)
    assert tuple(ours.compute_output_shape((None, 3, 4, 5))) == (None, 6, 8, 3)


def test_its_first_weights_keep_the_size_of_the_signal():
    x = values((8, 8, 64), 4)
    layer = TransposedConvolution(16, 4, activation="relu", use_bias=False, name="up")
    keras.utils.set_random_seed(0)

    y = numpy(layer(x))[:, 2:-2, 2:-2]

    assert np.mean(y**2) == pytest.approx(2.0, rel=0.2)  # relu halves it


def test_the_nearest_convolution_repeats_positions_and_convolves():
    x = values((3, 4, 5), 2)
    layer = NearestConvolution(6, name="up")
    layer(x)
    layer.bias.assign(np.arange(6, dtype="float32"))

    repeated = ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)
    kernel = ops.convert_to_tensor(numpy(layer.kernel))
    due = ops.conv(repeated, kernel, padding="same", data_format="channels_last") + layer.bias

    np.testing.assert_allclose(numpy(layer(x)), numpy(due), atol=ATOL)
