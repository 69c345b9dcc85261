"""The standard normal prior."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.component import NoParams


class StandardNormal(keras.layers.Layer):
    """p(z) = N(0, I) over latents of any shape.

    Source: Kingma and Welling 2013, arXiv:1312.6114, appendix B (KL divergence).
    """

    def __init__(self, params: NoParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        del params
        self.latent_shape = tuple(context.latent_shape)
        self.groups = context.latent
        self.built = True

    def sample(self, n: int, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (n, *latent) float32; `seed` is a SeedGenerator or an integer."""
        return keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)

    def log_prob(self, z: vaereg.Tensor) -> vaereg.Tensor:
        """log p(z) for z (B, *latent), shape (B,)."""
        per_dim = -0.5 * (math.log(2 * math.pi) + ops.square(z))  # (B, *latent)
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def kl(self, latent: vaereg.Latent) -> vaereg.Tensor | None:
        """KL(q(z given x) || p(z)) in nats, shape (B, groups), for a diagonal Gaussian q.

        The declared groups, if there are several. Else a vector latent has one group per
        dimension, and a spatial latent one per channel, summed over the positions. None if q is
        not a diagonal Gaussian.
        """
        if latent.log_var is None:
            return None
        log_var, mean = ops.cast(latent.log_var, "float32"), ops.cast(latent.mode, "float32")
        # expm1 keeps exp(log_var) - 1 - log_var from cancelling below zero near log_var = 0.
        per_dim = 0.5 * (ops.square(mean) + ops.expm1(log_var) - log_var)  # (B, *latent)
        if self.groups is not None and len(self.groups.names) > 1:
            return self.groups.sums(per_dim)
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape) - 1)))
