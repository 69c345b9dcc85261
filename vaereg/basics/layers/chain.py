"""A sequence of layers that is built without being run."""

from __future__ import annotations

from collections.abc import Sequence

import keras

import vaereg


class Chain(keras.layers.Layer):
    """Applies layers in order.

    Unlike keras.Sequential, it can be built inside another layer with names of its own, and from
    shapes alone.

    Args:
        layers: each with an explicit name and a `compute_output_shape`.
        name: the name of the chain, which starts the path of every weight.
    """

    def __init__(self, layers: Sequence[keras.layers.Layer], *, name: str) -> None:
        super().__init__(name=name)
        self.links = list(layers)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the weights of every layer for inputs of `shape`."""
        for layer in self.links:
            if not layer.built:
                layer.build(shape)
            shape = tuple(layer.compute_output_shape(shape))

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of the last layer's output."""
        for layer in self.links:
            shape = tuple(layer.compute_output_shape(shape))
        return shape

    def call(self, x: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        """The last layer's output; Keras passes `training` to each layer."""
        for layer in self.links:
            x = layer(x)
        return x
