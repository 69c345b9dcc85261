"""The encoder `dense`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

import vaereg
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.hidden import hidden

if TYPE_CHECKING:
    from vaereg.basics.encoders.declared import DenseEncoderParams


class Dense(Chain):
    """x (B, *data), flattened -> features (B, widths[-1])."""

    def __init__(self, params: DenseEncoderParams, context: vaereg.BuildContext) -> None:
        flat = keras.layers.Reshape((context.data_spec.dimensions,), name="flat")
        super().__init__([flat, *hidden(params, context)], name=context.name)
