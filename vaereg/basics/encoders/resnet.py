"""The encoder `resnet`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

import vaereg
from vaereg.basics.layers.activated import activation
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.initializers import kernel_initializer
from vaereg.basics.layers.normalization import normalization
from vaereg.basics.layers.residual import ResidualBlock
from vaereg.basics.layers.stages import require_stages

if TYPE_CHECKING:
    from vaereg.basics.encoders.declared import ResNetEncoderParams


class ResNet(Chain):
    """x (B, H, W, C) -> features (B, ceil(H / 2^n), ceil(W / 2^n), widths[-1]) for n widths.

    Each stage halves the grid by a convolution of stride 2 and adds params.depth residual blocks.

    Raises:
        ValueError: if there is no width.
    """

    def __init__(self, params: ResNetEncoderParams, context: vaereg.BuildContext) -> None:
        require_stages(params)
        layers: list[keras.layers.Layer] = []
        for stage, width in enumerate(params.widths):
            down = keras.layers.Conv2D(
                width,
                3,
                strides=2,
                padding="same",
                data_format="channels_last",
                kernel_initializer=kernel_initializer("linear"),
                name=f"stage_{stage}_down",
            )
            layers.append(down)
            layers.extend(
                ResidualBlock(width, params, name=f"stage_{stage}_block_{index}")
                for index in range(params.depth)
            )
        layers.extend(normalization(params.normalization, params.widths[-1], "normalization"))
        layers.append(activation(params.activation, "activation"))
        super().__init__(layers, name=context.name)
