"""Decoders that hold a decoder, with one fault each."""

from __future__ import annotations

from typing import Any

import attrs
import keras

import vaereg


@attrs.frozen(kw_only=True)
class HolderParams:
    inner: vaereg.Slot = vaereg.slot("decoder", default="dense", meaning="what it holds")


@attrs.frozen(kw_only=True)
class LostParams:
    inner: vaereg.Slot = vaereg.slot("decoder", default="nowhere", meaning="what it holds")


class Holder(keras.layers.Layer):
    """Gives what the decoder gives that it holds."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.inner = context.build(params.inner, "inner")

    def call(self, z: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        return self.inner(z, training=training)


class BuildsItsOwn(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.flat = keras.layers.Flatten(name="flat")
        self.dense = keras.layers.Dense(context.data_spec.dimensions, name="dense")
        shape = (*context.data_spec.shape[:-1], context.channels)
        self.size = shape

    def call(self, z: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        return keras.ops.reshape(self.dense(self.flat(z)), (-1, *self.size))


class HidesItsPart(keras.layers.Layer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        inner = context.build(params.inner, "inner")
        self.hidden = lambda z, training: inner(z, training=training)

    def call(self, z: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        return self.hidden(z, training)


class LosesItsDefault(Holder):
    pass


HOLDERS = {
    "faulty_holders:BuildsItsOwn": HolderParams,
    "faulty_holders:HidesItsPart": HolderParams,
    "faulty_holders:LosesItsDefault": LostParams,
}
"""The parameters of each."""
