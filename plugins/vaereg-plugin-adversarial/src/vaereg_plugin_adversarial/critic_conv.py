"""A convolution for the two ends of a critic, where there are very few channels."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

import vaereg

FEW = 4
"""How many channels of an image are few."""


class CriticConv2D(keras.layers.Conv2D):
    """Conv2D, in other formulations where a critic begins and ends.

    Kernels of convolutions on a CPU compute at least 8 or 16 channels, however few are asked for,
    in the forward pass of a convolution to one channel and in the gradient by an image of one.

    - To one channel, at stride 1: each tap's product with all channels is one matrix product;
      a convolution with ones shifts the taps' maps and adds them.
    - From few channels, at stride 2 with an even kernel: four neighbours become one position of
      four times the channels, on which the kernel has half the size and stride 1. XLA makes the
      gradient of the original faster, so not on JAX.
    """

    def convolution_op(self, inputs: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
        """What Conv2D does between its weights and its bias."""
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
