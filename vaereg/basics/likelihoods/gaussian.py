"""The Gaussian likelihood with a fixed standard deviation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg.basics.likelihoods.into_range import into_range

if TYPE_CHECKING:
    from vaereg.basics.likelihoods.declared import GaussianLikelihoodParams


class Gaussian(keras.layers.Layer):
    """p(x given z) = N(x; mean, sigma^2 I), a density on the data's own scale.

    With sigma = 1, the negative log-likelihood is half the summed squared error plus a constant. A
    smaller sigma gives the reconstruction more weight relative to the KL divergence.

    Attributes:
        support: None, since x may have any value.
    """

    support = None

    def __init__(self, params: GaussianLikelihoodParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.sigma = params.sigma
        self.into_range = into_range(params.activation, context.data_spec.value_range, "gaussian")
        self.built = True

    def channels(self, data_channels: int) -> int:
        """One mean per value."""
        return data_channels

    def log_prob(
        self, x: vaereg.Tensor, outputs: vaereg.Tensor, training: bool = False
    ) -> vaereg.Tensor:
        """log p(x given z) for x and outputs (B, *data), shape (B,)."""
        del training
        standardized = (ops.cast(x, "float32") - self.mean(outputs)) / self.sigma
        per_dim = -0.5 * ops.square(standardized) - math.log(self.sigma * math.sqrt(2 * math.pi))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: vaereg.Tensor) -> vaereg.Tensor:
        """The expectation (B, *data), in the data's range unless `activation` is "linear"."""
        return self.into_range(ops.cast(outputs, "float32"))

    def sample(self, outputs: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (B, *data); the noise may leave the data's range."""
        mean = self.mean(outputs)
        noise = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)
        return mean + self.sigma * noise
