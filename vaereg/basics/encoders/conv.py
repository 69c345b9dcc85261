"""The encoder `conv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vaereg
from vaereg.basics.layers.activated import activated, convolution
from vaereg.basics.layers.chain import Chain
from vaereg.basics.layers.stages import require_stages

if TYPE_CHECKING:
    from vaereg.basics.encoders.declared import ConvEncoderParams


class Conv(Chain):
    """x (B, H, W, C) -> features (B, ceil(H / 2^n), ceil(W / 2^n), widths[-1]) for n widths.

    Raises:
        ValueError: if there is no width.
    """

    def __init__(self, params: ConvEncoderParams, context: vaereg.BuildContext) -> None:
        require_stages(params)
        size, layers = params.kernel_size, []
        for stage, width in enumerate(params.widths):
            name = f"stage_{stage}"
            down = convolution(width, params, name=f"{name}_down", strides=2, kernel_size=size)
            layers.extend(activated(down, width, params))
            for index in range(params.depth):
                more = convolution(width, params, name=f"{name}_{index}", kernel_size=size)
                layers.extend(activated(more, width, params))
        super().__init__(layers, name=context.name)
