"""The Gaussian posterior of the original VAE."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg.basics.distributions.soft_clip import soft_clip
from vaereg.basics.posteriors.latent_projection import LatentProjection

if TYPE_CHECKING:
    from vaereg.basics.posteriors.declared import GaussianPosteriorParams


class Gaussian(keras.layers.Layer):
    """q(z given x) = N(mean, diag exp(log_var)), drawn as z = mean + exp(log_var / 2) eps.

    Mean and log_var are linear in the features; see LatentProjection for the shapes of features.
    The variance is 1 before training, since the kernel of log_var starts at zero. log_var is
    clipped smoothly to [min_log_var, max_log_var], so neither exp(log_var) nor its inverse
    overflows.

    Source: Kingma and Welling 2013, arXiv:1312.6114, section 3 and appendix C.2.
    """

    deterministic = False

    def __init__(self, params: GaussianPosteriorParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.bounds = (params.min_log_var, params.max_log_var)
        self.mean_head = LatentProjection(
            context.latent_shape,
            keras.initializers.GlorotUniform(seed=context.seed),
            name="mean",
        )
        self.log_var_head = LatentProjection(context.latent_shape, "zeros", name="log_var")

    def build(self, features_shape: tuple[int | None, ...]) -> None:
        """Creates the weights for features (B, ...); see LatentProjection."""
        self.mean_head.build(features_shape)
        self.log_var_head.build(features_shape)

    def call(
        self,
        features: vaereg.Tensor,
        samples: int = 1,
        seed: vaereg.Seed = None,
        training: bool = False,
    ) -> vaereg.Latent:
        """Draws `samples` latents per example, K-major.

        Args:
            features: (B, ...).
            samples: K.
            seed: a SeedGenerator or an integer; None to use the mode as z instead of a draw.
        """
        del training
        mean = self.mean_head(features)
        log_var = soft_clip(self.log_var_head(features), *self.bounds)
        if samples > 1:
            repeats = (samples, *(1,) * (len(mean.shape) - 1))
            mean, log_var = ops.tile(mean, repeats), ops.tile(log_var, repeats)
        if seed is None:
            eps = ops.zeros_like(mean)
        else:
            eps = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)
        z = mean + ops.exp(0.5 * log_var) * eps
        # (z - mean)^2 / variance is eps^2: no division, so exact even where the variance is tiny.
        per_dim = -0.5 * (math.log(2 * math.pi) + log_var + ops.square(eps))  # (K·B, *latent)
        log_q = ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))  # (K·B,)
        return vaereg.Latent(z=z, mode=mean, log_var=log_var, log_q=log_q)
