"""A VAE that is small enough to reason about, with parts that only tests use."""

from __future__ import annotations

import attrs
import keras
import numpy as np
from keras import ops

import vaereg
from vaereg.assembly.array_groups import ArrayGroups
from vaereg.assembly.parts import Parts
from vaereg.component import Component, NoParams, Offer
from vaereg.contracts.latent_shapes import LatentShapes
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Declaration, KLControl, NamedChoice, Slot, TrainSettings
from vaereg.model.vae import VAE

PIXELS = 6
LATENT = 2
DATA = vaereg.DataSpec(form="vector", shape=(PIXELS,), value_range=(0.0, 1.0), size=64)


class TinyEncoder(keras.layers.Layer):
    def __init__(self, name="encoder"):
        super().__init__(name=name)
        self.hidden = keras.layers.Dense(8, activation="tanh", name="hidden")

    def call(self, x, training=False):
        return self.hidden(x)


class TinyPosterior(keras.layers.Layer):
    deterministic = False

    def __init__(self):
        super().__init__(name="posterior", dtype="float32")
        self.mean = keras.layers.Dense(LATENT, name="mean", dtype="float32")
        self.log_var = keras.layers.Dense(LATENT, name="log_var", dtype="float32")

    def call(self, features, samples=1, seed=None, training=False):
        mean, log_var = self.mean(features), self.log_var(features)
        if samples > 1:
            mean, log_var = ops.tile(mean, (samples, 1)), ops.tile(log_var, (samples, 1))
        noise = keras.random.normal(ops.shape(mean), seed=seed, dtype=mean.dtype)
        z = mean + ops.exp(0.5 * log_var) * noise
        log_q = -0.5 * ops.sum(log_var + noise**2 + np.log(2 * np.pi), axis=-1)
        return vaereg.Latent(z, mean, log_var, log_q)


class TinyPrior(keras.layers.Layer):
    def __init__(self):
        super().__init__(name="prior", dtype="float32")

    def sample(self, n, seed):
        return keras.random.normal((n, LATENT), seed=seed)

    def log_prob(self, z):
        return -0.5 * ops.sum(z**2 + np.log(2 * np.pi), axis=-1)

    def kl(self, latent):
        return 0.5 * (ops.exp(latent.log_var) + latent.mode**2 - 1 - latent.log_var)


class TinyDecoder(keras.layers.Layer):
    def __init__(self):
        super().__init__(name="decoder")
        self.hidden = keras.layers.Dense(8, activation="tanh", name="hidden")
        self.out = keras.layers.Dense(PIXELS, name="out", dtype="float32")

    def call(self, z, training=False):
        return self.out(self.hidden(z))


class TinyLikelihood(keras.layers.Layer):
    def __init__(self):
        super().__init__(name="likelihood", dtype="float32")

    def channels(self, data_channels):
        return data_channels

    def log_prob(self, x, outputs, training=False):
        return -0.5 * ops.sum((x - outputs) ** 2 + np.log(2 * np.pi), axis=-1)

    def mean(self, outputs):
        return outputs

    def sample(self, outputs, seed):
        return outputs + keras.random.normal(ops.shape(outputs), seed=seed)


class Elbo:
    samples = 1
    importance = False

    def __init__(self, samples=1):
        self.samples = samples

    def __call__(self, bound):
        return {"reconstruction": -ops.mean(bound.log_likelihood, axis=0), "kl": bound.kl}


class Iwae:
    importance = True

    def __init__(self, samples):
        self.samples = samples

    def __call__(self, bound):
        return {
            "iwae": np.log(self.samples) - ops.logsumexp(bound.log_weights, axis=0),
        }


class Critic(keras.layers.Layer):
    """A linear-in-features critic of reconstructions, with the hinge loss."""

    def __init__(self, name="discriminator_critic"):
        super().__init__(name=name)
        self.hidden = keras.layers.Dense(4, activation="tanh", name="hidden")
        self.logit = keras.layers.Dense(1, name="logit", dtype="float32")

    def score(self, x):
        return self.logit(self.hidden(x))[:, 0]

    def fake(self, step):
        return step.shared((self.name, "fake"), lambda: self.score(step.reconstruction))

    def critic_loss(self, step):
        real = self.score(step.x)
        return ops.relu(1 - real) + ops.relu(1 + self.fake(step))

    def generator_loss(self, step):
        return -self.fake(step)

    def diagnostics(self, step):
        return {"accuracy_fake": ops.cast(self.fake(step) < 0, "float32")}


class PenalisedCritic(Critic):
    """The same with an R1 penalty, which differentiates inside the loss."""

    def critic_loss(self, step):
        slope = vaereg.gradient(self.score, step.x)
        return super().critic_loss(step) + 5.0 * ops.sum(slope**2, axis=-1)


def slot(kind, key, replaces=(), **fields):
    component = Component(
        kind=kind, name="tiny", factory="nowhere:nothing", params=NoParams, replaces=replaces
    )
    offer = Offer(component=component, distribution="tests", version="0")
    return Slot(kind=kind, key=key, offer=offer, params=NoParams(), **fields)


def declaration(*, regularizers=(), discriminators=(), kl=None, **train):
    train.setdefault("batch_size", 16)
    train.setdefault("optimizer", NamedChoice(use="adam", params={"learning_rate": 1e-2}))
    kinds = ("encoder", "posterior", "prior", "decoder", "likelihood", "objective", "sampler")
    return Declaration(
        model="tiny",
        data_name="examples",
        data_slot=slot("dataset", "data"),
        latent=LatentShapes.one((LATENT,)),
        **{kind: slot(kind, kind) for kind in kinds},
        regularizers=tuple(
            slot("regularizer", key, **(fields if isinstance(fields, dict) else {"weight": fields}))
            for key, fields in regularizers
        ),
        discriminators=tuple(slot("discriminator", k, **f) for k, f in discriminators),
        kl=kl or KLControl(),
        train=TrainSettings(**train),
    )


def tiny_vae(
    *, objective=None, regularizers=None, discriminators=None, parts=None, weight=None, **settings
):
    """A VAE of the parts above.

    regularizers: {key: (object, Schedule or slot fields)}; discriminators: {key: (object, slot
    fields)}.
    """
    keras.utils.set_random_seed(settings.get("seed", 0))
    regularizers, discriminators = regularizers or {}, discriminators or {}
    made = Parts(
        data_spec=DATA,
        latent=ArrayGroups.one((LATENT,)),
        encoder=TinyEncoder(),
        posterior=TinyPosterior(),
        prior=TinyPrior(),
        decoder=TinyDecoder(),
        likelihood=TinyLikelihood(),
        objective=objective or Elbo(),
        regularizers={key: item for key, (item, _) in regularizers.items()},
        discriminators={key: item for key, (item, _) in discriminators.items()},
    )
    declared = declaration(
        regularizers=[(key, fields) for key, (_, fields) in regularizers.items()],
        discriminators=[(key, fields) for key, (_, fields) in discriminators.items()],
        **settings,
    )
    return VAE(attrs.evolve(made, **(parts or {})), declared, dataset_size=64)


def data(n=64, seed=0):
    return np.random.default_rng(seed).uniform(0, 1, (n, PIXELS)).astype("float32")


def constant(value):
    return Schedule.constant(value)
