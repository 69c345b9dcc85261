"""Convolutions of a trained PyTorch network, each with the batch normalization after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import keras
import numpy as np

import vaereg

EPSILON = 1e-3
"""Added to variances in both networks, as in TensorFlow's originals."""


@attrs.frozen
class _Convolution:
    layer: keras.layers.Layer
    weights: str
    norm: str
    depthwise: bool


class FoldedConvolutions:
    """Creates the layers of a network, and later sets their weights by PyTorch's names.

    A convolution and the normalization after it are one layer: in inference, the normalization is
    a factor and a shift per channel, w' = w g / sqrt(v + eps), b' = b - m g / sqrt(v + eps). All
    layers are float32, whatever the global policy, and draw no initial weights.
    """

    def __init__(self) -> None:
        self._made: list[_Convolution] = []

    def convolution(
        self,
        x: keras.KerasTensor,
        weights: str,
        norm: str,
        filters: int,
        kernel: int | tuple[int, int] = 1,
        strides: int = 1,
        padding: str = "same",
        activation: str | None = None,
    ) -> keras.KerasTensor:
        """Applies a convolution; `same` pads as TensorFlow does, more at the far end."""
        layer = keras.layers.Conv2D(filters, kernel, **_options(weights, strides, padding))
        return self._applied(x, layer, weights, norm, activation, depthwise=False)

    def depthwise(
        self,
        x: keras.KerasTensor,
        weights: str,
        norm: str,
        kernel: int,
        strides: int,
        activation: str,
    ) -> keras.KerasTensor:
        """Applies a convolution of each channel on its own."""
        options = _options(weights, strides, "same")
        options["depthwise_initializer"] = options.pop("kernel_initializer")
        layer = keras.layers.DepthwiseConv2D(kernel, **options)
        return self._applied(x, layer, weights, norm, activation, depthwise=True)

    def take(self, tensors: Mapping[str, np.ndarray], beside: tuple[str, ...], what: str) -> None:
        """Sets the weights of every layer.

        Args:
            tensors: the state dict; convolutions as (out, in, height, width).
            beside: prefixes of tensors that may be present and are not used.
            what: the network's name, for errors.

        Raises:
            vaereg.DataError: if a tensor is missing, left over or of another shape.
        """
        parts = ("weight", "bias", "running_mean", "running_var")
        wanted = [f"{each.weights}.weight" for each in self._made]
        wanted += [f"{each.norm}.{part}" for each in self._made for part in parts]
        missing = [name for name in wanted if name not in tensors]
        known = set(wanted)
        left = [
            name
            for name in tensors
            if name not in known
            and not name.startswith(beside)
            and not name.endswith(".num_batches_tracked")
        ]
        if missing or left:
            raise vaereg.DataError(
                f"these are not the weights of {what}: {_counted('missing', missing)}"
                f"{_counted('unknown', left)}pass the file of that network."
            )
        for each in self._made:
            kernel = tensors[f"{each.weights}.weight"].astype(np.float64)
            kernel = kernel.transpose((2, 3, 0, 1) if each.depthwise else (2, 3, 1, 0))
            gain, shift, mean, variance = (
                tensors[f"{each.norm}.{part}"].astype(np.float64) for part in parts
            )
            due = tuple(each.layer.weights[0].shape)
            channels = due[2] if each.depthwise else due[3]
            vectors = (gain, shift, mean, variance)
            if kernel.shape != due or any(vector.shape != (channels,) for vector in vectors):
                raise vaereg.DataError(
                    f"these are not the weights of {what}: {each.weights} and {each.norm} have "
                    f"shapes {kernel.shape} and {gain.shape}; expected {due} and ({channels},)."
                )
            factor = gain / np.sqrt(variance + EPSILON)
            kernel = kernel * (factor[:, None] if each.depthwise else factor)
            each.layer.set_weights([kernel.astype(np.float32), shift - mean * factor])

    def _applied(
        self,
        x: keras.KerasTensor,
        layer: keras.layers.Layer,
        weights: str,
        norm: str,
        activation: str | None,
        depthwise: bool,
    ) -> keras.KerasTensor:
        self._made.append(_Convolution(layer, weights, norm, depthwise))
        x = layer(x)
        if activation is None:
            return x
        name = _layer_name(f"{weights}.{activation}")
        return keras.layers.Activation(activation, name=name, dtype="float32")(x)


def _options(
    weights: str, strides: int, padding: str
) -> dict[str, Any]:  # arguments of a layer, which Keras checks
    return {
        "strides": strides,
        "padding": padding,
        "data_format": "channels_last",
        "kernel_initializer": "zeros",
        "name": _layer_name(weights),
        "dtype": "float32",
    }


def _layer_name(name: str) -> str:
    return name.strip("_").replace(".", "_")


def _counted(what: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{what} {', '.join(names[:2])}{more}; "
