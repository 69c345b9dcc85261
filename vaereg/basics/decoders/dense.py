"""The decoder `dense`."""

from __future__ import annotations

import math
from typing import Any

import keras

from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.hidden import hidden
from vaereg.basics.layers.initializers import kernel_initializer


class Dense(Chain):
    """z (B, *latent), flattened -> outputs (B, *data[:-1], channels)."""

    def __init__(self, params: Any, context: Any) -> None:
        shape = (*context.data_spec.shape[:-1], context.channels)
        super().__init__(
            [
                keras.layers.Reshape((math.prod(context.latent_shape),), name="flat"),
                *hidden(params, context),
                keras.layers.Dense(
                    math.prod(shape),
                    kernel_initializer=kernel_initializer("linear"),
                    name="outputs",
                    dtype="float32",
                ),
                keras.layers.Reshape(shape, name="shaped", dtype="float32"),
            ],
            name=context.name,
        )
