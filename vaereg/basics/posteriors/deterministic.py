"""The posterior of a plain autoencoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg.basics.posteriors.latent_projection import LatentProjection

if TYPE_CHECKING:
    from vaereg.component import NoParams


class Deterministic(keras.layers.Layer):
    """A point mass: z is linear in the features, without noise, density or KL divergence.

    See LatentProjection for the shapes of features. Draw new samples with a sampler that is fitted
    to encoded data, since nothing pulls z towards the prior (Ghosh et al. 2019, arXiv:1903.12436).
    """

    deterministic = True

    def __init__(self, params: NoParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        del params
        self.mean_head = LatentProjection(
            context.latent_shape,
            keras.initializers.GlorotUniform(seed=context.seed),
            name="mean",
        )

    def build(self, features_shape: tuple[int | None, ...]) -> None:
        """Creates the weights for features (B, ...); see LatentProjection."""
        self.mean_head.build(features_shape)

    def call(
        self,
        features: vaereg.Tensor,
        samples: int = 1,
        seed: vaereg.Seed = None,
        training: bool = False,
    ) -> vaereg.Latent:
        """The latent z of each example, repeated `samples` times, K-major; `seed` is not used."""
        del seed, training
        mean = self.mean_head(features)
        if samples > 1:
            mean = ops.tile(mean, (samples, *(1,) * (len(mean.shape) - 1)))
        return vaereg.Latent(z=mean, mode=mean)
