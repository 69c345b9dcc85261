"""Samplers that are trained by steps, with one fault each."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg

CLASSES = 3


class SoundTrainedSampler(keras.layers.Layer):
    """Sound: a Gaussian whose mean a small network learns, with noise in its loss."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.latent_shape = tuple(context.latent_shape)
        self.size = int(np.prod(self.latent_shape))
        self.mean = keras.layers.Dense(self.size, name="mean")
        self.mean.build((None, 2))

    def loss(self, latent: Any, seed: Any, training: bool) -> Any:
        return self.error(latent, seed)

    def error(self, latent: Any, seed: Any, shift: Any = 0.0) -> Any:
        flat = ops.reshape(latent, (-1, self.size))
        noise = 0.1 * keras.random.normal(ops.shape(flat), seed=self.seed_of(seed))
        return self.reduced(ops.square(flat + noise - self.centre() - shift))

    def centre(self) -> Any:
        return self.mean(ops.ones((1, 2)))

    def seed_of(self, seed: Any) -> Any:
        return seed

    def reduced(self, squares: Any) -> Any:
        return ops.sum(squares, axis=1)

    def sample(self, n: int, seed: int) -> Any:
        drawn = self.centre() + keras.random.normal((n, self.size), seed=seed)
        return ops.reshape(drawn, (n, *self.latent_shape))


class AveragesOverTheBatch(SoundTrainedSampler):
    def reduced(self, squares: Any) -> Any:
        total = super().reduced(squares)
        return 0.5 * total + 0.5 * ops.mean(total)


class IgnoresItsLatent(SoundTrainedSampler):
    def reduced(self, squares: Any) -> Any:
        return 0.0 * super().reduced(squares) + ops.sum(ops.square(self.centre()))


class DrawsFromElsewhere(SoundTrainedSampler):
    def seed_of(self, seed: Any) -> Any:
        return int(np.random.default_rng().integers(2**31))


class CutsAWeightOff(SoundTrainedSampler):
    def centre(self) -> Any:
        return ops.stop_gradient(super().centre())


class MaximisesItsLoss(SoundTrainedSampler):
    def reduced(self, squares: Any) -> Any:
        error = super().reduced(squares)
        return 2.0 * ops.stop_gradient(error) - error


class ToldTrainedSampler(SoundTrainedSampler):
    """Sound: a learned shift for each class."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.shift = keras.layers.Embedding(CLASSES, self.size, name="shift")
        self.shift.build((None,))

    def of(self, label: Any) -> Any:
        return self.shift(label)

    def of_draws(self, label: Any) -> Any:
        return self.shift(label)

    def loss(self, latent: Any, seed: Any, training: bool, given: Any) -> Any:
        return self.error(latent, seed, self.of(given["label"]))

    def sample(self, n: int, seed: int, given: Any) -> Any:
        drawn = ops.reshape(super().sample(n, seed), (n, self.size)) + self.of_draws(given["label"])
        return ops.reshape(drawn, (n, *self.latent_shape))


class SortsItsConditions(ToldTrainedSampler):
    def of(self, label: Any) -> Any:
        return self.shift(ops.sort(label))


class DrawsInAnotherOrder(ToldTrainedSampler):
    def of_draws(self, label: Any) -> Any:
        return self.shift(ops.flip(label, axis=0))


class AsksInVain(ToldTrainedSampler):
    def of_draws(self, label: Any) -> Any:
        return self.shift(ops.zeros_like(label))


class DrawsOfTheNextClass(ToldTrainedSampler):
    def of_draws(self, label: Any) -> Any:
        return self.shift((label + 1) % CLASSES)


class ExchangesTwoClasses(ToldTrainedSampler):
    def of_draws(self, label: Any) -> Any:
        return self.shift(ops.where(label < 2, 1 - label, label))


class LearnsWithoutMoving(ToldTrainedSampler):
    """Its loss trains nothing that draws depend on."""

    def of_draws(self, label: Any) -> Any:
        return ops.cast(label, "float32")[:, None]

    def centre(self) -> Any:
        return ops.stop_gradient(super().centre())


TRAINED = [
    ("a-loss-is-of-its-latent", "AveragesOverTheBatch", "with the other latents", ()),
    ("a-loss-is-of-its-latent", "IgnoresItsLatent", "does not depend on the latent", ()),
    ("the-noise-of-a-loss-is-seeded", "DrawsFromElsewhere", "two losses with seed 1", ()),
    ("a-loss-trains-every-weight", "CutsAWeightOff", "no gradient reaches mean/kernel", ()),
    ("training-lowers-the-loss-of-a-sampler", "MaximisesItsLoss", "the loss goes from", ()),
    ("a-condition-is-of-its-latent", "SortsItsConditions", "of another latent", ("label",)),
    ("a-condition-is-of-its-latent", "DrawsInAnotherOrder", "a draw changes", ("label",)),
    ("samples-follow-their-conditions", "DrawsOfTheNextClass", "do not move apart", ("label",)),
    ("a-condition-is-of-its-latent", "AsksInVain", "a draw does not depend", ("label",)),
]
"""Law, class, the text of the fault that the kit must find, and what the sampler asks for."""
