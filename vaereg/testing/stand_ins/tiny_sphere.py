"""A posterior and a prior of unit vectors, for components whose latents lie on a sphere."""

from __future__ import annotations

import math

import keras
from keras import ops

from vaereg.component import NoParams
from vaereg.contracts.context import BuildContext
from vaereg.contracts.latent import Latent
from vaereg.contracts.support import SPHERE
from vaereg.contracts.tensor import Seed, Tensor

CONCENTRATION = 4.0
"""Of the posterior: a constant, so that no gradient through a beta distribution is needed."""


def log_area(size: int) -> float:
    """The log of the area of the unit sphere of vectors of this size."""
    return math.log(2.0) + size / 2 * math.log(math.pi) - math.lgamma(size / 2)


class TinySpherePosterior(keras.layers.Layer):
    """Features (B, ...) -> a power spherical distribution of unit vectors around a direction.

    Source: De Cao and Aziz 2020, arXiv:2006.04437, eq. 4 (density) and algorithm 1 (draws).
    """

    deterministic = False
    support = SPHERE

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        del params
        self.latent_shape = context.latent_shape
        self.flat = keras.layers.Flatten(name="flat", dtype="float32")
        self.direction = keras.layers.Dense(
            math.prod(self.latent_shape), name="direction", dtype="float32"
        )

    def call(
        self, features: Tensor, samples: int = 1, seed: Seed = None, training: bool = False
    ) -> Latent:
        del training
        size, beta = self.latent_shape[-1], (self.latent_shape[-1] - 1) / 2
        alpha = beta + CONCENTRATION
        direction = ops.tile(self.direction(self.flat(features)), (samples, 1))
        direction = _unit(ops.reshape(direction, (-1, *self.latent_shape)))
        count = ops.shape(direction)[0]
        # A copy of an integer seed for each draw; a generator gives new numbers with each.
        others = seed if isinstance(seed, keras.random.SeedGenerator) else (seed or 0) + 1
        share = keras.random.beta(
            (count, *self.latent_shape[:-1], 1), alpha, beta, dtype="float32", seed=seed
        )
        along = 2.0 * share - 1.0
        sideways = keras.random.normal(
            (count, *self.latent_shape[:-1], size - 1), dtype="float32", seed=others
        )
        around = ops.sqrt(ops.maximum(1.0 - ops.square(along), 0.0)) * _unit(sideways)
        drawn = ops.concatenate([along, around], axis=-1)
        first = ops.one_hot(ops.zeros(ops.shape(direction)[:-1], "int32"), size)
        mirror = _unit(first - direction)  # reflects the first axis onto the direction
        z = drawn - 2.0 * mirror * ops.sum(mirror * drawn, axis=-1, keepdims=True)
        log_c = (
            math.lgamma(alpha + beta)
            - math.lgamma(alpha)
            - beta * math.log(math.pi)
            - (alpha + beta) * math.log(2.0)
        )
        per_vector = log_c + CONCENTRATION * ops.log1p(ops.clip(along[..., 0], -0.9999, 1.0))
        log_q = ops.sum(ops.reshape(per_vector, (count, -1)), axis=1)
        return Latent(z=z, mode=direction, log_q=log_q)


class TinySpherePrior:
    """The uniform distribution of unit vectors."""

    support = SPHERE

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        del params
        self.latent_shape = context.latent_shape

    def sample(self, n: int, seed: Seed) -> Tensor:
        """Draws (n, *latent)."""
        return _unit(keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed))

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z), (B,), the same everywhere."""
        vectors = math.prod(self.latent_shape[:-1])
        zeros = ops.zeros_like(ops.reshape(z, (-1, math.prod(self.latent_shape)))[:, 0])
        return zeros - vectors * log_area(self.latent_shape[-1])


def _unit(vectors: Tensor) -> Tensor:
    squares = ops.sum(ops.square(vectors), axis=-1, keepdims=True)
    return vectors * ops.rsqrt(ops.maximum(squares, 1e-12))
