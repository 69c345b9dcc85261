"""A learned mixture of Gaussians as prior."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

import vaereg
from vaereg.basics.distributions.soft_clip import soft_clip
from vaereg.basics.priors.diagonal_mixture import mixture_log_prob, mixture_sample

if TYPE_CHECKING:
    from vaereg.basics.priors.declared import GaussianMixturePriorParams

LOG_VAR_BOUNDS = (-8.0, 8.0)  # a component that shrinks onto one point would make p(z) infinite


class GaussianMixture(keras.layers.Layer):
    """p(z) = sum_k w_k N(z; m_k, diag s_k^2) with learned weights, means and variances.

    The means start at random with variance 1/2, and the components start with variance 1/2, so the
    mixture starts near N(0, I) with components that differ. Its KL divergence has no closed form.

    Source: the "MoG" prior of Tomczak and Welling 2017, arXiv:1705.07120, section 3.
    """

    def __init__(self, params: GaussianMixturePriorParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = tuple(context.latent_shape)
        shape = (params.components, math.prod(self.latent_shape))
        start = np.random.default_rng(context.seed).normal(0.0, math.sqrt(0.5), shape)

        def add(name: str, values: np.ndarray) -> vaereg.Tensor:
            return self.add_weight(
                name=name,
                shape=values.shape,
                initializer=lambda shape, dtype=None: ops.convert_to_tensor(values, dtype),
                dtype="float32",
                autocast=False,
            )

        self.logits = add("logits", np.zeros(params.components))
        self.means = add("means", start)
        self.raw_log_vars = add("log_vars", np.full(shape, math.log(0.5)))
        self.built = True

    def _mixture(self) -> tuple[vaereg.Tensor, vaereg.Tensor, vaereg.Tensor]:
        log_vars = soft_clip(ops.convert_to_tensor(self.raw_log_vars), *LOG_VAR_BOUNDS)
        return ops.convert_to_tensor(self.logits), ops.convert_to_tensor(self.means), log_vars

    def sample(self, n: int, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (n, *latent) float32; `seed` is a SeedGenerator or an integer."""
        return ops.reshape(mixture_sample(n, seed, *self._mixture()), (-1, *self.latent_shape))

    def log_prob(self, z: vaereg.Tensor) -> vaereg.Tensor:
        """log p(z) for z (B, *latent), shape (B,)."""
        return mixture_log_prob(z, *self._mixture())
