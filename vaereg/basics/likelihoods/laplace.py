"""The Laplace likelihood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg.basics.distributions.soft_clip import soft_clip
from vaereg.basics.likelihoods.into_range import into_range

if TYPE_CHECKING:
    from vaereg.basics.likelihoods.declared import LaplaceParams

LEAST_LOG_SCALE = -9.0  # a learned scale cannot fall to 0 where a reconstruction is exact


class Laplace(keras.layers.Layer):
    """p(x given z) = exp(-|x - mean| / b) / (2 b) for each value, a density on the data's scale.

    The scale b is one number for all values. It is fixed, or learned (`learned = true`), starting
    from `scale` and smoothly bounded below by exp(-9).

    Attributes:
        support: None, since x may have any value.
    """

    support = None

    def __init__(self, params: LaplaceParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.fixed_log_scale = math.log(params.scale)
        self.into_range = into_range(params.activation, context.data_spec.value_range, "laplace")
        self.log_scale: vaereg.Tensor = None
        if params.learned:
            if self.fixed_log_scale <= LEAST_LOG_SCALE:
                raise ValueError(
                    f"likelihood 'laplace': a learned scale must start above "
                    f"{math.exp(LEAST_LOG_SCALE):.2g}; got scale = {params.scale:g}"
                )
            above = self.fixed_log_scale - LEAST_LOG_SCALE
            start = LEAST_LOG_SCALE + above + math.log(-math.expm1(-above))  # inverse of the clip
            self.log_scale = self.add_weight(
                name="log_scale",
                shape=(),
                initializer=keras.initializers.Constant(start),
                dtype="float32",
                autocast=False,
            )
        self.built = True

    def channels(self, data_channels: int) -> int:
        """One mean per value."""
        return data_channels

    def log_prob(
        self, x: vaereg.Tensor, outputs: vaereg.Tensor, training: bool = False
    ) -> vaereg.Tensor:
        """log p(x given z) for x and outputs (B, *data), shape (B,)."""
        del training
        log_scale = self._log_scale()
        error = ops.abs(ops.cast(x, "float32") - self.mean(outputs))
        per_dim = -error * ops.exp(-log_scale) - log_scale - math.log(2.0)
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: vaereg.Tensor) -> vaereg.Tensor:
        """The expectation (B, *data), in the data's range unless `activation` is "linear"."""
        return self.into_range(ops.cast(outputs, "float32"))

    def sample(self, outputs: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (B, *data); the noise may leave the data's range."""
        mean = self.mean(outputs)
        uniform = keras.random.uniform((2, *ops.shape(mean)), dtype="float32", seed=seed)
        exponential = -ops.log1p(-uniform)  # two draws; their difference is Laplace
        return mean + ops.exp(self._log_scale()) * (exponential[0] - exponential[1])

    def _log_scale(self) -> vaereg.Tensor:
        if self.log_scale is None:
            return ops.convert_to_tensor(self.fixed_log_scale, dtype="float32")
        return soft_clip(ops.convert_to_tensor(self.log_scale), LEAST_LOG_SCALE)
