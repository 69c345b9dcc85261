"""Networks that give a velocity for latents at a time, of vectors and of grids."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

import vaereg

FREQUENCIES = 32
"""How many sines and as many cosines describe a time."""

GROUPS = 8
"""The most groups of channels that are normalized apart."""

_FREQUENCIES = np.exp(np.linspace(0.0, np.log(1000.0), FREQUENCIES))[None].astype("float32")


class TimeAndClass(keras.layers.Layer):
    """Times (B,) and classes (B,), or None, as features (B, width).

    Args:
        width: how many features.
        classes: how many classes there are; 0 for none. One more stands for "not told".
    """

    def __init__(self, width: int, classes: int, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.width = width
        self.dense = [_dense(width, f"dense{index}") for index in range(2)]
        self.label = (
            keras.layers.Embedding(classes + 1, width, dtype="float32", name="label")
            if classes
            else None
        )

    def features(self, t: vaereg.Tensor, label: vaereg.Tensor | None) -> vaereg.Tensor:
        """(B, width) for times (B,) and classes (B,)."""
        angles = ops.expand_dims(t, 1) * ops.convert_to_tensor(_FREQUENCIES)
        told = ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=1)
        told = self.dense[1].call(ops.silu(self.dense[0].call(told)))
        if self.label is not None and label is not None:
            told = told + self.label(label)
        return ops.silu(told)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates all weights."""
        del input_shape
        self.dense[0].build((None, 2 * FREQUENCIES))
        self.dense[1].build((None, self.width))
        if self.label is not None:
            self.label.build((None,))


class VectorVelocity(keras.layers.Layer):
    """Residual dense blocks, each normalized, scaled and shifted by time and class (AdaLN).

    The last layer begins at zero, so the first velocity is 0.

    Args:
        latent_shape: the shape of one latent, of any number of axes.
        width: units of each block.
        blocks: how many.
        classes: how many classes there are; 0 for none. One more stands for "not told".
    """

    def __init__(
        self, latent_shape: Sequence[int], width: int, blocks: int, classes: int, name: str
    ) -> None:
        super().__init__(name=name, dtype="float32")
        self.latent_shape = tuple(latent_shape)
        self.width = width
        self.told = TimeAndClass(width, classes, "told")
        self.first = _dense(width, "first")
        self.inner = [
            [_dense(width, f"block{index}_{place}") for place in range(2)]
            for index in range(blocks)
        ]
        self.modulations = [
            _dense(3 * width, f"modulation{index}", zeros=True) for index in range(blocks)
        ]
        self.last = _dense(math.prod(self.latent_shape), "last", zeros=True)

    def velocity(
        self, z: vaereg.Tensor, t: vaereg.Tensor, label: vaereg.Tensor | None
    ) -> vaereg.Tensor:
        """v (B, *latent) for z (B, *latent) at times t (B,); classes (B,), or None."""
        told = self.told.features(t, label)
        hidden = self.first.call(ops.reshape(z, (-1, math.prod(self.latent_shape))))
        for layers, modulation in zip(self.inner, self.modulations, strict=True):
            scale, shift, gate = ops.split(modulation.call(told), 3, axis=-1)
            inside = _normalized(hidden) * (1.0 + scale) + shift
            inside = layers[1].call(ops.silu(layers[0].call(inside)))
            hidden = hidden + (1.0 + gate) * inside
        return ops.reshape(self.last.call(ops.silu(hidden)), (-1, *self.latent_shape))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates all weights."""
        del input_shape
        self.told.build((None,))
        self.first.build((None, math.prod(self.latent_shape)))
        for layer in (*(each for pair in self.inner for each in pair), *self.modulations):
            layer.build((None, self.width))
        self.last.build((None, self.width))


class GridVelocity(keras.layers.Layer):
    """Residual blocks of convolutions and of attention among the places of a grid (h, w, c).

    A block is twice group norm, SiLU and a 3 x 3 convolution, with time and class added between
    the two, then attention among all places. The coordinates are two channels more. The last layer
    of each block and of the network begins at zero, so the first velocity is 0.

    Args:
        latent_shape: (h, w, c).
        width: channels of each block.
        blocks: how many.
        heads: of the attention, which divide the width; 0 for none.
        classes: how many classes there are; 0 for none. One more stands for "not told".
    """

    def __init__(
        self,
        latent_shape: Sequence[int],
        width: int,
        blocks: int,
        heads: int,
        classes: int,
        name: str,
    ) -> None:
        super().__init__(name=name, dtype="float32")
        self.latent_shape = tuple(latent_shape)
        self.width = width
        self.told = TimeAndClass(width, classes, "told")
        self.first = _conv(width, "first")
        self.blocks = [_GridBlock(width, heads, f"block{index}") for index in range(blocks)]
        self.norm = _group_norm(width, "norm")
        self.last = _conv(self.latent_shape[-1], "last", zeros=True)

    def velocity(
        self, z: vaereg.Tensor, t: vaereg.Tensor, label: vaereg.Tensor | None
    ) -> vaereg.Tensor:
        """v (B, h, w, c) for z (B, h, w, c) at times t (B,); classes (B,), or None."""
        told = self.told.features(t, label)
        hidden = self.first(self._with_coordinates(z))
        for block in self.blocks:
            hidden = block.after(hidden, told)
        found: vaereg.Tensor = self.last(ops.silu(self.norm(hidden)))
        return found

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates all weights."""
        del input_shape
        height, width, channels = self.latent_shape
        inside = (None, height, width, self.width)
        self.told.build((None,))
        self.first.build((None, height, width, channels + 2))
        for layer in (*self.blocks, self.norm, self.last):
            layer.build(inside)

    def _with_coordinates(self, z: vaereg.Tensor) -> vaereg.Tensor:
        height, width, _ = self.latent_shape
        rows, columns = np.meshgrid(
            np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"
        )
        places = ops.convert_to_tensor(np.stack([rows, columns], axis=-1)[None].astype("float32"))
        return ops.concatenate([z, ops.tile(places, (ops.shape(z)[0], 1, 1, 1))], axis=-1)


