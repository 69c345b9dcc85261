"""The discriminators in the engine: what their losses move, where to, and that they train.

The laws are named after what goes wrong in other libraries, where a critic's loss moves the
decoder, or the adversarial gradient has the wrong sign.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg

PATCH = {"widths": [4, 4]}
LATENT = {"widths": [8]}
CRITICS = {
    "patch": ("patch", {**PATCH, "r1": 0.5, "feature_matching": 1.0, "normalization": "layer"}),
    "wasserstein": ("patch", {**PATCH, "loss": "wasserstein", "normalization": "spectral"}),
    "latent": ("latent", {**LATENT, "r1": 0.5}),
}


def images(count=32):
    values = np.random.default_rng(0).integers(0, 256, (count, 8, 8, 1), dtype=np.uint8)
    spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=count)
    return vaereg.Data(spec=spec, train=vaereg.ArraySplit(values))


@pytest.fixture
def made(vaereg_model):
    """Builds a small model with discriminators, by key."""

    def build(optimizer="sgd", rate=0.1, precision="float32", **discriminators):
        train = {
            "optimizer": {"use": optimizer, "learning_rate": rate},
            "precision": precision,
        }
        return vaereg_model(discriminators=discriminators, train=train, data=images())

    return build


@pytest.fixture(params=sorted(CRITICS))
def critic(request):
    """The key of a discriminator, and a function that makes its table for a weight."""
    key, params = CRITICS[request.param]
    return key, lambda weight, **more: {key: {"weight": weight, **params, **more}}


def batch():
    return images().train.take(np.arange(8))


def one_step(vae):
    """Makes one step; returns the weights after it by player."""
    vae.run_eagerly = True
    vae.train_on_batch(batch())
    return weights(vae)


def weights(vae):
    return {
        player: {v.path: np.array(ops.convert_to_numpy(v.value)) for v in variables}
        for player, variables in vae.by_player.items()
    }


def distance(first, second):
    assert first.keys() == second.keys()
    return max(float(np.abs(first[path] - second[path]).max()) for path in first)


def test_the_critics_loss_moves_no_vae_variable(made, critic):
    key, table = critic
    with_critic = one_step(made(**table(0.0)))  # the critic learns, with weight 0
    alone = one_step(made())

    assert distance(with_critic["vae"], alone["vae"]) < 1e-6
    assert distance(with_critic[key], weights(made(**table(0.0)))[key]) > 1e-5


def test_the_vaes_loss_moves_no_critic_variable(made, critic):
    key, table = critic
    vae = made(**table(1.0))
    discriminator = vae.parts.discriminators[key]
    discriminator.critic_loss = lambda step: 0.0 * discriminator.generator_loss(step)
    before = weights(vae)
    after = one_step(vae)

    assert distance(before[key], after[key]) == 0.0
    assert distance(after["vae"], one_step(made(**table(1.0)))["vae"]) < 1e-6
    assert distance(after["vae"], one_step(made(**table(0.0)))["vae"]) > 1e-5


def test_the_adversarial_gradient_has_the_right_sign(made):
    """One step of the generator against a fixed critic raises the critic's score of fakes."""
    patch = {
        **PATCH,
        "weight": 1e4,  # so that nothing else matters
        "fakes": "reconstruction",
        "optimizer": {"use": "sgd", "learning_rate": 1e-12},
    }
    vae = made(patch=patch, rate=1e-6)
    critic = vae.parts.discriminators["patch"]

    def score():
        fakes = vae.reconstruct(batch()) * 2 - 1
        return float(np.mean(ops.convert_to_numpy(critic(fakes).scores)))

    before = score()
    one_step(vae)

    assert score() > before + 1e-5


class Detached:
    """A step whose fakes are cut off from the VAE by hand."""

    def __init__(self, step):
        self._step = step
        self.reconstruction = ops.stop_gradient(step.reconstruction)
        self.generated = ops.stop_gradient(step.generated)
        self._kept = {}

    def shared(self, key, compute):
        if key not in self._kept:
            self._kept[key] = compute()
        return self._kept[key]

    def __getattr__(self, name):
        return getattr(self._step, name)


def route_by_hand(critic):
    """Cuts every gradient that must not flow, as one total loss would need it."""
    own_critic_loss, own_generator_loss = critic.critic_loss, critic.generator_loss

    def critic_loss(step):
        return own_critic_loss(Detached(step))

    def generator_loss(step):
        _ = step.x, step.reconstruction, step.generated  # made before the weights are cut off
        cut = [(v, ops.stop_gradient(v.value)) for v in critic.trainable_variables]
        with keras.StatelessScope(cut):
            return own_generator_loss(step)

    critic.critic_loss, critic.generator_loss = critic_loss, generator_loss


def test_two_gradients_of_one_pass_equal_gradients_that_were_cut_by_hand(made):
    more = {"r1": 0.5, "feature_matching": 1.0, "normalization": "group"}
    patch = {**PATCH, "weight": 0.5, **more}
    vae, oracle = made(patch=patch), made(patch=patch)
    route_by_hand(oracle.parts.discriminators["patch"])

    found, expected = one_step(vae), one_step(oracle)

    for player in ("vae", "patch"):
        assert distance(found[player], expected[player]) < 1e-6
        assert distance(found[player], weights(made(patch=patch))[player]) > 1e-4


@pytest.mark.slow
def test_each_critic_trains_compiled_beside_the_vae(made, critic):
    key, table = critic
    vae = made(**table("adaptive", warmup_steps=2), optimizer="adam", rate=1e-3)

    history = vae.fit(batch().repeat(4, axis=0), batch_size=8, epochs=2, verbose=0).history

    assert all(np.all(np.isfinite(values)) for values in history.values())
    assert {f"{key}_{name}" for name in ("generator", "critic", "logit_gap", "weight")} <= set(
        vae.term_names
    )
    assert history[f"{key}_weight"][1] > 0


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_a_penalised_critic_trains_in_mixed_precision(made, precision):
    patch = {**PATCH, "weight": "adaptive", "r1": 1.0, "feature_matching": 1.0}
    vae = made(patch=patch, optimizer="adam", rate=1e-3, precision=precision)

    history = vae.fit(batch(), batch_size=8, epochs=2, verbose=0).history

    assert all(np.all(np.isfinite(values)) for values in history.values())


@pytest.mark.slow
def test_a_critic_that_learns_alone_tells_real_from_fake(made):
    """Against a VAE that it does not move, its accuracy and the gap of its scores grow."""
    vae = made(patch={**PATCH, "weight": 0.0}, optimizer="adam", rate=1e-2)

    history = vae.fit(batch(), batch_size=8, epochs=40, verbose=0).history

    assert history["patch_critic"][-1] < 0.7 * history["patch_critic"][0]
    assert history["patch_logit_gap"][-1] > history["patch_logit_gap"][0] + 0.5
    assert history["patch_accuracy_real"][-1] + history["patch_accuracy_fake"][-1] > 1.5


def test_validation_changes_nothing_of_the_critic(made):
    vae = made(patch={**PATCH, "weight": 1.0, "normalization": "spectral", "r1": 0.5})
    vae.run_eagerly = True
    before = vae.weights_only()

    vae.evaluate(batch(), batch_size=8, verbose=0)

    after = vae.weights_only()
    assert all(np.array_equal(before[path], after[path]) for path in before)
    assert any("direction" in path for path in before)


def test_an_image_too_small_is_an_error_of_the_declaration(made):
    with pytest.raises(vaereg.DeclarationError, match="8x8 pixels allow 1 to 3"):
        made(patch={"weight": 1.0, "widths": [4, 4, 4, 4]})
