"""The hidden layers of the dense networks."""

from __future__ import annotations

from typing import Any

import keras

from vaereg.basics.layers.activated import activated, dense
from vaereg.basics.layers.dropout import Dropout


def hidden(params: Any, context: Any) -> list[keras.layers.Layer]:
    """For each width a dense layer, its normalization, activation and dropout."""
    layers = []
    for index, width in enumerate(params.widths):
        name = f"hidden_{index}"
        layers.extend(activated(dense(width, params, name=name), width, params))
        if params.dropout:
            seed = (context.seed + index) % 2**31
            layers.append(
                Dropout(params.dropout, seed=seed, name=f"{name}_dropout", scope=context.name)
            )
    return layers
