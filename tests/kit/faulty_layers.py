"""Encoders, decoders, posteriors and discriminators with one fault each."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg


def flat(x: Any) -> Any:
    return ops.reshape(x, (-1, math.prod(x.shape[1:])))


class SoundEncoder(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.context = context
        seed = context.seed
        self.hidden = keras.layers.Dense(
            6, "tanh", kernel_initializer=keras.initializers.GlorotUniform(seed), name="hidden"
        )

    def build(self, shape: Any) -> None:
        self.hidden.build((None, math.prod(shape[1:])))

    def call(self, x: Any, training: bool = False) -> Any:
        return self.hidden(flat(x))


class RefusesVectors(SoundEncoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        if context.data_spec.form == "vector":
            raise ValueError("this encoder does not like vectors")


class LosesTheBatchAxis(SoundEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        return ops.sum(super().call(x), axis=0)


class DividesByZero(SoundEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        return super().call(x) / ops.zeros((1,), x.dtype)


class StandardizesByTheBatch(SoundEncoder):
    """Its standard deviation over one example is 0."""

    def call(self, x: Any, training: bool = False) -> Any:
        h = super().call(x)
        centred = h - ops.mean(h, axis=0, keepdims=True)
        return centred / ops.sqrt(ops.mean(ops.square(centred), axis=0, keepdims=True))


class OverflowsInHalfPrecision(SoundEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        h = super().call(x)
        return ops.exp(h + 12.0) * 1e-5  # e^12 is above 65,504


class VanishesInBfloat16(SoundEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        h = super().call(x)
        near_one = ops.ones_like(h) + ops.cast(0.002, h.dtype)  # bfloat16 rounds it to 1
        return h / (near_one - ops.ones_like(h))


class SeesTheRestOfTheBatch(SoundEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        h = super().call(x)
        return h - ops.mean(h, axis=0, keepdims=True)


class SharesAPath(SoundEncoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.more = keras.layers.Dense(6, name="hidden")

    def build(self, shape: Any) -> None:
        super().build(shape)
        self.more.build((None, 6))

    def call(self, x: Any, training: bool = False) -> Any:
        return self.more(super().call(x))


class LeavesNamesToKeras(SoundEncoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.hidden = keras.layers.Dense(6)


class DrawsItsOwnWeights(SoundEncoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        start = np.random.default_rng().normal(size=(1, 6))
        self.hidden.bias_initializer = lambda shape, dtype=None: ops.convert_to_tensor(
            start[0], dtype
        )


class HidesItsState(SoundEncoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.shift = float(context.seed)

    def call(self, x: Any, training: bool = False) -> Any:
        return super().call(x) + self.shift


class CountsItsCalls(SoundEncoder):
    def build(self, shape: Any) -> None:
        super().build(shape)
        self.count = self.add_weight(name="count", shape=(), trainable=False)

    def call(self, x: Any, training: bool = False) -> Any:
        self.count.assign(self.count + 1.0)
        return super().call(x)


class ForgetsThatItIsCompiled(SoundEncoder):
    """Depends on the number of its Python calls, which is a constant in a traced step."""

    visits = 0

    def call(self, x: Any, training: bool = False) -> Any:
        self.visits += 1
        return super().call(x) + float(self.visits)


class RoundsItsInput(SoundEncoder):
    def call(self, x: Any, training: bool = False) -> Any:
        return super().call(ops.round(4.0 * x))


class CutsAWeightOff(SharesAPath):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.more = keras.layers.Dense(6, name="more")

    def call(self, x: Any, training: bool = False) -> Any:
        return self.more(ops.stop_gradient(SoundEncoder.call(self, x)))


class SoundDecoder(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.shape = (*context.data_spec.shape[:-1], context.channels)
        self.values = keras.layers.Dense(math.prod(self.shape), name="values")

    def call(self, z: Any, training: bool = False) -> Any:
        return ops.reshape(self.values(flat(z)), (-1, *self.shape))


class ForgetsTheChannels(SoundDecoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.shape = (*self.shape[:-1], 1)
        self.values.units = math.prod(self.shape)


class SoundPosterior(keras.layers.Layer):
    deterministic = False

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        units = math.prod(context.latent_shape)
        self.head = keras.layers.Dense(units, name="head", dtype="float32")

    def build(self, shape: Any) -> None:
        self.head.build((None, math.prod(shape[1:])))

    def repeated(self, value: Any, samples: int) -> Any:
        return ops.tile(value, (samples,) + (1,) * (len(value.shape) - 1))

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        mean = ops.reshape(self.head(flat(features)), (-1, *self.latent_shape))
        mean = self.repeated(mean, samples)
        eps = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)
        log_q = ops.sum(flat(-0.5 * (ops.square(eps) + math.log(2 * math.pi))), axis=1)
        return vaereg.Latent(mean + eps, mean, ops.zeros_like(mean), log_q)


class RepeatsExampleByExample(SoundPosterior):
    def repeated(self, value: Any, samples: int) -> Any:
        return ops.repeat(value, samples, axis=0)


class TakesTheDrawForTheMode(SoundPosterior):
    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        latent = super().call(features, samples, seed, training)
        return latent._replace(mode=latent.z)


class SaysItIsDeterministic(SoundPosterior):
    deterministic = True


class ForgetsTheConstant(SoundPosterior):
    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        latent = super().call(features, samples, seed, training)
        return latent._replace(log_q=latent.log_q + 1.0)


class SoundCritic(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.score = keras.layers.Dense(1, name="score")

    def evaluate(self, x: Any) -> Any:
        return self.score(flat(x))[:, 0]

    def critic_loss(self, step: vaereg.Step) -> Any:
        return ops.softplus(-self.evaluate(step.x)) + ops.softplus(
            self.evaluate(step.reconstruction)
        )

    def generator_loss(self, step: vaereg.Step) -> Any:
        return ops.softplus(-self.evaluate(step.reconstruction))


class HelpsTheCritic(SoundCritic):
    def generator_loss(self, step: vaereg.Step) -> Any:
        return ops.softplus(self.evaluate(step.reconstruction))


class TakesLargeImagesOnGrids(SoundDecoder):
    """Sound: it takes images of 32 pixels or more, and latents of at least 4 x 4 places."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        latent, shape = context.latent_shape, context.data_spec.shape
        if len(latent) != 3 or len(shape) != 3 or min(latent[:2]) < 4 or min(shape[:2]) < 32:
            raise ValueError(f"latents of 4x4 places and 32x32 pixels are needed; got {latent}")
        super().__init__(params, context)
