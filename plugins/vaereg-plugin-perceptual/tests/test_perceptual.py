"""The distance is that of a second implementation in NumPy, and parameters do what they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from vaereg_plugin_perceptual.perceptual import Perceptual
from vaereg_plugin_perceptual.plugin import PerceptualParams

import vaereg
from vaereg.testing import StandInStep

SHAPE = (8, 8, 1)


class Maps(keras.layers.Layer):
    """Two convolutions with random weights; the features are the means of the second."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(name="maps", dtype="float32")
        made = keras.initializers.RandomNormal(stddev=0.5, seed=seed)
        options = {"padding": "same", "kernel_initializer": made, "activation": "tanh"}
        self.fine = keras.layers.Conv2D(3, 3, **options)
        self.coarse = keras.layers.Conv2D(4, 3, strides=2, **options)
        self.coarse(self.fine(np.zeros((1, *SHAPE), "float32")))
        self.trainable = False

    def maps(self, images: Any) -> list[Any]:
        fine = self.fine(images)
        return [fine, self.coarse(fine)]

    def call(self, images: Any) -> Any:
        return ops.mean(self.maps(images)[-1], axis=(1, 2))


class Plain(keras.layers.Layer):
    """A network without maps: its features are two means of an image."""

    def call(self, images: Any) -> Any:
        halves = images[:, : SHAPE[0] // 2], images[:, SHAPE[0] // 2 :]
        return ops.stack([ops.mean(each, axis=(1, 2, 3)) for each in halves], axis=-1)


class Eyes:
    """An extractor with the given network."""

    identity = "0123abcd"

    def __init__(self, network: keras.layers.Layer) -> None:
        self._network = network

    def network(self) -> keras.layers.Layer:
        return self._network


@pytest.fixture
def perceptual() -> Callable[..., Any]:
    """Makes the regularizer on an extractor, with parameters by name."""

    def made(
        extractor: object = None,
        value_range: tuple[float, float] | None = (0.0, 1.0),
        **params: Any,
    ) -> Any:
        eyes = Eyes(Maps()) if extractor is None else extractor
        context = vaereg.BuildContext(
            name="regularizer_perceptual",
            data_spec=vaereg.DataSpec(shape=SHAPE, value_range=value_range),
            build=lambda slot, name: eyes,
        )
        return Perceptual(PerceptualParams(**params), context)

    return made


@pytest.fixture
def step() -> Callable[..., Any]:
    """Makes a step with B artificial images, and their reconstructions."""

    def made(batch: int = 3, low: float = 0.0, high: float = 1.0, **given: Any) -> Any:
        rng = np.random.default_rng(0)
        x, reconstruction = (
            rng.uniform(low, high, (batch, *SHAPE)).astype("float32") for _ in range(2)
        )
        z = ops.zeros((batch, 2))
        given.setdefault("reconstruction", ops.convert_to_tensor(reconstruction))
        return StandInStep(given.pop("x", x), z, **given)

    return made


def numbers(value):
    return np.array(ops.convert_to_numpy(value))


def convolved(images, layer, stride):
    """A convolution with padding "same" and tanh, written out pixel by pixel."""
    kernel, bias = (numbers(each) for each in layer.weights)
    height, width = images.shape[1:3]
    size = -(-height // stride)
    pad = max((size - 1) * stride + 3 - height, 0)
    ends = (pad // 2, pad - pad // 2)
    padded = np.pad(images, ((0, 0), ends, ends, (0, 0)))
    out = np.zeros((len(images), size, -(-width // stride), kernel.shape[-1]))
    for i in range(out.shape[1]):
        for j in range(out.shape[2]):
            patch = padded[:, i * stride : i * stride + 3, j * stride : j * stride + 3]
            out[:, i, j] = np.tensordot(patch, kernel, axes=3) + bias
    return np.tanh(out)


def by_hand(x, reconstruction, network, weights):
    """The sum over maps, written out example by example and pixel by pixel."""
    found = np.zeros(len(x))
    maps = []
    for images in (x, reconstruction):
        fine = convolved(images.astype("float64"), network.fine, 1)
        maps.append((fine, convolved(fine, network.coarse, 2)))
    for weight, first, second in zip(weights, *maps, strict=True):
        for n in range(len(x)):
            total = 0.0
            for i in range(first.shape[1]):
                for j in range(first.shape[2]):
                    a, b = first[n, i, j], second[n, i, j]
                    gap = a / np.sqrt((a**2).sum()) - b / np.sqrt((b**2).sum())
                    total += float((gap**2).sum())
            found[n] += weight * total / (first.shape[1] * first.shape[2])
    return found


@pytest.mark.parametrize(
    ("params", "weights"),
    [
        ({}, (0.5, 0.5)),
        ({"weights": (0.2, 3.0)}, (0.2, 3.0)),
        ({"layers": (1,)}, (0.0, 1.0)),
        ({"layers": (1, 0), "weights": (2.0, 0.5)}, (0.5, 2.0)),
    ],
    ids=["all", "weighed", "one", "in another order"],
)
def test_it_is_the_distance_of_the_second_implementation(perceptual, step, params, weights):
    network, given = Maps(), step()

    found = numbers(perceptual(Eyes(network), **params)(given))

    expected = by_hand(numbers(given.x), numbers(given.reconstruction), network, weights)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert expected.min() > 1e-3


def test_it_is_zero_for_equal_images_and_grows_with_the_distance(perceptual, step):
    x = numbers(step().x)
    noise = np.random.default_rng(1).normal(size=x.shape).astype("float32")
    loss = perceptual()

    found = [
        numbers(loss(step(reconstruction=ops.convert_to_tensor(x + share * noise)))).mean()
        for share in (0.0, 0.05, 0.2, 1.0)
    ]

    assert found[0] == 0.0
    assert found == sorted(found)
    assert found[1] > 0.0


def test_the_range_of_the_data_does_not_matter(perceptual, step):
    plain = perceptual()(step())
    signed = step(
        x=numbers(step().x) * 2 - 1,
        reconstruction=ops.convert_to_tensor(numbers(step().reconstruction) * 2 - 1),
    )

    found = perceptual(value_range=(-1.0, 1.0))(signed)

    np.testing.assert_allclose(numbers(found), numbers(plain), rtol=1e-4)


def test_pooled_adds_the_distance_of_the_features(perceptual, step):
    network, given = Maps(), step()
    features = [numbers(network(each)) for each in (given.x, given.reconstruction)]

    with_features = numbers(perceptual(Eyes(network), pooled=2.0)(given))
    without = numbers(perceptual(Eyes(network))(given))

    expected = 2.0 * ((features[0] - features[1]) ** 2).mean(axis=1)
    np.testing.assert_allclose(with_features - without, expected, rtol=1e-3, atol=1e-6)


def test_the_features_of_a_network_without_maps_are_compared(perceptual, step):
    given = step()

    found = numbers(perceptual(Eyes(Plain()))(given))

    lengths = [numbers(Plain()(each)) for each in (given.x, given.reconstruction)]
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in lengths]
    np.testing.assert_allclose(found, ((unit[0] - unit[1]) ** 2).sum(axis=1), rtol=1e-3, atol=1e-7)


def test_a_step_down_its_gradient_brings_reconstructions_nearer(perceptual, step):
    loss, given = perceptual(), step()

    def of(images):
        return ops.sum(loss(step(reconstruction=images)))

    slope = vaereg.gradient(of, given.reconstruction)

    assert float(of(given.reconstruction - 0.05 * slope)) < float(of(given.reconstruction))


def test_an_extractor_without_a_network_is_refused(perceptual):
    class Blind:
        pass

    with pytest.raises(ValueError, match="has no network"):
        perceptual(Blind())


def test_data_without_a_range_is_refused(perceptual):
    with pytest.raises(ValueError, match="need a value range"):
        perceptual(value_range=None)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"layers": (0, 2)}, "layers names 2; the network has maps 0 to 1"),
        ({"weights": (1.0, 2.0, 3.0)}, "weights has 3 numbers; the network has 2 maps"),
    ],
)
def test_layers_that_the_network_does_not_have_are_refused(perceptual, params, message):
    with pytest.raises(ValueError, match=message):
        perceptual(**params)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"layers": (1, 1)}, "names a map twice"),
        ({"layers": (0, 1), "weights": (1.0,)}, "1 numbers for 2 layers"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(params, message):
    with pytest.raises(ValueError, match=message):
        PerceptualParams(**params)


def test_its_network_is_not_trained(perceptual):
    network = Maps()
    assert not isinstance(perceptual(Eyes(network)), keras.layers.Layer)
    assert not network.trainable_variables
