"""Dropout whose seed has a name of its own."""

from __future__ import annotations

import keras

import vaereg


class Dropout(keras.layers.Layer):
    """Sets a share of its inputs to 0 in training and scales the rest up.

    Keras's Dropout numbers its seed variables consecutively within a process, so their paths would
    change from one process to the next. Checkpoints identify variables by path.

    Args:
        rate: the share, in [0, 1).
        seed: the first state of its seed.
        name: the layer's name.
        scope: the name of the part that holds the layer; the seed's path begins with it.
    """

    def __init__(self, rate: float, *, seed: int, name: str, scope: str) -> None:
        super().__init__(name=name)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator(seed, name=f"{scope}_{name}_seed")
        self.built = True

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of x."""
        return shape

    def call(self, x: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        """x; in training, with a share of the values set to 0."""
        return keras.random.dropout(x, self.rate, seed=self.seed_generator) if training else x
