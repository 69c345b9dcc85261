"""Priors and likelihoods with one fault each."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg


def summed(value: Any) -> Any:
    return ops.sum(value, axis=tuple(range(1, len(value.shape))))


class SoundPrior(keras.layers.Layer):
    """N(1, 4 I)."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        self.built = True

    def sample(self, n: int, seed: Any) -> Any:
        eps = keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)
        return 1.0 + 2.0 * eps

    def log_prob(self, z: Any) -> Any:
        return summed(-0.5 * (ops.square((z - 1.0) / 2.0) + math.log(2 * math.pi * 4.0)))

    def kl(self, latent: vaereg.Latent) -> Any:
        spread = (ops.exp(latent.log_var) + ops.square(latent.mode - 1.0)) / 4.0
        per_dim = 0.5 * (spread - 1.0 - latent.log_var + math.log(4.0))
        return ops.reshape(per_dim, (-1, math.prod(self.latent_shape)))


class TakesGridsOnly(SoundPrior):
    """Sound; its latents have height, width and channels."""

    fewest = 1

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        if len(self.latent_shape) != 3 or min(self.latent_shape) < self.fewest:
            raise vaereg.DataError(f"latents are grids of {self.fewest} or more here")


class TakesLargeGridsOnly(TakesGridsOnly):
    fewest = 2


class ForgetsTheConstant(SoundPrior):
    def log_prob(self, z: Any) -> Any:
        return super().log_prob(z) + 0.5 * math.log(4.0)


class DrawsTooNarrowly(SoundPrior):
    def sample(self, n: int, seed: Any) -> Any:
        return 1.0 + 0.9 * (super().sample(n, seed) - 1.0)


class ForgetsTheHalf(SoundPrior):
    def kl(self, latent: vaereg.Latent) -> Any:
        return 2.0 * super().kl(latent)


class IgnoresTheSeed(SoundPrior):
    def sample(self, n: int, seed: Any) -> Any:
        return super().sample(n, 42)


class SoundLikelihood(keras.layers.Layer):
    """N(sigmoid within range, 0.09 I)."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.range = context.data_spec.value_range
        self.built = True

    def channels(self, data_channels: int) -> int:
        return data_channels

    def mean(self, outputs: Any) -> Any:
        if self.range is None:
            return outputs
        low, high = self.range
        return low + (high - low) * ops.sigmoid(outputs)

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        gap = (x - SoundLikelihood.mean(self, outputs)) / 0.3
        return summed(-0.5 * (ops.square(gap) + math.log(2 * math.pi * 0.09)))

    def sample(self, outputs: Any, seed: Any) -> Any:
        mean = SoundLikelihood.mean(self, outputs)
        return mean + 0.3 * keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)


class ScalesTheError(SoundLikelihood):
    """The squared error alone: no density."""

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return summed(-ops.square(x - self.mean(outputs)))


class ShowsSomethingElse(SoundLikelihood):
    def mean(self, outputs: Any) -> Any:
        return 0.5 * super().mean(outputs)


class ShowsRawOutputs(SoundLikelihood):
    def mean(self, outputs: Any) -> Any:
        return outputs


class PrefersTheWorse(SoundLikelihood):
    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return -super().log_prob(x, outputs)


class CountsInHalves(SoundLikelihood):
    def channels(self, data_channels: int) -> int:
        return data_channels / 2  # type: ignore[return-value]  # the fault


class StumblesWithoutLogVar(SoundPrior):
    """Fails for a posterior that is not Gaussian, in a line of its own."""

    def kl(self, latent: vaereg.Latent) -> Any:
        if latent.log_var is None:
            return ops.sum(latent.params["scale"])
        return super().kl(latent)


class SaysItHasNone(SoundPrior):
    """Sound; says by an exception that it has no closed form for other posteriors."""

    def kl(self, latent: vaereg.Latent) -> Any:
        if latent.log_var is None:
            raise NotImplementedError("only diagonal Gaussians have a closed form")
        return super().kl(latent)
