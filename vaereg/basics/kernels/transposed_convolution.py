"""The transposed convolution of stride 2, in the formulation that is fast on each backend."""

from __future__ import annotations

import keras
from keras import ops

import vaereg


def transposed_convolution(x: vaereg.Tensor, kernel: vaereg.Tensor) -> vaereg.Tensor:
    """Doubles height and width: `keras.layers.Conv2DTranspose(strides=2, padding="same")`.

    TensorFlow's own operation is fast. On JAX vaereg defines the derivative, on PyTorch the crop
    (tests/benchmarks/transposed_convolution.py measures the difference on JAX).

    Args:
        x: (B, h, w, inputs).
        kernel: (kh, kw, outputs, inputs), of x's dtype.

    Returns:
        (B, 2 h, 2 w, outputs); differentiable any number of times in reverse mode.
    """
    if keras.backend.backend() == "jax":
        from vaereg.basics.kernels import jax_transposed_convolution

        return jax_transposed_convolution.transposed_convolution(x, kernel)
    if keras.backend.backend() == "torch" and min(kernel.shape[:2]) >= 2:
        from vaereg.basics.kernels import torch_transposed_convolution

        return torch_transposed_convolution.transposed_convolution(x, kernel)
    return ops.conv_transpose(x, kernel, strides=2, padding="same", data_format="channels_last")
