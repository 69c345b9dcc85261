"""The transposed convolution of stride 2, in the formulation that is fast on each backend."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def transposed_convolution(x: Any, kernel: Any) -> Any:
    """Doubles height and width: `keras.layers.Conv2DTranspose(strides=2, padding="same")`.

    TensorFlow and PyTorch are fast as they are. On JAX the derivative is ours
    (tests/benchmarks/transposed_convolution.py measures the difference).

    Args:
        x: (B, h, w, inputs).
        kernel: (kh, kw, outputs, inputs), of x's dtype.

    Returns:
        (B, 2 h, 2 w, outputs); differentiable any number of times in reverse mode.
    """
    if keras.backend.backend() == "jax":
        from vaereg.basics.backends import jax_transposed_convolution

        return jax_transposed_convolution.transposed_convolution(x, kernel)
    return ops.conv_transpose(x, kernel, strides=2, padding="same", data_format="channels_last")
