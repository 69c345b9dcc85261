"""The decoder `resnet`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vaereg
from vaereg.basics.layers.activated import activation
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.decoder_ends import from_latent, to_outputs
from vaereg.basics.layers.normalization import normalization
from vaereg.basics.layers.residual import ResidualBlock
from vaereg.basics.layers.transposed_convolution import NearestConvolution

if TYPE_CHECKING:
    from vaereg.basics.decoders.declared import ResNetDecoderParams


class ResNet(Chain):
    """z (B, *latent) -> outputs (B, H, W, channels), doubling the grid once for each width.

    Each stage applies params.depth residual blocks, and then doubles the grid by nearest-neighbour
    upsampling and a convolution. H and W may have any value, as for the decoder `conv`.

    Raises:
        ValueError: if there is no width, or the positions of a spatial latent are not those of the
            first grid.
    """

    def __init__(self, params: ResNetDecoderParams, context: vaereg.BuildContext) -> None:
        layers = from_latent(params, context)
        following = (*params.widths[1:], params.widths[-1])
        for stage, (width, next_width) in enumerate(zip(params.widths, following, strict=True)):
            layers.extend(
                ResidualBlock(width, params, name=f"stage_{stage}_block_{index}")
                for index in range(params.depth)
            )
            layers.append(NearestConvolution(next_width, name=f"stage_{stage}_up"))
        layers.extend(normalization(params.normalization, params.widths[-1], "normalization"))
        layers.append(activation(params.activation, "activation"))
        super().__init__([*layers, *to_outputs(params, context)], name=context.name)
