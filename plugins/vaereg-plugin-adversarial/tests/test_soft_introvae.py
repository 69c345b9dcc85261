"""Soft-IntroVAE: its two losses against a second implementation, and where their gradients go."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from vaereg_plugin_adversarial.plugin import SoftIntroVaeParams
from vaereg_plugin_adversarial.soft_introvae import SoftIntroVae

import vaereg
from vaereg.testing import StandInStep

LATENT = 3
PIXELS = 16
PARAMS = {"reconstruction": 0.7, "kl": 1.3, "negative": 2.0, "consistency": 0.25}


def numbers(value):
    return np.asarray(ops.convert_to_numpy(value), dtype="float64")


def objective(**params):
    context = vaereg.BuildContext(
        name="objective", data_spec=vaereg.DataSpec(form="vector", shape=(PIXELS,))
    )
    return SoftIntroVae(SoftIntroVaeParams(**{**PARAMS, **params}), context)


class Linear:
    """Encoder means A x with a constant variance so small that draws are the mode; decoder B z."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.a = 0.3 * rng.normal(size=(PIXELS, LATENT)).astype("float32")
        self.b = 0.3 * rng.normal(size=(LATENT, PIXELS)).astype("float32")
        self.log_var = -40.0

    def encode(self, x):
        mode = ops.matmul(x, self.a)
        log_var = ops.full(ops.shape(mode), self.log_var)
        log_q = -0.5 * ops.sum(log_var + np.log(2 * np.pi), axis=-1)
        return vaereg.Latent(z=mode, mode=mode, log_var=log_var, log_q=log_q)

    def decode(self, z):
        return ops.matmul(z, self.b)


class Normal:
    def log_prob(self, z):
        return -0.5 * ops.sum(ops.square(z) + np.log(2 * np.pi), axis=-1)

    def kl(self, latent):
        return 0.5 * (ops.exp(latent.log_var) + latent.mode**2 - 1 - latent.log_var)


def made_step(parts, batch=5):
    rng = np.random.default_rng(1)
    x = ops.convert_to_tensor(rng.uniform(size=(batch, PIXELS)).astype("float32"))
    z = ops.convert_to_tensor(rng.normal(size=(batch, LATENT)).astype("float32"))
    latent = parts.encode(x)
    return StandInStep(
        x,
        latent,
        parts.decode(latent.z),
        prior_latents=z,
        generated=parts.decode(z),
        prior=Normal(),
        encode=parts.encode,
        decode=parts.decode,
    )


def by_numpy(step, parts):
    """The two losses in float64, from the formulas of the authors' code."""
    a, b = parts.a.astype("float64"), parts.b.astype("float64")
    x, scale = numbers(step.x), 1.0 / PIXELS

    def divergence(mode):
        return 0.5 * np.sum(np.exp(-40.0) + mode**2 - 1 + 40.0, axis=-1)

    def error(x):
        return np.sum((x - x @ a @ b) ** 2, axis=-1)

    real = PARAMS["reconstruction"] * error(x)
    inference = scale * (real + PARAMS["kl"] * divergence(x @ a))
    generation = scale * real
    for fake in (x @ a @ b, numbers(step.prior_latents) @ b):
        rebuilt, kl = PARAMS["reconstruction"] * error(fake), divergence(fake @ a)
        inference += 0.25 * np.exp(-2 * scale * (rebuilt + PARAMS["negative"] * kl))
        generation += 0.5 * scale * (PARAMS["kl"] * kl + PARAMS["consistency"] * rebuilt)
    return {"inference": inference, "generation": generation}


def test_the_losses_are_those_of_the_authors_code():
    parts = Linear()
    step = made_step(parts)
    found = objective().losses(step)

    due = by_numpy(step, parts)
    assert found.keys() == due.keys()
    for side, value in due.items():
        np.testing.assert_allclose(numbers(found[side]), value, rtol=1e-5)


def test_the_encoder_pushes_the_divergence_of_fakes_up_and_the_decoder_pulls_it_down():
    """In the direction in which the encoder's loss falls, the KL divergence of fakes rises."""
    parts = Linear()

    def side(name, moved):
        def value(flat):
            setattr(parts, moved, ops.reshape(flat, start.shape))
            loss = objective(reconstruction=0.0, kl=1.0, negative=1.0).losses(made_step(parts))
            return ops.reshape(ops.sum(loss[name]), (1,))

        start = getattr(parts, moved)
        flat = ops.convert_to_tensor(np.asarray(start).ravel())
        pulled = numbers(vaereg.gradient(value, flat)).reshape(start.shape)
        setattr(parts, moved, start)
        return pulled

    def of_fakes(a, b):
        z = numbers(made_step(Linear()).prior_latents)
        return np.sum((z @ b @ a) ** 2)

    a, b = parts.a.astype("float64"), parts.b.astype("float64")
    real = 2 * numbers(made_step(parts).x).T @ numbers(made_step(parts).x) @ a * 0.5 / PIXELS
    encoder = side("inference", "a") - real  # what the data contributes is known
    decoder = side("generation", "b")

    assert of_fakes(a - 1e-2 * encoder, b) > of_fakes(a, b)
    assert of_fakes(a, b - 1e-2 * decoder) < of_fakes(a, b)


def test_an_estimate_below_zero_does_not_blow_the_encoders_loss_up():
    class Likely:  # log p(z) far above log q(z), so that one draw gives a negative estimate
        def log_prob(self, z):
            return 1e3 + 0.0 * z[:, 0]

    step = made_step(Linear())
    step.prior = Likely()
    found = numbers(objective(reconstruction=0.0, kl=0.0).losses(step)["inference"])

    np.testing.assert_allclose(found, 2 * 0.25, rtol=1e-6)


def test_fakes_are_constants_to_the_encoder():
    """Else the encoder would move its own reconstructions to where they look wrong."""
    parts = Linear()
    step = made_step(parts)

    def value(reconstruction):
        moved = made_step(parts)
        moved._given["reconstruction"] = reconstruction
        return objective(reconstruction=0.0).losses(moved)["inference"]

    found = vaereg.gradient(value, step.reconstruction)
    np.testing.assert_array_equal(numbers(found), 0.0)


@pytest.fixture
def model(vaereg_model):
    values = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 1), dtype=np.uint8)
    spec = vaereg.DataSpec(form="image", shape=(8, 8, 1), levels=256, size=32)
    return vaereg_model(
        objective="soft_introvae",
        train={"optimizer": {"use": "sgd", "learning_rate": 0.01}},
        data=vaereg.Data(spec=spec, train=vaereg.ArraySplit(values)),
    )


def test_a_model_trains_with_two_players_and_watches_the_elbo(model):
    x = np.random.default_rng(1).uniform(size=(8, 8, 8, 1)).astype("float32")
    logs = model.train_on_batch(x, return_dict=True)

    assert {"objective_inference", "objective_generation"} <= set(logs)
    assert logs["loss"] == pytest.approx(logs["reconstruction"] + logs["kl"], rel=1e-4)
    assert all(np.isfinite(value) for value in logs.values())
