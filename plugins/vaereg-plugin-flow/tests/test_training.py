"""The prior in the engine: a VAE that is declared with it trains, samples and is refused."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg

FLOW = {"use": "real_nvp", "layers": 2, "widths": [8]}


def images(count=64):
    """Images of two kinds: dark at the top or dark at the bottom."""
    rng = np.random.default_rng(0)
    values = rng.integers(0, 60, (count, 6, 6, 1))
    values[0::2, :3] += 180
    values[1::2, 3:] += 180
    spec = vaereg.DataSpec(form="image", shape=(6, 6, 1), levels=256, size=count)
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values.astype(np.uint8)))


@pytest.fixture
def made(vaereg_model):
    """Builds a small model with a prior."""

    def build(prior=FLOW, latent=2, objective="elbo", precision="float32"):
        train = {
            "batch_size": 16,
            "optimizer": {"use": "adam", "learning_rate": 1e-2},
            "precision": precision,
        }
        return vaereg_model(
            prior=prior, latent=latent, objective=objective, train=train, data=images()
        )

    return build


def batch():
    return images().train.take(np.arange(64))


def numbers(value):
    return np.array(ops.convert_to_numpy(value))


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_declared_vae_trains_its_prior_with_itself(made, precision):
    vae = made(precision=precision)
    layer = vae.parts.prior
    before = [numbers(each.value) for each in layer.trainable_variables]
    assert any("prior" in each.path and "coupling1" in each.path for each in vae.by_player["vae"])

    history = vae.fit(batch(), batch_size=16, epochs=12, verbose=0).history

    assert all(np.all(np.isfinite(values)) for values in history.values())
    assert history["loss"][-1] < 0.9 * history["loss"][0]
    for first, each in zip(before, layer.trainable_variables, strict=True):
        assert np.any(numbers(each.value) != first), each.path
    assert vae.sample(5, seed=1).shape == (5, 6, 6, 1)
    # what it has learned: the latents of data are likelier under it than under where it started
    z = vae.encode(batch()).z
    learned = numbers(layer.log_prob(z)).mean()
    normal = -0.5 * (np.square(numbers(z)) + np.log(2 * np.pi)).sum(axis=1).mean()
    assert learned > normal


def test_before_training_the_model_is_the_one_with_a_standard_normal(made):
    flow, plain = made(), made("standard_normal")
    z = np.random.default_rng(0).normal(size=(64, 1, 2)).astype("float32")

    np.testing.assert_allclose(
        flow.log_joint(batch(), z), plain.log_joint(batch(), z), rtol=1e-5, atol=1e-4
    )


@pytest.mark.parametrize("objective", ["elbo", "iwae"])
def test_one_step_of_either_bound_teaches_the_prior(made, objective):
    vae = made(objective=objective)
    vae.run_eagerly = True
    last = vae.parts.prior.couplings[0].last.kernel

    vae.train_on_batch(batch()[:16])

    assert np.any(numbers(last.value))


def test_a_latent_of_one_number_is_an_error_of_the_declaration(made):
    with pytest.raises(vaereg.DeclarationError, match="at least 2 numbers; latent = 1"):
        made(latent=1)