class _GridBlock(keras.layers.Layer):
    def __init__(self, width: int, heads: int, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.width, self.heads = width, heads
        self.norms = [_group_norm(width, f"norm{place}") for place in range(2)]
        self.convs = [_conv(width, f"conv{place}", zeros=place == 1) for place in range(2)]
        self.told = _dense(width, "told")
        self.attention_norm = _group_norm(width, "attention_norm") if heads else None
        self.projections = _dense(3 * width, "projections") if heads else None
        self.joined = _dense(width, "joined", zeros=True) if heads else None

    def after(self, hidden: vaereg.Tensor, told: vaereg.Tensor) -> vaereg.Tensor:
        """(B, h, w, width) after the block."""
        inside = self.convs[0](ops.silu(self.norms[0](hidden)))
        inside = inside + self.told(told)[:, None, None, :]
        hidden = hidden + self.convs[1](ops.silu(self.norms[1](inside)))
        return hidden if self.projections is None else hidden + self._attended(hidden)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates all weights, for (B, h, w, width)."""
        for layer in (*self.norms, *self.convs):
            layer.build(tuple(input_shape))
        self.told.build((None, self.width))
        if self.attention_norm and self.projections and self.joined:
            self.attention_norm.build(tuple(input_shape))
            self.projections.build((None, None, self.width))
            self.joined.build((None, None, self.width))

    def _attended(self, hidden: vaereg.Tensor) -> vaereg.Tensor:
        assert self.attention_norm and self.projections and self.joined
        _, height, width, channels = hidden.shape
        normed = ops.reshape(self.attention_norm(hidden), (-1, height * width, channels))
        heads = ops.reshape(
            self.projections(normed), (-1, height * width, 3, self.heads, channels // self.heads)
        )
        query, key, value = (heads[:, :, place] for place in range(3))
        alike = ops.einsum("bqnd,bknd->bnqk", query, key) / math.sqrt(channels // self.heads)
        mixed = ops.einsum("bnqk,bknd->bqnd", ops.softmax(alike, axis=-1), value)
        joined = self.joined(ops.reshape(mixed, (-1, height * width, channels)))
        return ops.reshape(joined, (-1, height, width, channels))


def _dense(width: int, name: str, *, zeros: bool = False) -> keras.layers.Layer:
    start = "zeros" if zeros else "glorot_uniform"
    return keras.layers.Dense(width, kernel_initializer=start, dtype="float32", name=name)


def _conv(width: int, name: str, *, zeros: bool = False) -> keras.layers.Layer:
    start = "zeros" if zeros else "glorot_uniform"
    return keras.layers.Conv2D(
        width, 3, padding="same", kernel_initializer=start, dtype="float32", name=name
    )


def _group_norm(width: int, name: str) -> keras.layers.Layer:
    groups = math.gcd(width, GROUPS)
    return keras.layers.GroupNormalization(groups, epsilon=1e-5, dtype="float32", name=name)


def _normalized(hidden: vaereg.Tensor) -> vaereg.Tensor:
    mean = ops.mean(hidden, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(hidden - mean), axis=-1, keepdims=True)
    return (hidden - mean) * ops.rsqrt(variance + 1e-5)
