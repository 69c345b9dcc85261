"""Initial kernels whose scale preserves the variance of signals through the next activation."""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

import vaereg

RECTIFYING = frozenset(
    {"celu", "elu", "gelu", "hard_silu", "hard_swish", "leaky_relu", "mish", "relu", "relu6"}
    | {"silu", "softplus", "squareplus", "sparse_plus", "swish"}
)
"""Activations that pass about half of their input, so that He et al.'s gain of 2 applies."""


class HostUniform(keras.initializers.VarianceScaling):
    """Keras's VarianceScaling with uniform values, drawn by NumPy.

    Equal seeds therefore give equal weights on every backend, and JAX need not compile a random
    number generator for each kernel shape (about 2 s of processor time each).
    """

    def __call__(
        self, shape: tuple[int, ...], dtype: str | None = None, **options: object
    ) -> vaereg.Tensor:
        """A kernel (…, inputs, outputs), uniform with variance scale / fan."""
        fan: float = math.prod(shape[:-1])
        if self.mode == "fan_avg":
            fan = (fan + math.prod(shape[:-2]) * shape[-1]) / 2
        bound = math.sqrt(3.0 * self.scale / max(fan, 1))
        drawn = np.random.default_rng(self.seed).uniform(-bound, bound, shape)
        return ops.convert_to_tensor(drawn.astype("float32"), dtype=dtype)


def kernel_initializer(activation: str, gain: float = 1.0) -> keras.initializers.Initializer:
    """A new initializer for the kernel before `activation`.

    The variance follows He et al. (arXiv:1502.01852, eq. 10) for activations like relu, LeCun for
    selu (arXiv:1706.02515), and Glorot and Bengio (2010, eq. 16) for all others. Each call returns
    an initializer with its own seed, taken from Keras: a shared initializer would give equal
    weights to kernels of equal shape.

    Args:
        activation: by Keras's name.
        gain: a further factor on the variance.
    """
    if activation in RECTIFYING:
        return HostUniform(2.0 * gain, "fan_in", "uniform")
    if activation == "selu":
        return HostUniform(gain, "fan_in", "uniform")
    return HostUniform(gain, "fan_avg", "uniform")
