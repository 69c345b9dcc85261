"""Components that are sound at their initial weights and faulty once the weights have moved."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg
from tests.kit.faulty_distributions import SoundLikelihood, summed
from tests.kit.faulty_layers import SoundEncoder, SoundPosterior, flat


class SoundFlow(keras.layers.Layer):
    """One affine coupling of a standard normal: the identity until its weights leave 0."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        self.kept = math.prod(context.latent_shape) // 2
        self.moved = math.prod(context.latent_shape) - self.kept
        shape = (self.kept, self.moved)
        self.scale = self.add_weight(name="scale", shape=shape, initializer="zeros")
        self.shift = self.add_weight(name="shift", shape=shape, initializer="zeros")
        self.built = True

    def halves(self, value: Any) -> tuple[Any, Any, Any, Any]:
        """What is kept and what is moved, with the logarithmic scale and the shift."""
        kept, moved = ops.split(ops.reshape(value, (-1, self.kept + self.moved)), [self.kept], 1)
        return kept, moved, ops.tanh(kept @ self.scale), kept @ self.shift

    def sample(self, n: int, seed: Any) -> Any:
        u = keras.random.normal((n, self.kept + self.moved), dtype="float32", seed=seed)
        kept, moved, log_scale, shift = self.halves(u)
        z = ops.concatenate([kept, moved * ops.exp(log_scale) + shift], axis=1)
        return ops.reshape(z, (n, *self.latent_shape))

    def log_prob(self, z: Any) -> Any:
        kept, moved, log_scale, shift = self.halves(z)
        u = ops.concatenate([kept, self.undone(moved, log_scale, shift)], axis=1)
        return summed(-0.5 * (ops.square(u) + math.log(2 * math.pi))) + self.log_det(log_scale)

    def undone(self, moved: Any, log_scale: Any, shift: Any) -> Any:
        return (moved - shift) * ops.exp(-log_scale)

    def log_det(self, log_scale: Any) -> Any:
        return -ops.sum(log_scale, axis=1)


class TurnsTheSign(SoundFlow):
    def log_det(self, log_scale: Any) -> Any:
        return -super().log_det(log_scale)


class UndoesInTheWrongOrder(SoundFlow):
    """Still a density, though not that of the draws."""

    def undone(self, moved: Any, log_scale: Any, shift: Any) -> Any:
        return moved * ops.exp(-log_scale) - shift


class HidesItsSteepness(SoundFlow):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.steepness = 1.0 + context.seed

    def halves(self, value: Any) -> tuple[Any, Any, Any, Any]:
        kept, moved, log_scale, shift = super().halves(value)
        return kept, moved, log_scale, self.steepness * shift


class TrainsNothing(SoundFlow):
    def log_prob(self, z: Any) -> Any:
        return super().log_prob(z) + 0.0 * ops.sum(ops.stop_gradient(self.scale))

    def halves(self, value: Any) -> tuple[Any, Any, Any, Any]:
        kept, moved, log_scale, shift = super().halves(value)
        return kept, moved, ops.stop_gradient(log_scale), shift


class ForgetsWhereItIs(keras.layers.Layer):
    """N(mean, I) with the KL divergence from N(0, I)."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.mean = self.add_weight(name="mean", shape=context.latent_shape, initializer="zeros")
        self.built = True

    def sample(self, n: int, seed: Any) -> Any:
        eps = keras.random.normal((n, *self.mean.shape), dtype="float32", seed=seed)
        return self.mean + eps

    def log_prob(self, z: Any) -> Any:
        return summed(-0.5 * (ops.square(z - self.mean) + math.log(2 * math.pi)))

    def kl(self, latent: vaereg.Latent) -> Any:
        return flat(0.5 * (ops.exp(latent.log_var) + latent.mode**2 - 1.0 - latent.log_var))


class GatedEncoder(SoundEncoder):
    """Adds to its features a term behind a gate, which is closed at first."""

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.gate = self.add_weight(name="gate", shape=(6,), initializer="zeros")

    def opened(self) -> Any:
        """How far the gate is open, about 0.3 once the weights have moved."""
        return ops.cast(ops.max(ops.abs(self.gate)), self.compute_dtype)


class CountsBehindTheGate(GatedEncoder):
    visits = 0

    def call(self, x: Any, training: bool = False) -> Any:
        self.visits += 1
        return super().call(x) + self.opened() * self.visits


class SeesTheBatchBehindTheGate(GatedEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        h = super().call(x)
        return h + self.opened() * ops.mean(h, axis=0, keepdims=True)


class OverflowsOnceMoved(GatedEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        return super().call(x) * ops.exp(60.0 * self.opened())


class VanishesOnceMoved(GatedEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        # In bfloat16 a tanh above 3.5 is 1, in float32 one above 8.
        return super().call(x) / (1.0 - ops.tanh(20.0 * self.opened()))


class ForgetsItsScale(SoundPosterior):
    """Draws with a learned scale that log_q knows nothing of."""

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.log_scale = self.add_weight(name="scale", shape=(), initializer="zeros")

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        latent = super().call(features, samples, seed, training)
        noise = (latent.z - latent.mode) * ops.exp(self.log_scale)
        return latent._replace(z=latent.mode + noise)


class LearnsABias(SoundLikelihood):
    """A sound posterior, N(mean + bias, I), for the two below."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.bias = self.add_weight(name="bias", shape=(), initializer="zeros")


class ScalesWithoutAConstant(LearnsABias):
    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return ops.exp(self.bias) * super().log_prob(x, outputs)


class DrawsElsewhere(LearnsABias):
    def sample(self, outputs: Any, seed: Any) -> Any:
        return super().sample(outputs, seed) + self.bias


class SoundDraws(keras.layers.Layer):
    """A sound term: its weight scales noise of the step."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.scale = self.add_weight(name="scale", shape=(4,), initializer="ones")

    def call(self, step: vaereg.Step) -> Any:
        shape = (*ops.shape(step.latent.z)[:1], 4)
        noise = keras.random.normal(shape, dtype="float32", seed=step.seed)
        return ops.mean(ops.square(noise * self.scale), axis=-1) + 0.0 * summed(step.latent.z)
