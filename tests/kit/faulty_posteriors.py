"""Posteriors by inverse autoregressive flows (arXiv:1606.04934): a right one, and wrong ones."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg
from tests.kit.faulty_layers import flat

HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


class SoundFlow(keras.layers.Layer):
    """z <- exp(s) z + m in blocks, where s and m of a value depend on the values before it.

    The scales are large, so q has thin and wide places, and weights h(z) / q(z) have a heavy tail.
    """

    deterministic = False
    blocks = 2
    most = 2.5

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        self.size = math.prod(context.latent_shape)
        self.head = keras.layers.Dense(2 * self.size, name="head", dtype="float32")
        self.flows = [
            keras.layers.Dense(
                2 * self.size,
                name=f"flow_{block}",
                dtype="float32",
                kernel_initializer=keras.initializers.RandomNormal(stddev=3.0, seed=block),
            )
            for block in range(self.blocks)
        ]

    def build(self, shape: Any) -> None:
        self.head.build((None, math.prod(shape[1:])))
        for flow in self.flows:
            flow.build((None, self.size))

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        told = ops.tile(self.head(flat(features)), (samples, 1))
        shape = ops.shape(told[:, : self.size])
        eps = keras.random.normal(shape, dtype="float32", seed=seed)
        z, log_det = self.through(eps, told)
        mode, _ = self.through(ops.zeros_like(eps), told)
        base = -ops.sum(0.5 * ops.square(eps) + HALF_LOG_2PI, axis=1)
        log_q = self.log_density(base, log_det)
        full = (-1, *self.latent_shape)
        return vaereg.Latent(ops.reshape(z, full), ops.reshape(mode, full), None, log_q)

    def through(self, z: Any, told: Any) -> tuple[Any, Any]:
        shift, scale = ops.split(told, 2, axis=1)
        scale = 0.3 * ops.tanh(scale)
        z, log_det = shift + ops.exp(scale) * z, ops.sum(scale, axis=1)
        for number, flow in enumerate(self.flows):
            z, more = self.block(z, flow)
            log_det = log_det + self.counted(number, more)
            z = ops.flip(z, axis=1)
        return z, log_det

    def block(self, z: Any, flow: Any) -> tuple[Any, Any]:
        mask = keras.ops.triu(keras.ops.ones((self.size, self.size)), 1)
        kernel = flow.kernel * ops.tile(mask, (1, 2))
        scale, shift = ops.split(z @ kernel + flow.bias, 2, axis=1)
        scale = self.most * ops.tanh(scale)
        return ops.exp(scale) * z + ops.tanh(shift), ops.sum(scale, axis=1)

    def counted(self, number: int, log_det: Any) -> Any:
        return log_det

    def log_density(self, base: Any, log_det: Any) -> Any:
        return base - log_det


class TurnsTheSign(SoundFlow):
    def log_density(self, base: Any, log_det: Any) -> Any:
        return base + log_det


class ForgetsABlock(SoundFlow):
    def counted(self, number: int, log_det: Any) -> Any:
        return log_det if number == 0 else 0.0 * log_det


class ForgetsTheLogDeterminant(SoundFlow):
    def log_density(self, base: Any, log_det: Any) -> Any:
        return base


class ForgetsTheConstant(SoundFlow):
    def log_density(self, base: Any, log_det: Any) -> Any:
        return base - log_det + HALF_LOG_2PI


class HalvesTheLogDeterminant(SoundFlow):
    def log_density(self, base: Any, log_det: Any) -> Any:
        return base - 0.5 * log_det


class TakesGridsOnly(SoundFlow):
    """Its latents have eight values or more, too many to count draws in cells."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        if math.prod(context.latent_shape) < 8:
            raise ValueError(f"latents have 8 values or more here; got {context.latent_shape}")
        super().__init__(params, context)
