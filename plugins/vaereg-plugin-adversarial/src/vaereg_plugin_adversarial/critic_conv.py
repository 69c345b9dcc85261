"""A convolution for the first and last layers of a critic, which have very few channels."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

import vaereg

FEW = 4
"""The largest number of image channels that counts as few."""


class CriticConv2D(keras.layers.Conv2D):
    """Conv2D, in faster formulations for very few channels.

    Convolution kernels on a CPU compute at least 8 or 16 channels, even if fewer are needed. This
    slows down the forward pass to one channel, and the gradient with respect to an image.

    - To one channel, with stride 1: one matrix product multiplies each tap with all channels; a
      convolution with ones shifts and adds the taps' maps.
    - From few channels, with stride 2 and an even kernel: four neighbours become one position with
      four times the channels, on which the kernel has half the size and stride 1. Not on JAX,
      where XLA has a faster gradient for the original.
    """

    def convolution_op(self, inputs: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
        """The convolution without the bias."""
        kernel = ops.convert_to_tensor(kernel)
        if self.data_format == "channels_last" and self.padding == "same":
            if self.filters == 1 and set(self.strides) == {1}:
                return _to_one(inputs, kernel)
            if set(self.strides) == {2} and _can_be_folded(inputs.shape, kernel.shape):
                return _folded(inputs, kernel)
        return super().convolution_op(inputs, kernel)


def _to_one(x: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
    height, width, inputs, _ = kernel.shape
    maps = ops.matmul(x, ops.transpose(ops.reshape(kernel, (height * width, inputs))))
    one_hot = np.eye(height * width).reshape(height, width, -1, 1)
    return ops.conv(maps, ops.convert_to_tensor(one_hot, maps.dtype), 1, "same", "channels_last")


def _can_be_folded(image: tuple[int | None, ...], kernel: tuple[int, ...]) -> bool:
    even = all(size is not None and size % 2 == 0 for size in (*image[1:3], *kernel[:2]))
    return even and kernel[2] <= FEW and keras.backend.backend() != "jax"


def _folded(x: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
    high, wide, inputs, outputs = kernel.shape
    up, left = high // 2 - 1, wide // 2 - 1  # what "same" adds on each side of an even image
    x = ops.pad(x, ((0, 0), (up, up), (left, left), (0, 0)))
    height, width = x.shape[1] // 2, x.shape[2] // 2
    x = ops.reshape(x, (-1, height, 2, width, 2, inputs))
    x = ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, height, width, 4 * inputs))
    kernel = ops.reshape(kernel, (high // 2, 2, wide // 2, 2, inputs, outputs))
    kernel = ops.transpose(kernel, (0, 2, 1, 3, 4, 5))
    kernel = ops.reshape(kernel, (high // 2, wide // 2, 4 * inputs, outputs))
    return ops.conv(x, kernel, 1, "valid", "channels_last")
