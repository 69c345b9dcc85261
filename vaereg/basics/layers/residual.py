"""The residual block of the built-in networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

import vaereg
from vaereg.basics.layers.activated import activation, convolution
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.normalization import normalization

if TYPE_CHECKING:
    from vaereg.basics.layers.network_params import ActivatedParams


class ResidualBlock(keras.layers.Layer):
    """x + f(x), where f is two 3x3 convolutions, each preceded by normalization and activation.

    This is the pre-activation block (arXiv:1603.05027, fig. 4e). The last kernel starts at 0, so
    the block starts as the identity at any depth (arXiv:1901.09321).

    Args:
        width: the number of channels of x.
        params: gives `normalization` and `activation`.
        name: the layer's name.
    """

    def __init__(self, width: int, params: ActivatedParams, *, name: str) -> None:
        super().__init__(name=name)
        last = keras.layers.Conv2D(
            width,
            3,
            padding="same",
            data_format="channels_last",
            kernel_initializer="zeros",
            name="second",
        )
        self.branch = Chain(
            [
                *normalization(params.normalization, width, "first_normalization"),
                activation(params.activation, "first_activation"),
                convolution(width, params, name="first"),
                *normalization(params.normalization, width, "second_normalization"),
                activation(params.activation, "second_activation"),
                last,
            ],
            name="branch",
        )

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Creates the weights for x (B, h, w, width)."""
        self.branch.build(shape)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of x."""
        return shape

    def call(self, x: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        """x + f(x)."""
        return x + self.branch(x)
