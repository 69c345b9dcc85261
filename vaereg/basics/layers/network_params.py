"""The parameters that encoders and decoders share. Never imports keras."""

from __future__ import annotations

from typing import Any, Protocol

from vaereg.component import param

ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink",
)  # fmt: skip  # a list to read, not a column
"""Keras's activations except `glu`, which halves the channels, and `threshold`, which needs
arguments. A test compares them with the installed Keras."""

DENSE_NORMALIZATIONS = ("none", "batch", "layer")
NORMALIZATIONS = ("none", "batch", "layer", "group")


class ActivatedParams(Protocol):
    """The parameters of a layer with a normalization and an activation."""

    @property
    def activation(self) -> str: ...
    @property
    def normalization(self) -> str: ...


class ImageNetworkParams(ActivatedParams, Protocol):
    """The parameters of both ends of an image network."""

    @property
    def widths(self) -> tuple[int, ...]: ...


class DenseNetworkParams(ActivatedParams, Protocol):
    """The parameters of the hidden layers of a dense network."""

    @property
    def widths(self) -> tuple[int, ...]: ...
    @property
    def dropout(self) -> float: ...


def activation(default: str) -> Any:  # a field, which attrs takes for its value
    """The parameter `activation`."""
    return param(default, "the activation, by its name in Keras", choices=ACTIVATIONS)


def normalization(
    default: str, choices: tuple[str, ...] = NORMALIZATIONS
) -> Any:  # a field, which attrs takes for its value
    """The parameter `normalization`."""
    return param(default, "the normalization before each activation", choices=choices)


def dropout() -> Any:  # a field, which attrs takes for its value
    """The parameter `dropout`."""
    return param(0.0, "the share of hidden values set to 0 in training", ge=0, lt=1)


def kernel_size(default: int) -> Any:  # a field, which attrs takes for its value
    """The parameter `kernel_size`."""
    return param(default, "height and width of the kernels", ge=2, le=15, unit="pixels")
