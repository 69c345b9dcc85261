"""The layer that projects features to the few channels of an image."""

from __future__ import annotations

from typing import Any

import keras

import vaereg
from vaereg.basics.kernels.narrow_convolution import narrow_convolution


class NarrowConvolution(keras.layers.Conv2D):
    """(B, h, w, ·) -> (B, h, w, channels): a Conv2D of stride 1 that is fast for few channels.

    Args:
        channels: the number of output channels.
        kernel_size: the height and width of the kernel.
        others: further arguments of Conv2D.
    """

    def __init__(self, channels: int, kernel_size: int, **others: Any) -> None:  # Keras checks them
        super().__init__(
            channels, kernel_size, padding="same", data_format="channels_last", **others
        )

    def convolution_op(self, inputs: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
        """The convolution without the bias."""
        return narrow_convolution(inputs, keras.ops.convert_to_tensor(kernel))
