"""The adversarial autoencoder's critic: draws of the prior against encoded data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg_plugin_adversarial.adversary import Adversary, Evaluated

if TYPE_CHECKING:
    from vaereg_plugin_adversarial.plugin import LatentParams


class LatentDiscriminator(Adversary):
    """A dense network that distinguishes latents of the prior (real) from those of data (fake).

    Its generator loss pulls the aggregate posterior towards the prior. Use it instead of the KL
    divergence with `kl = { weight = 0 }` (Makhzani et al. 2016, arXiv:1511.05644).
    """

    def __init__(self, params: LatentParams, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.size = math.prod(context.latent_shape)
        self.hidden = [
            keras.layers.Dense(width, activation=params.activation, name=f"hidden{index}")
            for index, width in enumerate(params.widths)
        ]
        self.score = keras.layers.Dense(1, name="score", dtype="float32")
        self.build((None, self.size))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for flat latents (B, size)."""
        shape = tuple(input_shape)
        for layer in (*self.hidden, self.score):
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def call(self, z: vaereg.Tensor, training: bool = False) -> Evaluated:
        """Scores (N, 1) of flat latents (N, size)."""
        del training  # no layer behaves differently in training
        for layer in self.hidden:
            z = layer(z)
        return Evaluated(self.score(z), ())

    def real(self, step: vaereg.Step) -> vaereg.Tensor:
        """Draws of the prior, flat."""
        return self._flat(step.prior_latents)

    def fakes(self, step: vaereg.Step) -> tuple[vaereg.Tensor, ...]:
        """Draws of the posterior, flat."""
        return (self._flat(step.latent.z),)

    def _flat(self, z: vaereg.Tensor) -> vaereg.Tensor:
        return ops.reshape(ops.cast(z, "float32"), (-1, self.size))
