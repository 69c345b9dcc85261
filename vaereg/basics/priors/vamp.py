"""The VampPrior: a mixture of the posteriors of learned inputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

import vaereg
from vaereg.basics.priors.diagonal_mixture import mixture_log_prob, mixture_sample

if TYPE_CHECKING:
    from vaereg.basics.priors.declared import VampParams


class Vamp(keras.layers.Layer):
    """p(z) = 1/K sum_k q(z given u_k), with pseudo-inputs u_k learned with the model.

    A sigmoid keeps the pseudo-inputs within the data's value range; they start as uniform noise in
    the middle half of it. For unbounded data they are unbounded too, and start as standard normal
    noise. The prior calls the encoder but does not own it: its variables belong to the encoder
    alone.

    Source: Tomczak and Welling 2017, arXiv:1705.07120, eq. 9.

    Raises:
        ValueError: if the posterior is not a diagonal Gaussian, or the context has no encoder.
    """

    def __init__(self, params: VampParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        if context.encode is None:
            raise ValueError("the prior 'vamp' must be built after the encoder (context.encode)")
        encode = context.encode
        # A closure, so that Keras cannot track a layer behind it as a part of this one.
        self._encode: Callable[[vaereg.Tensor], vaereg.Latent] = lambda x: encode(x)
        self.components = params.components
        self.latent_shape = tuple(context.latent_shape)
        self.value_range = context.data_spec.value_range
        shape = (params.components, *context.data_spec.shape)
        rng = np.random.default_rng(context.seed)
        if self.value_range is None:
            start = rng.normal(size=shape)
        else:
            share = rng.uniform(0.25, 0.75, shape)
            start = np.log(share) - np.log1p(-share)
        self.raw_pseudo_inputs = self.add_weight(
            name="pseudo_inputs",
            shape=shape,
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(start, dtype),
            dtype="float32",
            autocast=False,
        )
        self.built = True
        if getattr(encode(self.pseudo_inputs()), "log_var", None) is None:
            raise ValueError(
                "the prior 'vamp' needs a posterior with a mean and a log variance, but this "
                'model\'s gives no log variance. Use posterior = "gaussian", or another prior.'
            )

    def pseudo_inputs(self) -> vaereg.Tensor:
        """The pseudo-inputs (K, *data) within the data's value range."""
        raw = ops.convert_to_tensor(self.raw_pseudo_inputs)
        if self.value_range is None:
            return raw
        low, high = self.value_range
        return low + (high - low) * ops.sigmoid(raw)

    def _mixture(self) -> tuple[vaereg.Tensor, vaereg.Tensor, vaereg.Tensor]:
        latent = self._encode(self.pseudo_inputs())
        flat = (self.components, math.prod(self.latent_shape))
        means = ops.reshape(ops.cast(latent.mode, "float32"), flat)
        log_vars = ops.reshape(ops.cast(latent.log_var, "float32"), flat)
        return ops.zeros((self.components,), dtype="float32"), means, log_vars

    def sample(self, n: int, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (n, *latent) float32, each from a pseudo-input chosen at random."""
        return ops.reshape(mixture_sample(n, seed, *self._mixture()), (-1, *self.latent_shape))

    def log_prob(self, z: vaereg.Tensor) -> vaereg.Tensor:
        """log p(z) for z (B, *latent), shape (B,); calls the encoder once, on K pseudo-inputs."""
        return mixture_log_prob(z, *self._mixture())
