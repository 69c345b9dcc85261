"""Sound components whose outputs do not depend on their input until the weights have moved."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg
from tests.kit.faulty_distributions import SoundLikelihood, summed
from tests.kit.faulty_layers import SoundCritic, SoundDecoder, SoundPosterior, flat


class Encoder(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.last = keras.layers.Dense(6, name="last", kernel_initializer="zeros")

    def call(self, x: Any, training: bool = False) -> Any:
        return self.last(flat(x))


class Posterior(SoundPosterior):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.head.kernel_initializer = keras.initializers.Zeros()


class Decoder(SoundDecoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.values.kernel_initializer = keras.initializers.Zeros()


class Critic(SoundCritic):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.score.kernel_initializer = keras.initializers.Zeros()


class HelpsTheCritic(Critic):
    """Faulty."""

    def generator_loss(self, step: vaereg.Step) -> Any:
        return ops.softplus(self.evaluate(step.reconstruction))


class Penalty(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.size = math.prod(context.latent_shape)
        self.last = keras.layers.Dense(1, name="last", kernel_initializer="zeros")
        self.last.build((None, self.size))

    def call(self, step: vaereg.Step) -> Any:
        return ops.square(self.last(flat(step.latent.z))[:, 0] + 1.0)


class CutsOff(Penalty):
    """Faulty."""

    def call(self, step: vaereg.Step) -> Any:
        return ops.square(self.last(ops.stop_gradient(flat(step.latent.z)))[:, 0] + 1.0)


class Addressed(Penalty):
    def losses(self, step: vaereg.Step) -> vaereg.AddressedLosses:
        found = ops.square(self.last(flat(step.latent.z))[:, 0] - 1.0)
        return {"encoder": found, "self": found}

    def call(self, step: vaereg.Step) -> Any:
        raise NotImplementedError


class Likelihood(SoundLikelihood):
    """N(tanh(gate) outputs, 0.09 I): its gate is closed at first."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.gate = self.add_weight(name="gate", shape=(), initializer="zeros")

    def gated(self, outputs: Any) -> Any:
        return ops.tanh(self.gate) * outputs

    def mean(self, outputs: Any) -> Any:
        return super().mean(self.gated(outputs))

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return super().log_prob(x, self.gated(outputs))

    def sample(self, outputs: Any, seed: Any) -> Any:
        return super().sample(self.gated(outputs), seed)


class PrefersTheWorse(Likelihood):
    """Faulty."""

    def log_prob(self, x: Any, outputs: Any, training: bool = False) -> Any:
        return -super().log_prob(x, outputs)


class Prior(keras.layers.Layer):
    """N(0, I) cut off from z until a gate opens: faulty, for no gradient of log p(z) is 0."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        self.gate = self.add_weight(name="gate", shape=(), initializer="zeros")
        self.built = True

    def sample(self, n: int, seed: Any) -> Any:
        return keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)

    def log_prob(self, z: Any) -> Any:
        stopped = ops.stop_gradient(z)
        return summed(-0.5 * (ops.square(stopped) + math.log(2 * math.pi))) + 0.0 * self.gate
