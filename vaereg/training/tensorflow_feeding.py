"""Validation as tf.data: data in memory is gathered in the graph, the rest is read ahead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from vaereg.contracts.data import ArraySplit, Split

if TYPE_CHECKING:
    from vaereg.training.feeding import Feed


def validation_dataset(feed: Feed, split: Split, batches: Sequence[np.ndarray]) -> Any:
    """The given batches in that order."""
    length = len(batches[0]) if len({len(batch) for batch in batches}) == 1 else None
    indices = tf.data.Dataset.from_generator(
        lambda: iter(batches), output_signature=tf.TensorSpec((length,), tf.int64)
    )
    dataset = _examples(feed, split, indices)
    return dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))


def _examples(feed: Feed, split: Split, indices: Any) -> Any:
    if isinstance(split, ArraySplit):
        take = _gather(split)
    else:
        shape = split.take(np.arange(1)).shape[1:]

        def take(positions: Any) -> Any:
            taken = tf.numpy_function(lambda p: feed.take(split, p), [positions], tf.float32)
            return tf.ensure_shape(taken, (positions.shape[0], *shape))

    return indices.map(lambda positions: (take(positions),)).prefetch(tf.data.AUTOTUNE)


def _gather(split: ArraySplit) -> Any:
    """`ArraySplit.take` in the graph, with the same arithmetic."""
    with tf.device("CPU:0"):  # where tf.data runs
        values = tf.constant(split.values)
    low, high = split.value_range
    scale, shift = np.float32((high - low) / 255.0), np.float32(low)

    def take(positions: Any) -> Any:
        chosen = tf.gather(values, positions)
        if values.dtype != tf.uint8:
            return tf.cast(chosen, tf.float32)
        scaled = tf.cast(chosen, tf.float32) * scale
        return scaled + shift if low else scaled

    return take
