"""The decoder `conv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vaereg
from vaereg.basics.layers.activated import activated, activation, convolution
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.decoder_ends import from_latent, to_outputs
from vaereg.basics.layers.normalization import normalization
from vaereg.basics.layers.transposed_convolution import TransposedConvolution

if TYPE_CHECKING:
    from vaereg.basics.decoders.declared import ConvDecoderParams


class Conv(Chain):
    """z (B, *latent) -> outputs (B, H, W, channels), doubling the grid once for each width.

    H and W may have any value: the first grid is ceil(H / 2^n) x ceil(W / 2^n), and the excess is
    cropped evenly before the last projection.

    Raises:
        ValueError: if there is no width, or the positions of a spatial latent are not those of the
            first grid.
    """

    def __init__(self, params: ConvDecoderParams, context: vaereg.BuildContext) -> None:
        layers = from_latent(params, context)
        layers.extend(normalization(params.normalization, params.widths[0], "grid_normalization"))
        layers.append(activation(params.activation, "grid_activation"))
        size = params.kernel_size
        for stage, width in enumerate(params.widths):
            name = f"stage_{stage}"
            up = TransposedConvolution(
                width,
                size,
                activation=params.activation,
                use_bias=params.normalization == "none",
                name=f"{name}_up",
            )
            layers.extend(activated(up, width, params))
            for index in range(params.depth):
                more = convolution(width, params, name=f"{name}_{index}", kernel_size=size)
                layers.extend(activated(more, width, params))
        super().__init__([*layers, *to_outputs(params, context)], name=context.name)
