"""A layer with weights, followed by its normalization and activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from vaereg.basics.layers.initializers import kernel_initializer
from vaereg.basics.layers.normalization import normalization

if TYPE_CHECKING:
    from vaereg.basics.layers.network_params import ActivatedParams


def activated(
    layer: keras.layers.Layer, channels: int, params: ActivatedParams
) -> list[keras.layers.Layer]:
    """The layer, followed by params.normalization over its `channels` and params.activation."""
    return [
        layer,
        *normalization(params.normalization, channels, f"{layer.name}_normalization"),
        activation(params.activation, f"{layer.name}_activation"),
    ]


def activation(function: str, name: str) -> keras.layers.Layer:
    """The Keras activation of this name, as a layer."""
    return keras.layers.Activation(function, name=name)


def convolution(
    width: int, params: ActivatedParams, *, name: str, strides: int = 1, kernel_size: int = 3
) -> keras.layers.Layer:
    """A convolution with "same" padding, to be followed by params' normalization and activation."""
    return keras.layers.Conv2D(
        width,
        kernel_size,
        strides=strides,
        padding="same",
        data_format="channels_last",
        use_bias=params.normalization == "none",
        kernel_initializer=kernel_initializer(params.activation),
        name=name,
    )


def dense(units: int, params: ActivatedParams, *, name: str) -> keras.layers.Layer:
    """A dense layer, to be followed by params' normalization and activation."""
    return keras.layers.Dense(
        units,
        use_bias=params.normalization == "none",
        kernel_initializer=kernel_initializer(params.activation),
        name=name,
    )
