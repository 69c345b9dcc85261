"""Real NVP as a prior: a standard normal, transformed by learned couplings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg_plugin_flow.affine_coupling import AffineCoupling
from vaereg_plugin_flow.alternating_masks import alternating_masks

if TYPE_CHECKING:
    from vaereg_plugin_flow.plugin import RealNVPParams


class RealNVP(keras.layers.Layer):
    """The density of z = f(u), with u standard normal and f a stack of affine couplings.

        log p(z) = log N(f^-1(z); 0, I) + log |det df^-1/dz|

    Both terms are exact, and both directions cost the same. The prior starts as the standard
    normal. KL(q || p) has no closed form, so the engine estimates it as
    log q(z given x) - log p(z). Its gradient trains the couplings, which follow the encoded data
    while the encoder follows them. Latents of any shape are flattened.

    Source: Dinh et al. 2017, arXiv:1605.08803, sections 3.2 to 3.5; as the prior of a VAE Huang et
    al. 2017, arXiv:1710.02248, and Xu et al. 2019, arXiv:1905.13452.

    Raises:
        ValueError: if a latent is a single number, which cannot be split into halves.
    """

    def __init__(self, params: RealNVPParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = tuple(context.latent_shape)
        self.size = math.prod(self.latent_shape)
        if self.size < 2:
            raise ValueError(
                "the prior 'real_nvp' transforms one half of a latent, given the other half, so "
                f"it needs latents of at least 2 numbers; latent = {self.size} was given. Use "
                'prior = "gaussian_mixture", or a larger latent.'
            )
        self.couplings = [
            AffineCoupling(
                mask, params.widths, params.activation, params.scale_bound, name=f"coupling{index}"
            )
            for index, mask in enumerate(alternating_masks(params.layers, self.size))
        ]
        self.build((None, self.size))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for flat latents (B, size)."""
        for coupling in self.couplings:
            coupling.build(tuple(input_shape))

    def sample(self, n: int, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (n, *latent) float32; `seed` is a SeedGenerator or an integer."""
        values = keras.random.normal((n, self.size), dtype="float32", seed=seed)
        for coupling in self.couplings:
            values, _ = coupling.to_latent(values)
        return ops.reshape(values, (-1, *self.latent_shape))

    def log_prob(self, z: vaereg.Tensor) -> vaereg.Tensor:
        """log p(z) for z (B, *latent), shape (B,)."""
        values = ops.reshape(ops.cast(z, "float32"), (-1, self.size))
        log_det = 0.0
        for coupling in reversed(self.couplings):
            values, of_this = coupling.from_latent(values)
            log_det = log_det + of_this
        normal = -0.5 * ops.sum(math.log(2 * math.pi) + ops.square(values), axis=1)
        return normal + log_det
