"""A prior with one Gaussian for each class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg.basics.distributions.soft_clip import soft_clip
from vaereg.basics.layers.labelled import classes_of

if TYPE_CHECKING:
    from vaereg.component import NoParams

LOG_VAR_BOUNDS = (-8.0, 8.0)  # a Gaussian that shrinks onto one point would make p(z) infinite


class Conditional(keras.layers.Layer):
    """p(z given label) = N(m, diag s^2), with a learned mean and variance for each class.

    All classes start at N(0, I). Asks for the label.

    Source: the prior network of Sohn et al. 2015, "Learning Structured Output Representation using
    Deep Conditional Generative Models", eq. 4, as a table.
    """

    def __init__(self, params: NoParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        del params
        self.latent_shape = tuple(context.latent_shape)
        shape = (classes_of(context), *self.latent_shape)
        zeros = {"initializer": "zeros", "dtype": "float32", "autocast": False}
        self.means = self.add_weight(name="means", shape=shape, **zeros)
        self.raw_log_vars = self.add_weight(name="log_vars", shape=shape, **zeros)
        self.built = True

    def _of(self, given: Mapping[str, vaereg.Tensor]) -> tuple[vaereg.Tensor, vaereg.Tensor]:
        """The means and log variances (B, *latent) of the examples' classes."""
        log_vars = soft_clip(ops.convert_to_tensor(self.raw_log_vars), *LOG_VAR_BOUNDS)
        rows = given["label"]
        return ops.take(self.means, rows, axis=0), ops.take(log_vars, rows, axis=0)

    def sample(
        self, n: int, seed: vaereg.Seed, given: Mapping[str, vaereg.Tensor]
    ) -> vaereg.Tensor:
        """Draws (n, *latent) float32, one for each label."""
        mean, log_var = self._of(given)
        noise = keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)
        return mean + ops.exp(0.5 * log_var) * noise

    def log_prob(self, z: vaereg.Tensor, given: Mapping[str, vaereg.Tensor]) -> vaereg.Tensor:
        """log p(z given label) for z (B, *latent), shape (B,)."""
        mean, log_var = self._of(given)
        squares = ops.square(z - mean) * ops.exp(-log_var)
        per_dim = -0.5 * (math.log(2 * math.pi) + log_var + squares)
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def kl(self, latent: vaereg.Latent, given: Mapping[str, vaereg.Tensor]) -> vaereg.Tensor | None:
        """KL(q(z given x) || p(z given label)) in nats, by group, (B, groups).

        None if q is not a diagonal Gaussian.
        """
        if latent.log_var is None:
            return None
        mean, log_var = self._of(given)
        gap = ops.square(ops.cast(latent.mode, "float32") - mean) * ops.exp(-log_var)
        ratio = ops.cast(latent.log_var, "float32") - log_var
        per_dim = 0.5 * (gap + ops.expm1(ratio) - ratio)
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape) - 1)))
