"""The parameters that encoders and decoders share. Never imports keras."""

from __future__ import annotations

from typing import Any

from vaereg.component import param

ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink",
)  # fmt: skip  # a list to read, not a column
"""Keras's activations, but for `glu`, which halves the channels, and `threshold`, which needs
arguments. A test compares them with the installed Keras."""

DENSE_NORMALIZATIONS = ("none", "batch", "layer")
NORMALIZATIONS = ("none", "batch", "layer", "group")


def activation(default: str) -> Any:
    """The parameter `activation`."""
    return param(default, "the activation, by its name in Keras", choices=ACTIVATIONS)


def normalization(default: str, choices: tuple[str, ...] = NORMALIZATIONS) -> Any:
    """The parameter `normalization`."""
    return param(default, "the normalization before each activation", choices=choices)


def dropout() -> Any:
    """The parameter `dropout`."""
    return param(0.0, "the share of hidden values set to 0 in training", ge=0, lt=1)


def kernel_size(default: int) -> Any:
    """The parameter `kernel_size`."""
    return param(default, "height and width of the kernels", ge=2, le=15, unit="pixels")
