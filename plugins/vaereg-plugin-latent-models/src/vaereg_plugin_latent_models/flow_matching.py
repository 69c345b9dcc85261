"""Flow matching as a sampler: a velocity field that carries noise to encoded data."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

import vaereg
from vaereg_plugin_latent_models.integrate import integrate
from vaereg_plugin_latent_models.velocity_networks import GridVelocity, VectorVelocity

if TYPE_CHECKING:
    from vaereg_plugin_latent_models.plugin import FlowMatchingParams

LARGE = 4096
"""From this many values on, times are moved towards the noise (arXiv:2510.11690)."""

VECTOR_WIDTH, GRID_WIDTH = 256, 64
"""The default widths of the network."""

ROWS = 512
"""How many latents are integrated at a time."""


class FlowMatching(keras.layers.Layer):
    """Draws z(1) of dz/dt = v(z, t), z(0) ~ N(0, I), with v learned from straight paths.

    For a latent z and noise e, z_t = (1 - t) e + t z moves with the velocity z - e. The loss is

        |v(z_t, t) - (z - e)|^2 / n,    t = sigmoid(u), u ~ N(0, 1),

    whose minimum E[z - e given z_t] carries the noise to the distribution of the latents. Latents
    are standardized first: by dimension, or of grids (h, w, c) by channel.

    Source: Lipman et al. 2023, arXiv:2210.02747, eq. 14; Liu et al. 2023, arXiv:2209.03003, eq. 1;
    times after Esser et al. 2024, arXiv:2403.03206, eq. 19. Autoguidance, draws by
    v + w (v - v_early) with the network of an early step, is that of Karras et al. 2024,
    arXiv:2406.02507, eq. 3, where the weight is w + 1.

    Raises:
        ValueError: for heads that do not divide the width, and for autoguidance without
            `early_steps`.
    """

    only_drawing = ("solver", "steps", "temperature", "guidance", "autoguidance")

    def __init__(self, params: FlowMatchingParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.params = params
        self.latent_shape = tuple(context.latent_shape)
        self.size = math.prod(self.latent_shape)
        label = context.data_spec.condition("label")
        self.classes = (label.classes or 0) if label is not None else 0
        self.network = self._network("network")
        self.early: VectorVelocity | GridVelocity | None = None
        if params.early_steps is not None:
            self.early = self._network("early")
            self.steps_made = self.add_weight(
                name="steps_made", shape=(), dtype="int32", initializer="zeros", trainable=False
            )
        elif params.autoguidance:
            raise ValueError(
                f"autoguidance = {params.autoguidance:g} needs the network of an early step; set "
                "early_steps, such as a fifth of the steps of training"
            )
        by_channel = len(self.latent_shape) == 3
        measured = self.latent_shape[-1:] if by_channel else self.latent_shape
        self._axes = (0, 1, 2) if by_channel else (0,)
        self.shift = self._measure("shift", measured, "zeros")
        self.scale = self._measure("scale", measured, "ones")
        self.build((None, *self.latent_shape))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for latents (B, *latent)."""
        self.network.build(tuple(input_shape))
        if self.early is not None:
            self.early.build(tuple(input_shape))
            self.early.trainable = False  # after build, which makes weights that can be trained

    def fit(
        self, latents: np.ndarray, seed: int, given: Mapping[str, np.ndarray] | None = None
    ) -> None:
        """Measures mean and standard deviation of the latents (n, *latent)."""
        del seed, given
        self.shift.assign(latents.mean(axis=self._axes))
        self.scale.assign(np.maximum(latents.std(axis=self._axes), 1e-6))

    def loss(
        self,
        latent: vaereg.Tensor,
        seed: vaereg.Seed,
        training: bool,
        given: Mapping[str, vaereg.Tensor] | None = None,
    ) -> vaereg.Tensor:
        """The squared error of the velocity per value, (B,)."""
        if training:
            self._keep_early()
        z = (ops.cast(latent, "float32") - self.shift) / self.scale
        noise = keras.random.normal(ops.shape(z), dtype="float32", seed=seed)
        t = self._times(keras.random.normal((ops.shape(z)[0],), dtype="float32", seed=seed))
        label = self._label(given, ops.shape(z)[0])
        if label is not None and training and self.params.label_dropout:
            drawn = keras.random.uniform((ops.shape(z)[0],), dtype="float32", seed=seed)
            label = ops.where(drawn < self.params.label_dropout, self.classes, label)
        spread = ops.reshape(t, (-1, *(1 for _ in self.latent_shape)))
        moved = (1.0 - spread) * noise + spread * z
        found, wanted = self.network.velocity(moved, t, label), z - noise
        axes = tuple(range(1, len(self.latent_shape) + 1))
        loss = ops.mean(ops.square(found - wanted), axis=axes)
        if self.params.cosine:
            loss = loss + self.params.cosine * self._turned(found, wanted)
        return loss

    def sample(
        self, n: int, seed: int, given: Mapping[str, vaereg.Tensor] | None = None
    ) -> np.ndarray:
        """Draws (n, *latent) float32."""
        noise = self._noise(n, seed)
        label = self._label(given, n)
        drawn = []
        for start in range(0, n, ROWS):
            rows = slice(start, start + ROWS)
            velocity = functools.partial(
                self._velocity, label=None if label is None else label[rows]
            )
            end = integrate(velocity, noise[rows], self.params.steps, self.params.solver)
            drawn.append(ops.convert_to_numpy(end * self.scale + self.shift))
        return np.concatenate(drawn).astype(np.float32)

    def draw(
        self,
        n: int | vaereg.Tensor,
        seed: vaereg.Seed,
        given: Mapping[str, vaereg.Tensor] | None = None,
    ) -> vaereg.Tensor:
        """The same as a tensor, all rows at once; for exports."""
        velocity = functools.partial(self._velocity, label=self._label(given, n))
        end = integrate(velocity, self._noise(n, seed), self.params.steps, self.params.solver)
        return end * self.scale + self.shift

    def _noise(self, n: int | vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        noise = keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)
        return self.params.temperature * noise

    def _velocity(self, z: vaereg.Tensor, t: float, label: vaereg.Tensor | None) -> vaereg.Tensor:
        times = t * ops.ones((ops.shape(z)[0],), "float32")
        told = self.network.velocity(z, times, label)
        found = told
        if label is not None and self.params.guidance != 1.0:
            untold = self.network.velocity(z, times, ops.full_like(label, self.classes))
            found = untold + self.params.guidance * (told - untold)
        if self.early is not None and self.params.autoguidance:
            early = self.early.velocity(z, times, label)
            found = found + self.params.autoguidance * (told - early)
        return found

    def _keep_early(self) -> None:
        """Copies the network before each of the first updates, and after `early_steps` of them."""
        if self.early is None:
            return
        is_early = ops.less_equal(self.steps_made, self.params.early_steps)
        for kept, now in zip(self.early.variables, self.network.variables, strict=True):
            kept.assign(ops.where(is_early, ops.stop_gradient(now.value), kept.value))
        self.steps_made.assign_add(1)

    def _network(self, name: str) -> VectorVelocity | GridVelocity:
        params = self.params
        if len(self.latent_shape) != 3:
            width = params.width or VECTOR_WIDTH
            return VectorVelocity(self.latent_shape, width, params.blocks, self.classes, name=name)
        width = params.width or GRID_WIDTH
        if params.heads and width % params.heads:
            raise ValueError(
                f"width = {width} is not divisible by heads = {params.heads}; choose another "
                "number of heads, or 0 for no attention"
            )
        return GridVelocity(
            self.latent_shape, width, params.blocks, params.heads, self.classes, name=name
        )

    def _turned(self, found: vaereg.Tensor, wanted: vaereg.Tensor) -> vaereg.Tensor:
        """1 - cos of the angle between velocities (B,): of a grid in each place, over channels."""
        if len(self.latent_shape) != 3:
            found, wanted = (ops.reshape(each, (-1, self.size)) for each in (found, wanted))
        # the small number keeps the gradient finite where the velocity is 0, as it is at first
        sizes = ops.sqrt(
            (ops.sum(ops.square(found), axis=-1) + 1e-6) * ops.sum(ops.square(wanted), axis=-1)
        )
        turned = 1.0 - ops.sum(found * wanted, axis=-1) / sizes
        return ops.mean(turned, axis=(1, 2)) if len(self.latent_shape) == 3 else turned

    def _times(self, normal: vaereg.Tensor) -> vaereg.Tensor:
        t, move = ops.sigmoid(normal), max(1.0, math.sqrt(self.size / LARGE))
        return t / (move - (move - 1.0) * t)  # 1 - t, the noise level, is moved towards 1

    def _label(
        self, given: Mapping[str, vaereg.Tensor] | None, count: int | vaereg.Tensor
    ) -> vaereg.Tensor | None:
        """The classes (B,), those that are not told as one class more; None without classes."""
        if not self.classes:
            return None
        if given is None or "label" not in given:
            return ops.full((count,), self.classes, "int32")
        return ops.cast(given["label"], "int32")

    def _measure(self, name: str, shape: tuple[int, ...], start: str) -> keras.Variable:
        made: keras.Variable = self.add_weight(
            name=name, shape=shape, initializer=start, trainable=False
        )
        return made
