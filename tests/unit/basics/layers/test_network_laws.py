"""Every built-in encoder and decoder keeps the laws of its kind."""

from __future__ import annotations

from itertools import product

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.networks import (
    IMAGE,
    NAMES,
    SHAPES,
    compiled,
    network,
    numpy,
    shaken,
    takes,
    values,
    weights,
)

KINDS = ("encoder", "decoder")
BOTH = list(product(KINDS, NAMES))


def given(kind, shape=IMAGE, latent=(3,), count=2):
    return values(shape if kind == "encoder" else latent, count)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_network_takes_every_size_of_its_forms_of_data(name, shape):
    for kind in KINDS:
        if not takes(kind, name, shape):
            assert name != "dense" and len(shape) != 3
            continue
        layer = network(kind, name, shape)
        found = compiled(layer)(given(kind, shape))
        if kind == "decoder":
            assert tuple(found.shape) == (2, *shape[:-1], 2)
        elif name == "dense":
            assert tuple(found.shape) == (2, 6)
        else:
            assert tuple(found.shape) == (2, -(-shape[0] // 4), -(-shape[1] // 4), 6)
        assert tuple(layer.compute_output_shape(given(kind, shape).shape)) == tuple(found.shape)
        assert np.isfinite(numpy(found)).all()


@pytest.mark.parametrize(("kind", "name"), BOTH)
def test_one_example_gives_what_it_gives_in_a_batch(kind, name):
    layer, x = shaken(network(kind, name)), given(kind, count=3)

    np.testing.assert_allclose(numpy(layer(x))[1:2], numpy(layer(x[1:2])), atol=1e-5)


@pytest.mark.parametrize(("kind", "name"), BOTH)
@pytest.mark.parametrize("training", [False, True])
def test_a_gradient_reaches_the_input(kind, name, training):
    layer = shaken(network(kind, name, activation="elu"))  # six relus may all be dead
    weight = values((1,), 1, seed=1)[0]

    def slopes(x):
        return vaereg.gradient(lambda at: ops.sin(layer(at, training=training)) * weight, x)

    slope = numpy(compiled(slopes)(given(kind)))

    assert np.isfinite(slope).all()
    assert np.abs(slope).max(axis=tuple(range(1, slope.ndim))).min() > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_penalty_through_a_decoder_has_a_gradient(name):
    layer = shaken(network("decoder", name, activation="tanh"))

    def penalty(z):
        return ops.square(vaereg.gradient(lambda at: ops.sin(layer(at)), z))

    @compiled
    def both_ways(z, direction):
        ahead, behind = penalty(z + 0.01 * direction), penalty(z - 0.01 * direction)
        slope = ops.sum(vaereg.gradient(penalty, z) * direction)
        return (ops.sum(ahead) - ops.sum(behind)) / 0.02, slope

    due, found = (float(numpy(each)) for each in both_ways(given("decoder"), values((3,), 2, 4)))
    assert abs(due) > 1e-3
    assert found == pytest.approx(due, rel=0.05)  # a difference quotient in float32


@pytest.mark.parametrize(("kind", "name"), BOTH)
@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
def test_two_builds_have_equal_paths_and_equal_seeds_equal_weights(kind, name, normalization):
    options = {"normalization": normalization} | ({"dropout": 0.5} if name == "dense" else {})
    first, second, other = (
        weights(network(kind, name, seed=seed, **options)) for seed in (0, 0, 1)
    )

    assert list(first) == list(second)
    assert len(first) == len({*first}) and all(path.startswith(kind) for path in first)
    assert all(np.array_equal(first[path], second[path]) for path in first)
    assert any(not np.array_equal(first[path], other[path]) for path in first)


@pytest.mark.parametrize(("kind", "name"), BOTH)
def test_a_first_call_makes_the_same_weights_as_build(kind, name):
    built, called = network(kind, name), network(kind, name, built=False)
    assert not called.variables

    called(given(kind))

    assert list(weights(called)) == list(weights(built))


@pytest.mark.parametrize(("kind", "name"), BOTH)
def test_kernels_of_equal_shape_start_from_unequal_weights(kind, name):
    layer = network(kind, name, **({"widths": (5, 5, 5)} if name == "dense" else {}))
    kernels = [v for v in weights(layer).values() if v.ndim >= 2 and v.any()]

    for index, first in enumerate(kernels):
        assert not any(
            first.shape == other.shape and np.array_equal(first, other)
            for other in kernels[index + 1 :]
        )


@pytest.mark.parametrize(("kind", "name"), BOTH)
def test_restored_weights_give_equal_outputs(kind, name):
    saved, fresh = shaken(network(kind, name, seed=1)), network(kind, name, seed=2)
    state = weights(saved)
    assert not np.array_equal(numpy(saved(given(kind))), numpy(fresh(given(kind))))

    for variable in fresh.variables:
        variable.assign(state[variable.path])

    np.testing.assert_array_equal(numpy(saved(given(kind))), numpy(fresh(given(kind))))


@pytest.mark.parametrize(("kind", "name"), BOTH)
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_stays_close_to_float32(kind, name, policy):
    due = numpy(network(kind, name)(given(kind)))
    keras.config.set_dtype_policy(policy)

    layer = network(kind, name)
    found = layer(given(kind), training=True)

    assert all(keras.backend.standardize_dtype(v.dtype) == "float32" for v in layer.weights)
    wanted = "float32" if kind == "decoder" else policy.removeprefix("mixed_")
    assert keras.backend.standardize_dtype(found.dtype) == wanted
    np.testing.assert_allclose(numpy(found), due, atol=0.1 * np.abs(due).max())  # 8 bits, bfloat16


@pytest.mark.parametrize(("kind", "name"), BOTH)
@pytest.mark.parametrize("normalization", ["none", "batch"])
def test_compiled_equals_eager(kind, name, normalization):
    layer = shaken(network(kind, name, normalization=normalization))

    found = compiled(lambda x: layer(x, training=False))(given(kind))

    np.testing.assert_allclose(numpy(found), numpy(layer(given(kind))), atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("normalization", ["none", "batch", "layer"])
def test_the_last_matrix_of_a_decoder_is_its_float32_projection(name, normalization):
    keras.config.set_dtype_policy("mixed_float16")
    layer = network("decoder", name, normalization=normalization)
    last = [v for v in layer.trainable_variables if len(v.shape) >= 2][-1]
    projection = next(link for link in layer.links if last is getattr(link, "kernel", None))

    assert last.path == "decoder/outputs/kernel"
    assert projection.compute_dtype == "float32"
    assert projection.activation is keras.activations.linear
    before = numpy(layer(given("decoder")))
    last.assign(2 * numpy(last))
    np.testing.assert_allclose(numpy(layer(given("decoder"))), 2 * before, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["conv", "resnet"])
def test_a_spatial_latent_must_have_the_first_grid(name):
    layer = network("decoder", name, (28, 30, 1), latent=(7, 8, 3))
    assert tuple(layer(values((7, 8, 3))).shape) == (2, 28, 30, 2)

    for wrong in ((8, 8, 3), (7, 8, 3, 3)):
        with pytest.raises(ValueError, match=r"28x30 images .* 7x8\. latent = \[7, 8, 3\] fits"):
            network("decoder", name, (28, 30, 1), latent=wrong)


def test_a_dense_network_flattens_what_has_positions():
    layer = network("decoder", "dense", latent=(2, 2, 3))

    assert tuple(layer(values((2, 2, 3))).shape) == (2, *IMAGE[:-1], 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["conv", "resnet"])
def test_an_image_network_without_stages_is_an_error(kind, name):
    with pytest.raises(ValueError, match="widths is empty"):
        network(kind, name, widths=())


@pytest.mark.parametrize("kind", KINDS)
def test_a_dense_network_without_hidden_layers_is_linear(kind):
    layer, x = network(kind, "dense", widths=()), given(kind)

    np.testing.assert_allclose(numpy(layer(2 * x)), 2 * numpy(layer(x)), atol=1e-5)
