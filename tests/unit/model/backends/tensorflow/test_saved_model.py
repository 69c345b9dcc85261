"""A SavedModel gives the numbers of the model, or is not written."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.tiny_vae import LATENT, PIXELS, TinyDecoder, data, tiny_vae

if keras.backend.backend() != "tensorflow":
    pytest.skip("SavedModels are TensorFlow's", allow_module_level=True)

import tensorflow as tf


class CountingDecoder(TinyDecoder):
    """Gives other numbers each time Python runs it."""

    calls = 0

    def call(self, z, training=False):
        self.calls += 1
        return super().call(z) + 0.1 * self.calls


class NumpyDecoder(TinyDecoder):
    """Computes outside of keras.ops."""

    def call(self, z, training=False):
        if isinstance(z, tf.Tensor) and not tf.executing_eagerly():
            return super().call(ops.convert_to_tensor(z.numpy()))
        return super().call(z)


@pytest.fixture(scope="module")
def vae():
    return tiny_vae(ema=0.5)


@pytest.fixture(scope="module")
def exported(vae, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported") / "served"
    vae.fit(data(), epochs=1, verbose=0)  # averaged weights differ from the weights now
    vae.export(folder)
    return folder, tf.saved_model.load(str(folder))


@pytest.mark.parametrize("n", [1, 5])
def test_encode_decode_and_reconstruct_are_those_of_the_model(vae, exported, n):
    _, loaded = exported
    x, z = data(n, 3), np.random.default_rng(n).standard_normal((n, LATENT)).astype("float32")
    latent = vae.encode(x)

    encoded = loaded.encode(tf.constant(x))

    np.testing.assert_allclose(encoded["mode"], latent.mode, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(encoded["log_var"], latent.log_var, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(loaded.decode(tf.constant(z)), vae.decode(z), rtol=1e-5, atol=1e-6)
    for function in (loaded.reconstruct, loaded.serve):
        found = function(tf.constant(x))
        np.testing.assert_allclose(found, vae.reconstruct(x), rtol=1e-5, atol=1e-6)


def test_samples_depend_on_the_seed_alone_and_on_nothing_outside(exported):
    _, loaded = exported

    some, same, others = (loaded.sample(4, seed).numpy() for seed in (0, 0, 1))

    assert some.shape == (4, PIXELS)
    np.testing.assert_array_equal(some, same)
    assert np.abs(some - others).max() > 1e-3 and np.abs(some[0] - some[1]).max() > 1e-4


def test_signatures_name_their_arguments(exported):
    _, loaded = exported

    found = loaded.signatures["sample"](n=tf.constant(3), seed=tf.constant(2))

    assert set(loaded.signatures) == {
        "serving_default",
        "serve",
        "encode",
        "decode",
        "reconstruct",
        "sample",
    }
    assert next(iter(found.values())).shape == (3, PIXELS)


def test_facts_tell_what_the_functions_take(exported):
    folder, _ = exported

    facts = json.loads((folder / "vaereg.json").read_text())

    assert facts["example"] == {
        "form": "vector",
        "shape": [PIXELS],
        "value_range": [0.0, 1.0],
        "original_range": None,
    }
    assert facts["latent"] == [LATENT]
    assert facts["functions"]["sample"] == ["n", "seed"]


def test_another_export_replaces_the_folder(vae, exported):
    folder, _ = exported
    before = (folder / "fingerprint.pb").read_bytes()

    vae.export(folder, input_signature=[keras.InputSpec(shape=(None, PIXELS), dtype="float32")])

    assert (folder / "fingerprint.pb").read_bytes() != before
    assert [each.name for each in folder.parent.iterdir()] == ["served"]


@pytest.mark.parametrize(
    ("decoder", "complaint"),
    [(CountingDecoder, "other numbers than the model"), (NumpyDecoder, "outside of keras.ops")],
)
def test_a_part_that_cannot_be_followed_leaves_nothing_behind(tmp_path, decoder, complaint):
    broken = tiny_vae(parts={"decoder": decoder()})

    with pytest.raises(vaereg.RunError, match=complaint):
        broken.export(tmp_path / "served")

    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_is_left_alone(vae, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    with pytest.raises(vaereg.UsageError, match="is no SavedModel; name another folder"):
        vae.export(tmp_path)

    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"format": "onnx"}, "tf_saved_model.*'onnx'"),
        ({"input_signature": [keras.InputSpec(shape=(None, 3))]}, r"shape \(None, 6\)"),
    ],
)
def test_another_format_or_signature_is_refused(vae, tmp_path, wrong, complaint):
    with pytest.raises(vaereg.UsageError, match=complaint):
        vae.export(tmp_path / "served", **wrong)
