"""How kernels start, so that signals keep their size through the activation that follows."""

from __future__ import annotations

import keras

RECTIFYING = frozenset(
    {"celu", "elu", "gelu", "hard_silu", "hard_swish", "leaky_relu", "mish", "relu", "relu6"}
    | {"silu", "softplus", "squareplus", "sparse_plus", "swish"}
)
"""Activations that pass about half of their input, to which He et al.'s gain of 2 belongs."""


def kernel_initializer(activation: str, gain: float = 1.0) -> keras.initializers.Initializer:
    """A new initializer for the kernel before `activation`.

    He normal (arXiv:1502.01852) for activations like relu, LeCun normal for selu
    (arXiv:1706.02515), Glorot uniform (Glorot and Bengio 2010) for the others. Each call gives an
    initializer with a seed of its own: one that is shared gives equal weights to equal shapes.

    Args:
        activation: by Keras's name.
        gain: a further factor on the variance.
    """
    if activation in RECTIFYING:
        return keras.initializers.VarianceScaling(2.0 * gain, "fan_in", "truncated_normal")
    if activation == "selu":
        return keras.initializers.VarianceScaling(gain, "fan_in", "truncated_normal")
    return keras.initializers.VarianceScaling(gain, "fan_avg", "uniform")
