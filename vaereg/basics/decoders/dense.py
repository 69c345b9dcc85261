"""The decoder `dense`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras

import vaereg
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.hidden import hidden
from vaereg.basics.layers.initializers import kernel_initializer

if TYPE_CHECKING:
    from vaereg.basics.decoders.declared import DenseDecoderParams


class Dense(Chain):
    """z (B, *latent), flattened -> outputs (B, *data[:-1], channels)."""

    def __init__(self, params: DenseDecoderParams, context: vaereg.BuildContext) -> None:
        assert context.channels is not None  # a decoder is built after its likelihood
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
