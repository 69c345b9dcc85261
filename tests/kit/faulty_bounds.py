"""Parts whose densities are bounds, lie on a sphere or are told twice, each with one fault."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg
from tests.kit.faulty_distributions import SoundLikelihood, SoundPrior
from tests.kit.faulty_layers import SoundPosterior
from vaereg.testing.stand_ins.tiny_sphere import TinySpherePosterior


class SoundBoundPrior(SoundPrior):
    """N(1, 4 I), of which only a bound 0.3 nats below the density is told."""

    bound = True

    def log_prob(self, z: Any) -> Any:
        return super().log_prob(z) - 0.3

    def kl(self, latent: vaereg.Latent) -> Any:
        return super().kl(latent) + 0.3 / math.prod(self.latent_shape)


class ClaimsTooMuch(SoundBoundPrior):
    """The density of a narrower normal distribution, which integrates to less than 1."""

    def log_prob(self, z: Any) -> Any:
        per_dim = -0.5 * (ops.square((z - 1.0) / 1.2) + math.log(2 * math.pi * 1.44))
        return ops.sum(per_dim, axis=tuple(range(1, len(z.shape)))) - 0.1


class BoundsTheHalf(SoundBoundPrior):
    def kl(self, latent: vaereg.Latent) -> Any:
        return 0.5 * super().kl(latent)


class IntegratesToMore(SoundBoundPrior):
    def log_prob(self, z: Any) -> Any:
        return super().log_prob(z) + 0.5


class SoundBoundLikelihood(SoundLikelihood):
    exact = False

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return super().log_prob(x, outputs, training) - 0.3


class ClaimsTooMuchOfValues(SoundBoundLikelihood):
    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        gap = (x - SoundLikelihood.mean(self, outputs)) / 0.15
        per_dim = -0.5 * (ops.square(gap) + math.log(2 * math.pi * 0.0225))
        return ops.sum(per_dim, axis=tuple(range(1, len(x.shape)))) - 0.1


class SoundSpherePrior(keras.layers.Layer):
    """The uniform distribution of unit vectors."""

    support = "sphere"

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        self.built = True

    def log_area(self) -> float:
        half = self.latent_shape[-1] / 2
        count = math.prod(self.latent_shape[:-1])
        return count * (math.log(2.0) + half * math.log(math.pi) - math.lgamma(half))

    def sample(self, n: int, seed: Any) -> Any:
        drawn = keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)
        return drawn / ops.norm(drawn, axis=-1, keepdims=True)

    def log_prob(self, z: Any) -> Any:
        return 0.0 * ops.sum(z, axis=tuple(range(1, len(z.shape)))) - self.log_area()


class ForgetsTheArea(SoundSpherePrior):
    def log_area(self) -> float:
        return 0.0


class DrawsOneHalf(SoundSpherePrior):
    def sample(self, n: int, seed: Any) -> Any:
        return ops.abs(super().sample(n, seed))


class TellsTwice(SoundPosterior):
    """Tells log q at any z too."""

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        latent = super().call(features, samples, seed, training)
        return latent._replace(params={"mean": latent.mode})

    def log_prob(self, z: Any, params: Any) -> Any:
        per_dim = -0.5 * (ops.square(z - params["mean"]) + math.log(2 * math.pi))
        return ops.sum(per_dim, axis=tuple(range(1, len(z.shape))))


class TellsTwiceWithoutTheConstant(TellsTwice):
    def log_prob(self, z: Any, params: Any) -> Any:
        return super().log_prob(z, params) + math.log(2 * math.pi)


class SoundSpherePosterior(TinySpherePosterior):
    """A power spherical distribution."""


class DrawsOffTheSphere(TinySpherePosterior):
    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        latent = super().call(features, samples, seed, training)
        return latent._replace(z=1.1 * latent.z)


class ForgetsTheNormaliser(TinySpherePosterior):
    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        latent = super().call(features, samples, seed, training)
        return latent._replace(log_q=latent.log_q + math.log(2.0))
