"""One step of the flow: it scales and shifts some values, depending on the others."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

import vaereg


class AffineCoupling(keras.layers.Layer):
    """z = m u + (1 - m) (u exp(s(m u)) + t(m u)), for a mask m of ones (kept) and zeros (moved).

    s and t come from one dense network. A tanh keeps |s| < `scale_bound`, so that the density stays
    finite. The network's last layer starts at zero, so the coupling starts as the identity. It
    computes in float32 with every precision of Keras, since rounding could not be inverted.

    Source: Dinh et al. 2017, arXiv:1605.08803, eq. 9.

    Args:
        mask: (size,) of ones and zeros.
        widths: units of each hidden layer; if empty, s and t are linear before the tanh.
        activation: activation of the hidden layers, by its name in Keras.
        scale_bound: > 0.
    """

    def __init__(
        self,
        mask: np.ndarray,
        widths: Sequence[int],
        activation: str,
        scale_bound: float,
        name: str,
    ) -> None:
        super().__init__(name=name, dtype="float32")
        self.keep = np.asarray(mask, np.float32)
        self.scale_bound = scale_bound
        self.hidden = [
            keras.layers.Dense(width, activation=activation, dtype="float32", name=f"hidden{index}")
            for index, width in enumerate(widths)
        ]
        self.last = keras.layers.Dense(
            2 * len(self.keep), kernel_initializer="zeros", dtype="float32", name="last"
        )

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for flat latents (B, size)."""
        shape = tuple(input_shape)
        for layer in (*self.hidden, self.last):
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def to_latent(self, u: vaereg.Tensor) -> tuple[vaereg.Tensor, vaereg.Tensor]:
        """The forward direction: u (B, size) -> z (B, size) and log |det dz/du| (B,)."""
        log_scale, shift, kept = self._scale_and_shift(u)
        moved = (1.0 - self._mask()) * (u * ops.exp(log_scale) + shift)
        return kept + moved, ops.sum(log_scale, axis=1)

    def from_latent(self, z: vaereg.Tensor) -> tuple[vaereg.Tensor, vaereg.Tensor]:
        """The backward direction: z (B, size) -> u (B, size) and log |det du/dz| (B,)."""
        log_scale, shift, kept = self._scale_and_shift(z)
        moved = (1.0 - self._mask()) * ((z - shift) * ops.exp(-log_scale))
        return kept + moved, -ops.sum(log_scale, axis=1)

    def _scale_and_shift(
        self, values: vaereg.Tensor
    ) -> tuple[vaereg.Tensor, vaereg.Tensor, vaereg.Tensor]:
        """s, t and the kept values, (B, size) each; s is 0 where a value is kept."""
        kept = self._mask() * values
        hidden = kept
        for layer in self.hidden:
            hidden = layer(hidden)
        raw, shift = ops.split(self.last(hidden), 2, axis=1)
        bounded = self.scale_bound * ops.tanh(raw / self.scale_bound)
        return (1.0 - self._mask()) * bounded, shift, kept

    def _mask(self) -> vaereg.Tensor:
        return ops.convert_to_tensor(self.keep)
