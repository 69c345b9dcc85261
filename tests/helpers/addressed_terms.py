"""Terms that address their losses, and what a step moves."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from tests.helpers.tiny_vae import data
from vaereg.contracts.loss import Loss
from vaereg.declaration.declaration import NamedChoice

SGD = NamedChoice(use="sgd", params={"learning_rate": 0.1})
ADAM = NamedChoice(use="adam", params={"learning_rate": 0.01})
WITH_WEIGHTS = ("encoder", "posterior", "decoder")
"""The parts of the tiny VAE that have weights."""


class Addressed:
    """A term that pays the squared error and more to some addresses.

    Args:
        addresses: where the loss goes.
        when: a function of the step that says whether the players take part.
    """

    def __init__(self, *addresses, when=None):
        self.addresses = addresses
        self.when = when

    def losses(self, step):
        value = ops.sum((step.x - step.reconstruction) ** 2, axis=-1) + step.kl[:, 0]
        loss = value if self.when is None else Loss(value, self.when(step))
        return dict.fromkeys(self.addresses, loss)


class OwnWeights(keras.layers.Layer):
    """A term whose own weight follows the mean of the data."""

    def __init__(self):
        super().__init__(name="regularizer_own")
        self.level = self.add_weight(name="level", shape=(), initializer="zeros")

    def losses(self, step):
        off = (ops.mean(step.x, axis=-1) - self.level) ** 2
        return {"self": off, "vae": off * 0.0 + ops.sum(step.reconstruction**2, axis=-1)}


class Nothing:
    samples = 1
    importance = False

    def __call__(self, bound):
        return {"reconstruction": 0.0 * bound.log_likelihood[0]}


def weights(vae, player="vae"):
    return {v.path: np.array(ops.convert_to_numpy(v.value)) for v in vae.by_player.get(player, ())}


def of_part(vae):
    return {
        name: {v.path: np.array(ops.convert_to_numpy(v.value)) for v in layer.trainable_variables}
        for name in WITH_WEIGHTS
        for layer in [getattr(vae, name)]
    }


def moved(before, after):
    return {
        name
        for name in before
        if any(not np.array_equal(before[name][path], after[name][path]) for path in before[name])
    }


def stepped(vae, steps=1):
    """The weights of the parts before and after some steps."""
    before = of_part(vae)
    for seed in range(steps):
        vae.train_on_batch(data(16, seed))
    return before, of_part(vae)
