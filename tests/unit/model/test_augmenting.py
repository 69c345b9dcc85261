"""Augmentations of a training step draw from generators of their own."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers.tiny_run import blobs
from vaereg.model.augmenting import Augmenting


def noise(values, seed):
    return values + keras.random.normal(ops.shape(values), dtype="float32", seed=seed)


def halved(values, seed):
    del seed
    return ops.cast(0.5 * values, "float16")


def built(augment="", of_latents="", train=""):
    values = blobs(64, 0)
    data = vaereg.Data(
        spec=vaereg.DataSpec(form="image", shape=(8, 8, 1), size=64),
        train=vaereg.ArraySplit(values),
    )
    text = f"""
    [data.x]
    use = "arrays"
    path = "nowhere.npz"
    {augment}
    [models.m]
    latent = 2
    encoder = {{ use = "dense", widths = [4] }}
    decoder = {{ use = "dense", widths = [4] }}
    {of_latents}
    [train]
    batch_size = 16
    {train}
    """
    return vaereg.build(text, data=data), values / np.float32(255)


def test_they_run_in_order_and_give_float32():
    found = Augmenting.of({"first": halved, "second": lambda values, seed: values + 1.0}, 0)(
        ops.ones((2, 3))
    )
    assert np.array_equal(ops.convert_to_numpy(found), np.full((2, 3), 1.5))
    assert keras.backend.standardize_dtype(found.dtype) == "float32"


def test_draws_follow_the_seed_and_the_name_and_not_the_others():
    x = ops.zeros((2, 3))

    def drawn(names, seed=0, calls=1):
        augmenting = Augmenting.of(dict.fromkeys(names, noise), seed)
        return [ops.convert_to_numpy(augmenting(x)) for _ in range(calls)]

    alone = drawn(["b"], calls=2)
    assert not np.array_equal(*alone)
    assert np.array_equal(alone[0], drawn(["b"])[0])
    assert not np.array_equal(alone[0], drawn(["a"])[0])
    assert not np.array_equal(alone[0], drawn(["b"], seed=1)[0])
    assert np.allclose(drawn(["a", "b"])[0], drawn(["a"])[0] + alone[0], atol=1e-6)


def test_a_model_without_augmentations_has_no_state_of_them():
    vae, x = built()
    assert not [each.path for each in vae.all_variables() if "augment" in each.path]
    assert vae.losses(ops.convert_to_tensor(x[:4]), training=True)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_training_sees_augmented_examples_and_draws_the_same_noise_as_without(precision):
    both = 'latent_augment = [{ use = "gaussian_noise", most = 2.0 }]'
    train = f'precision = "{precision}"'
    (plain, x), (vae, _) = built(train=train), built('augment = ["flip", "cutout"]', both, train)
    assert plain.evaluate(x, verbose=0) == vae.evaluate(x, verbose=0)

    seen, losses = [], vae._terms.losses

    def noting(x, **options):
        seen.append(ops.convert_to_numpy(x))
        return losses(x, **options)

    vae._terms.losses = noting
    batch = ops.convert_to_tensor(x[:16])
    found = [m.losses(batch, training=True).logs["loss"] for m in (plain, vae)]
    assert float(found[0]) != float(found[1])
    assert seen[0].dtype == np.float32
    assert np.any(seen[0] != x[:16])
    vae.losses(batch, training=True)
    assert np.any(seen[1] != seen[0])
    vae.losses(batch, training=False)
    assert np.array_equal(seen[2], x[:16])
    plain.losses(batch, training=True)
    states = [ops.convert_to_numpy(model.noise.state.value) for model in (plain, vae)]
    assert np.array_equal(*states)


def test_latents_are_augmented_on_their_way_to_the_decoder_alone():
    (plain, x), (vae, _) = built(), built("", 'latent_augment = ["interpolate_noise"]')
    terms = []
    for model in (plain, vae):
        terms.append(model.losses(ops.convert_to_tensor(x), training=True).logs)
    assert float(terms[0]["kl"]) == float(terms[1]["kl"])
    assert float(terms[0]["reconstruction"]) != float(terms[1]["reconstruction"])
