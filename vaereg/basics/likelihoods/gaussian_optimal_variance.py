"""The Gaussian likelihood with the best variance for each batch (sigma-VAE)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg.basics.likelihoods.into_range import into_range

if TYPE_CHECKING:
    from vaereg.basics.likelihoods.declared import OptimalVarianceParams


class GaussianOptimalVariance(keras.layers.Layer):
    """p(x given z) = N(x; mean, sigma^2 I) with one sigma for all values, which needs no tuning.

    In training, sigma^2 is its maximum-likelihood estimate: the mean squared error over the batch
    and all D dimensions. The gradient of the batch's mean log-likelihood is then that of
    -D/2 log MSE. Sigma is held constant in the gradient: at the optimum its derivative is zero, and
    a hard lower bound on sigma then does not stop the gradient of the mean. Outside training,
    sigma^2 is a bias-corrected running average over the training batches. Before the first batch,
    it is the variance of a uniform distribution over the data's range, or 1 for unbounded data. So
    validation does not depend on its own batches, and log_prob is a normalised density.

    Source: Rybkin et al. 2020 (sigma-VAE), arXiv:2006.13202, section 3.3.

    Attributes:
        support: None, since x may have any value.
    """

    support = None

    def __init__(self, params: OptimalVarianceParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        value_range = context.data_spec.value_range
        self.momentum = params.momentum
        self.least_variance = math.exp(2 * params.min_log_sigma)
        self.first_variance = 1.0 if value_range is None else _uniform_variance(*value_range)
        self.into_range = into_range(params.activation, value_range, "gaussian_optimal_variance")

        def add(name: str) -> vaereg.Tensor:
            return self.add_weight(
                name=name,
                shape=(),
                initializer="zeros",
                dtype="float32",
                trainable=False,
                autocast=False,
                aggregation="mean",
            )

        self.average_variance = add("average_variance")
        self.average_weight = add("average_weight")
        self.built = True

    def channels(self, data_channels: int) -> int:
        """One mean per value."""
        return data_channels

    def log_prob(
        self, x: vaereg.Tensor, outputs: vaereg.Tensor, training: bool = False
    ) -> vaereg.Tensor:
        """log p(x given z) for x and outputs (B, *data), shape (B,).

        If `training` is true, it uses this batch's variance and updates the running average.
        """
        squared = ops.square(ops.cast(x, "float32") - self.mean(outputs))  # (B, *data)
        if training:
            variance = ops.stop_gradient(ops.mean(squared))
            self._follow(variance)
            variance = ops.maximum(variance, self.least_variance)
        else:
            variance = self.variance()
        per_dim = -0.5 * (squared / variance + ops.log(2 * math.pi * variance))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: vaereg.Tensor) -> vaereg.Tensor:
        """The expectation (B, *data), in the data's range unless `activation` is "linear"."""
        return self.into_range(ops.cast(outputs, "float32"))

    def sample(self, outputs: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (B, *data) with the running variance; the noise may leave the data's range."""
        mean = self.mean(outputs)
        noise = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)
        return mean + ops.sqrt(self.variance()) * noise

    def variance(self) -> vaereg.Tensor:
        """The running sigma^2, a scalar, at least exp(2 min_log_sigma)."""
        weight = ops.convert_to_tensor(self.average_weight)
        average = ops.convert_to_tensor(self.average_variance) / ops.maximum(weight, 1e-30)
        variance = ops.where(weight > 0, average, self.first_variance)
        return ops.maximum(variance, self.least_variance)

    def _follow(self, variance: vaereg.Tensor) -> None:
        new = 1.0 - self.momentum
        self.average_variance.assign(self.momentum * self.average_variance + new * variance)
        self.average_weight.assign(self.momentum * self.average_weight + new)


def _uniform_variance(low: float, high: float) -> float:
    return (high - low) ** 2 / 12.0
