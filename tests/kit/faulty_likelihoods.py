"""Likelihoods of values in a range, with one fault each."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg
from tests.kit.faulty_distributions import SoundLikelihood, summed


class FallsWithin(keras.layers.Layer):
    """A sound likelihood: p(u) = r exp(-r u) / (1 - exp(-r)) for u, x mapped to [0, 1]; else 0."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        if context.data_spec.value_range is None:
            raise vaereg.DataError("this likelihood takes data within a range")
        self.low, self.high = context.data_spec.value_range
        self.built = True

    def channels(self, data_channels: int) -> int:
        return data_channels

    def rate(self, outputs: Any) -> Any:
        return 1.0 + ops.softplus(outputs)

    def mean(self, outputs: Any) -> Any:
        rate = self.rate(outputs)
        return self.low + (self.high - self.low) * (1.0 / rate - 1.0 / ops.expm1(rate))

    def per_value(self, x: Any, outputs: Any) -> Any:
        rate = self.rate(outputs)
        u = (x - self.low) / (self.high - self.low)
        density = ops.log(rate) - rate * u - ops.log(-ops.expm1(-rate)) - self.log_width()
        return ops.where(ops.logical_and(u >= 0, u <= 1), density, -float("inf"))

    def log_width(self) -> float:
        return math.log(self.high - self.low)

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return summed(self.per_value(x, outputs))

    def sample(self, outputs: Any, seed: Any) -> Any:
        rate = self.rate(outputs)
        q = keras.random.uniform(ops.shape(rate), dtype="float32", seed=seed)
        return self.low + (self.high - self.low) * -ops.log1p(q * ops.expm1(-rate)) / rate


class SaysNothingBeyond(FallsWithin):
    """A sound likelihood: its values beyond the range are never used."""

    def per_value(self, x: Any, outputs: Any) -> Any:
        inside = super().per_value(x, outputs)
        return ops.where(ops.isfinite(inside), inside, float("nan"))


class ForgetsTheRange(FallsWithin):
    def log_width(self) -> float:
        return 0.0


class AveragesOverDimensions(FallsWithin):
    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return super().log_prob(x, outputs) / math.prod(x.shape[1:])


class AveragesOverChannels(FallsWithin):
    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return super().log_prob(x, outputs) / x.shape[-1]


class DrawsNoNoise(FallsWithin):
    def sample(self, outputs: Any, seed: Any) -> Any:
        return self.mean(outputs) + 1e-4 * (super().sample(outputs, seed) - self.mean(outputs))


class DrawsTooNarrowly(FallsWithin):
    def sample(self, outputs: Any, seed: Any) -> Any:
        return 0.8 * super().sample(outputs, seed) + 0.2 * self.mean(outputs)


class DividesZeroByZero(FallsWithin):
    def rate(self, outputs: Any) -> Any:
        return 1.0 + ops.softplus(outputs) + 0.0 * ops.log(ops.expm1(outputs) / outputs)


class OverflowsFarOut(FallsWithin):
    def rate(self, outputs: Any) -> Any:
        return 1.0 + ops.exp(3.0 * outputs)


class LiesBeyond(SoundLikelihood):
    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return super().log_prob(x - 5.0, outputs) - 1.0


class IsNoDensity(SoundLikelihood):
    """The Bernoulli formula for values other than 0 and 1, without a tag that says so."""

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return summed(x * outputs - ops.softplus(outputs))

    def mean(self, outputs: Any) -> Any:
        return ops.sigmoid(outputs)

    def sample(self, outputs: Any, seed: Any) -> Any:
        drawn = keras.random.uniform(ops.shape(outputs), dtype="float32", seed=seed)
        return ops.cast(drawn < self.mean(outputs), "float32")


class DrawsBetweenLevels(IsNoDensity):
    def sample(self, outputs: Any, seed: Any) -> Any:
        return keras.random.uniform(ops.shape(outputs), dtype="float32", seed=seed)


class ShowsDraws(FallsWithin):
    """A sound likelihood that is shown as a draw."""

    draws = True


class ShowsDrawsBeyondTheRange(SoundLikelihood):
    draws = True


class CountsItsDraws(ShowsDraws):
    draws = 1


class HasANetwork(FallsWithin):
    """A sound likelihood with weights of its own, which bend the rate."""

    draws = True

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.hidden = keras.layers.Dense(4, "tanh", name="hidden", dtype="float32")
        self.last = keras.layers.Dense(1, name="last", dtype="float32")

    def rate(self, outputs: Any) -> Any:
        more = self.last(self.hidden(outputs[..., None]))[..., 0]
        return 1.0 + ops.softplus(outputs + ops.tanh(more))


class DrawsForItsDensity(FallsWithin):
    """A sound likelihood that asks for a seed: its density is a mixture over a random half."""

    def log_prob(self, x: Any, outputs: Any, training: bool = False, *, seed: Any) -> Any:
        sign = keras.random.uniform(ops.shape(x), dtype="float32", seed=seed)
        return super().log_prob(x, outputs) + 0.0 * summed(sign)


class DrawsFromElsewhere(FallsWithin):
    """Its density is noisy, whatever the seed."""

    def log_prob(self, x: Any, outputs: Any, training: bool = False, seed: Any = None) -> Any:
        noise = keras.random.normal(ops.shape(x), dtype="float32")
        return super().log_prob(x, outputs) + 0.01 * summed(noise)
