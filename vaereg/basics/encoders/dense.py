"""The encoder `dense`."""

from __future__ import annotations

from typing import Any

import keras

from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.hidden import hidden


class Dense(Chain):
    """x (B, *data), flattened -> features (B, widths[-1])."""

    def __init__(self, params: Any, context: Any) -> None:
        flat = keras.layers.Reshape((context.data_spec.dimensions,), name="flat")
        super().__init__([flat, *hidden(params, context)], name=context.name)
