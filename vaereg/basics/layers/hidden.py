"""The hidden layers of the dense networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

import vaereg
from vaereg.basics.layers.activated import activated, dense
from vaereg.basics.layers.dropout import Dropout

if TYPE_CHECKING:
    from vaereg.basics.layers.network_params import DenseNetworkParams


def hidden(params: DenseNetworkParams, context: vaereg.BuildContext) -> list[keras.layers.Layer]:
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
