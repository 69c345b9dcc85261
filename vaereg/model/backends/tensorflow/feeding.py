"""Chunks as plain tensors; validation as tf.data, which gathers data in memory within its graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf
from keras.src.trainers.data_adapters.data_adapter import DataAdapter

from vaereg.contracts.conditions import Condition, conditions_at
from vaereg.contracts.data import Split, held_in_memory
from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.tensorflow.steps import gathering
from vaereg.model.batch_source import BatchSource

Take = Callable[[Split, np.ndarray], Any]  # of two types that the next line names
"""Reads a batch of a split at positions: its examples, float32, or (examples, conditions)."""


class Chunks(Protocol):
    """The chunks of an epoch, as made by `vaereg.training.feeding`."""

    @property
    def num_batches(self) -> int:
        """How many chunks there are."""
        ...

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]: ...


class TensorChunks(DataAdapter):
    """The chunks of one epoch for `fit`, one tensor after another.

    Keras would wrap them in a `tf.data.Dataset.from_generator`, a graph of its own that is traced
    for every `fit`: sixty milliseconds, as long as forty steps of a small network.

    Args:
        chunks: of known number, each as two arrays: the batches, and how many of them count.
    """

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks

    def get_tf_dataset(self) -> TensorChunks:
        """This object itself: `fit` only iterates over it."""
        return self

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        for index in range(self._chunks.num_batches):
            yield tf.nest.map_structure(tf.constant, self._chunks[index])

    @property
    def num_batches(self) -> int:
        """How many chunks there are."""
        return self._chunks.num_batches

    @property
    def batch_size(self) -> None:
        """None: chunks hold several batches."""

    @property
    def has_partial_batch(self) -> bool:
        """False: chunks may have any length, so none is partial."""
        return False

    @property
    def partial_batch_size(self) -> None:
        """None, since there is no partial batch."""


def validation_dataset(
    take: Take,
    split: Split,
    batches: Sequence[np.ndarray],
    conditions: Sequence[Condition] = (),
) -> tf.data.Dataset:
    """The given batches in the given order, with conditions; for a split on disk, `take` reads
    them."""
    length = len(batches[0]) if len({len(batch) for batch in batches}) == 1 else None
    indices = tf.data.Dataset.from_generator(
        lambda: iter(batches), output_signature=tf.TensorSpec((length,), tf.int64)
    )
    dataset = _examples(take, split, indices, conditions)
    return dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))


def _examples(
    read: Take, split: Split, indices: tf.data.Dataset, conditions: Sequence[Condition]
) -> tf.data.Dataset:
    if held_in_memory(split):
        with tf.device("CPU:0"):  # where tf.data runs
            take = gathering(BatchSource.of(split, conditions))
    else:
        one = np.arange(1)
        given = conditions_at(split, conditions, one)
        first = (split.take(one), given) if given else (split.take(one),)
        shapes = [array.shape[1:] for array in tf.nest.flatten(first)]
        types = [array.dtype for array in tf.nest.flatten(first)]

        def take(positions: Tensor) -> tuple[Tensor, ...]:
            taken = tf.numpy_function(lambda p: tf.nest.flatten(read(split, p)), [positions], types)
            known = [
                tf.ensure_shape(array, (positions.shape[0], *shape))
                for array, shape in zip(taken, shapes, strict=True)
            ]
            batch: tuple[Tensor, ...] = tf.nest.pack_sequence_as(first, known)
            return batch

    return indices.map(take).prefetch(tf.data.AUTOTUNE)
