"""The parameters of the built-in networks do what they say."""

from __future__ import annotations

import inspect

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.networks import network, numpy, shaken, values, weights
from vaereg.basics.layers.network_params import ACTIVATIONS
from vaereg.basics.layers.normalization import groups_of


def of_keras():
    """Keras's activations that need no argument but x and keep the shape."""
    found = {
        name: inspect.signature(function)
        for name, function in vars(keras.activations).items()
        if inspect.isfunction(function) and name not in ("serialize", "deserialize", "get", "glu")
    }
    return {
        name
        for name, signature in found.items()
        if all(p.default is not p.empty for p in list(signature.parameters.values())[1:])
    }


def test_every_activation_of_keras_is_offered():
    assert of_keras() <= set(ACTIVATIONS)
    assert set(ACTIVATIONS) - of_keras() <= {"swish", "hard_swish"}  # by alias
    assert all(callable(keras.activations.get(name)) for name in ACTIVATIONS)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_builds_and_is_finite(activation):
    for kind, shape in (("encoder", (4, 4, 1)), ("decoder", (3,))):
        layer = network(kind, "dense", (4, 4, 1), activation=activation)
        assert np.isfinite(numpy(layer(values(shape)))).all()


@pytest.mark.parametrize("activation", ["gelu", "softmax", "sparsemax"])
@pytest.mark.parametrize("name", ["conv", "resnet"])
def test_activations_work_on_images(name, activation):
    layer = network("encoder", name, (5, 4, 1), activation=activation)

    assert np.isfinite(numpy(layer(values((5, 4, 1))))).all()


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
@pytest.mark.parametrize("name", ["conv", "resnet"])
@pytest.mark.parametrize("normalization", ["none", "batch", "layer", "group"])
def test_every_normalization_of_an_image_network_trains(kind, name, normalization):
    layer = shaken(network(kind, name, normalization=normalization))
    before = weights(layer)
    x = values((8, 7, 2) if kind == "encoder" else (3,), 4)

    assert np.isfinite(numpy(layer(x, training=True))).all()
    moved = {p for p, v in weights(layer).items() if not np.array_equal(v, before[p])}
    assert bool(moved) == (normalization == "batch")
    assert all("moving_" in path for path in moved)


def test_group_normalization_is_equal_in_training_and_inference():
    layer, x = shaken(network("decoder", "resnet")), values((3,), 4)

    np.testing.assert_array_equal(numpy(layer(x, training=True)), numpy(layer(x)))


@pytest.mark.parametrize(
    ("channels", "groups"), [(1, 1), (4, 1), (6, 1), (8, 2), (12, 3), (32, 8), (64, 8), (100, 5)]
)
def test_groups_divide_the_channels_and_have_at_least_four(channels, groups):
    assert groups_of(channels) == groups


def test_dropout_thins_out_in_training_only_and_anew_each_time():
    layer, x = (
        network("encoder", "dense", widths=(400,), activation="linear", dropout=0.25),
        values((8, 7, 2), 8),
    )
    kept, first = numpy(layer(x)), numpy(layer(x, training=True))
    second = numpy(layer(x, training=True))

    assert np.mean(first == 0) == pytest.approx(0.25, abs=0.03)
    np.testing.assert_allclose(first[first != 0], kept[first != 0] / 0.75, rtol=1e-4)
    assert not np.array_equal(first, second)
    assert [p for p in weights(layer) if "seed" in p] == [
        "encoder_hidden_0_dropout_seed/seed_generator_state"
    ]


def test_depth_adds_convolutions_and_blocks():
    def count(name, depth):
        return len(network("encoder", name, depth=depth).trainable_variables)

    assert count("conv", 2) - count("conv", 0) == 2 * 2 * 2  # stages, layers, kernel and bias
    assert count("resnet", 2) - count("resnet", 1) == 2 * 7  # two norms, kernel, kernel and bias


def test_a_residual_block_starts_as_the_identity():
    plain = network("encoder", "resnet", depth=0)
    deep = network("encoder", "resnet", depth=3)
    state = weights(deep)
    for variable in plain.variables:
        variable.assign(state[variable.path])

    x = values((8, 7, 2))
    np.testing.assert_allclose(numpy(deep(x)), numpy(plain(x)), atol=1e-6)


def test_kernel_size_is_that_of_every_convolution_of_conv():
    layer = network("decoder", "conv", kernel_size=5, depth=1)
    shapes = {p: v.shape[:2] for p, v in weights(layer).items() if "stage" in p and v.ndim == 4}

    assert len(shapes) == 4 and set(shapes.values()) == {(5, 5)}


def test_the_dense_networks_of_the_original_model_are_available():
    encoder = network("encoder", "dense", (28, 28, 1), widths=(128, 64, 32))
    decoder = network("decoder", "dense", (28, 28, 1), widths=(32, 64, 128, 256))

    assert [link.units for link in encoder.links if hasattr(link, "units")] == [128, 64, 32]
    assert [link.units for link in decoder.links if hasattr(link, "units")][:4] == [
        32,
        64,
        128,
        256,
    ]
    assert tuple(decoder(ops.zeros((2, 3))).shape) == (2, 28, 28, 2)
