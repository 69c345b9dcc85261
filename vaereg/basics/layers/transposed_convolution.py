"""Layers that double height and width by a convolution."""

from __future__ import annotations

import keras
from keras import ops

import vaereg
from vaereg.basics.kernels.biased import biased
from vaereg.basics.kernels.transposed_convolution import transposed_convolution
from vaereg.basics.layers.initializers import kernel_initializer

Shape = tuple[int | None, ...]


def doubled(shape: Shape, filters: int) -> Shape:
    """(B, h, w, ·) -> (B, 2 h, 2 w, filters)."""
    batch, height, width, _ = shape
    return (batch, height and 2 * height, width and 2 * width, filters)


class TransposedConvolution(keras.layers.Layer):
    """(B, h, w, ·) -> (B, 2 h, 2 w, filters): the transposed convolution of stride 2.

    Args:
        filters: the number of output channels.
        kernel_size: the height and width of the kernel; even sizes overlap evenly, without
            checkerboard artefacts.
        activation: the next activation, which determines the scale of the initial weights.
        use_bias: whether to add a bias.
        name: the layer's name.
    """

    def __init__(
        self, filters: int, kernel_size: int, *, activation: str, use_bias: bool, name: str
    ) -> None:
        super().__init__(name=name)
        self.filters = filters
        self.kernel_size = kernel_size
        self.activation = activation
        self.use_bias = use_bias

    def build(self, shape: Shape) -> None:
        """Creates the kernel (k, k, filters, inputs) and the bias."""
        inputs = shape[-1] or 0
        # Keras counts k * k * filters values into an output; at stride 2 it is k * k * inputs / 4.
        gain = 4.0 * self.filters / inputs
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.kernel_size, self.kernel_size, self.filters, inputs),
            initializer=kernel_initializer(self.activation, gain),
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def compute_output_shape(self, shape: Shape) -> Shape:
        """(B, 2 h, 2 w, filters)."""
        return doubled(shape, self.filters)

    def call(self, x: vaereg.Tensor) -> vaereg.Tensor:
        """The features at twice the height and width."""
        y = transposed_convolution(x, ops.convert_to_tensor(self.kernel))
        return y if self.bias is None else biased(y, ops.convert_to_tensor(self.bias))


class NearestConvolution(keras.layers.Layer):
    """(B, h, w, ·) -> (B, 2 h, 2 w, filters): nearest-neighbour upsampling, then a 3x3 convolution.

    Both steps together are one transposed convolution with a 4x4 kernel, which takes 16 instead of
    36 multiplications per position and channel.

    Args:
        filters: the number of output channels.
        name: the layer's name.
    """

    def __init__(self, filters: int, *, name: str) -> None:
        super().__init__(name=name)
        self.filters = filters

    def build(self, shape: Shape) -> None:
        """Creates the kernel (3, 3, inputs, filters) and the bias."""
        self.kernel = self.add_weight(
            name="kernel",
            shape=(3, 3, shape[-1], self.filters),
            initializer=kernel_initializer("linear"),
        )
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def compute_output_shape(self, shape: Shape) -> Shape:
        """(B, 2 h, 2 w, filters)."""
        return doubled(shape, self.filters)

    def call(self, x: vaereg.Tensor) -> vaereg.Tensor:
        """The features at twice the height and width."""
        # Per axis, the flipped kernel (w2, w1, w0) becomes (w2, w2 + w1, w1 + w0, w0).
        kernel = ops.transpose(ops.flip(self.kernel, axis=(0, 1)), (0, 1, 3, 2))
        kernel = ops.pad(kernel, ((0, 1), (0, 0), (0, 0), (0, 0))) + ops.pad(
            kernel, ((1, 0), (0, 0), (0, 0), (0, 0))
        )
        kernel = ops.pad(kernel, ((0, 0), (0, 1), (0, 0), (0, 0))) + ops.pad(
            kernel, ((0, 0), (1, 0), (0, 0), (0, 0))
        )
        return transposed_convolution(x, kernel) + self.bias
