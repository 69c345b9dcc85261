"""The parts around a component under test, as simple as their contracts allow."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.testing.situations import Situation


class StandInPrior:
    """N(0, I)."""

    def __init__(self, situation: Situation) -> None:
        self.latent_shape = situation.latent_shape

    def sample(self, n: int, seed: Any) -> Any:
        """Draws (n, *latent)."""
        return keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)

    def log_prob(self, z: Any) -> Any:
        """log p(z), (B,)."""
        per_dim = -0.5 * (math.log(2 * math.pi) + ops.square(z))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))


class StandInLikelihood:
    """N(outputs, I)."""

    def channels(self, data_channels: int) -> int:
        """One mean per value."""
        return data_channels

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        """log p(x given z), (B,)."""
        del training
        per_dim = -0.5 * (math.log(2 * math.pi) + ops.square(x - outputs))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: Any) -> Any:
        """The outputs themselves."""
        return outputs

    def sample(self, outputs: Any, seed: Any) -> Any:
        """Draws (B, *data)."""
        return outputs + keras.random.normal(ops.shape(outputs), dtype="float32", seed=seed)


class StandInCoder:
    """A linear encoder with a Gaussian posterior, and a linear decoder."""

    def __init__(self, situation: Situation) -> None:
        rng = np.random.default_rng(13)
        size, latent = situation.data.dimensions, math.prod(situation.latent_shape)
        self.situation = situation
        self.down = (rng.normal(size=(size, latent)) / math.sqrt(size)).astype(np.float32)
        self.up = (rng.normal(size=(latent, size)) / math.sqrt(latent)).astype(np.float32)

    def encode(self, x: Any) -> Latent:
        """The posterior of x, its mode as z."""
        flat = ops.reshape(x, (-1, self.down.shape[0]))
        mean = ops.reshape(ops.matmul(flat, self.down), (-1, *self.situation.latent_shape))
        return Latent(z=mean, mean=mean, log_var=-1.0 + 0.1 * ops.tanh(mean))

    def decode(self, z: Any) -> Any:
        """Outputs (B, *data), a mean per value."""
        flat = ops.reshape(z, (-1, self.up.shape[0]))
        return ops.reshape(ops.matmul(flat, self.up), (-1, *self.situation.data.shape))
