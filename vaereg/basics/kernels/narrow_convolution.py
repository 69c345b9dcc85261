"""The convolution to very few channels, in the formulation that is fast on each backend."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

import vaereg

MOST_MAPS = {"tensorflow": 16, "jax": 32, "torch": 32}
"""The most pairs of a tap and an output channel for which this is faster, by backend."""


def narrow_convolution(x: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
    """The convolution of stride 1 with "same" padding: `keras.layers.Conv2D(padding="same")`.

    On a CPU, convolution kernels compute at least 8 or 16 output channels, even if fewer are
    needed. For few channels, one matrix product multiplies all inputs by all taps, with a column
    for each tap and output. The maps of the taps are then shifted and added: by slices on PyTorch
    and JAX, and by a convolution with ones on TensorFlow, whose slices are slow.

    Args:
        x: (B, h, w, inputs).
        kernel: (k, k, inputs, outputs), of x's dtype.

    Returns:
        (B, h, w, outputs); differentiable any number of times.
    """
    size, _, _, outputs = kernel.shape
    backend = keras.backend.backend()
    if size == 1 or size * size * outputs > MOST_MAPS.get(backend, 0) or not _on_cpu(backend):
        return ops.conv(x, kernel, strides=1, padding="same", data_format="channels_last")
    return (_by_convolution if backend == "tensorflow" else _by_slices)(x, kernel)


def _on_cpu(backend: str) -> bool:
    if backend == "tensorflow":
        import tensorflow as tf

        return not tf.config.list_logical_devices("GPU")
    if backend == "jax":
        import jax

        return bool(jax.default_backend() == "cpu")
    from keras.src.backend.torch.core import get_device

    return str(get_device()).startswith("cpu")


def _by_convolution(x: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
    size, _, inputs, outputs = kernel.shape
    taps = ops.reshape(ops.transpose(kernel, (2, 0, 1, 3)), (inputs, size * size * outputs))
    maps = ops.matmul(x, taps)  # (B, h, w, taps · outputs)
    one_hot = np.eye(size * size * outputs).reshape(size, size, outputs, -1).swapaxes(2, 3)
    shift = ops.convert_to_tensor(one_hot, maps.dtype)
    return ops.conv(maps, shift, strides=1, padding="same", data_format="channels_last")


def _by_slices(x: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
    size, _, inputs, outputs = kernel.shape
    height, width = x.shape[1:3]
    padding = ((size - 1) // 2, size // 2)
    taps = ops.reshape(ops.transpose(kernel, (0, 1, 3, 2)), (size * size * outputs, inputs))
    maps = ops.matmul(taps, ops.transpose(ops.reshape(x, (-1, inputs))))
    maps = ops.reshape(maps, (size, size * outputs, -1, height, width))
    maps = ops.pad(maps, ((0, 0), (0, 0), (0, 0), (0, 0), padding))
    rows = maps[:, :outputs, :, :, :width]  # (taps of a column, outputs, B, h, w)
    for j in range(1, size):
        rows = rows + maps[:, j * outputs : (j + 1) * outputs, :, :, j : j + width]
    rows = ops.pad(rows, ((0, 0), (0, 0), (0, 0), padding, (0, 0)))
    y = rows[0, :, :, :height]
    for i in range(1, size):
        y = y + rows[i, :, :, i : i + height]
    return ops.transpose(y, (1, 2, 3, 0))
