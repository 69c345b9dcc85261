"""A network that sees the class of each example beside its input."""

from __future__ import annotations

from collections.abc import Mapping

import keras
from keras import ops

import vaereg


class Labelled(keras.layers.Layer):
    """(B, ..., c) with a label -> network((B, ..., c + classes)): the label as one-hot channels.

    Args:
        network: takes the wider input.
        classes: how many classes there are.
        name: of the layer.
    """

    def __init__(self, network: keras.layers.Layer, classes: int, name: str) -> None:
        super().__init__(name=name)
        self.network = network
        self.classes = classes

    def call(
        self, value: vaereg.Tensor, given: Mapping[str, vaereg.Tensor], training: bool = False
    ) -> vaereg.Tensor:
        # ops.one_hot looks at the values, which a traced step of PyTorch cannot
        numbers = ops.arange(self.classes, dtype="int32")
        label = ops.cast(ops.equal(given["label"][:, None], numbers), value.dtype)  # (B, classes)
        between = (1,) * (len(value.shape) - 2)
        planes = ops.reshape(label, (-1, *between, self.classes))
        planes = ops.broadcast_to(planes, (*ops.shape(value)[:-1], self.classes))
        return self.network(ops.concatenate([value, planes], axis=-1), training=training)


def classes_of(context: vaereg.BuildContext) -> int:
    """The number of classes of the data.

    Raises:
        ValueError: if the data has no labels.
    """
    label = context.data_spec.condition("label")
    if label is None or label.classes is None:
        raise ValueError("it needs labelled data")
    return label.classes
