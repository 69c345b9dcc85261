"""A random sample of the training examples, on the scale on which examples are evaluated."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.inputs.checked_examples import checked_examples
from vaereg.basics.feature_extractors.inputs.evaluated_scale import on_evaluated_scale

BLOCK = 1024
"""The number of examples to read at once."""


def training_sample(name: str, data: vaereg.Data, most: int, seed: int) -> np.ndarray:
    """Reads training examples that the seed chooses: (count, *shape) float32, in their order.

    Args:
        name: the extractor.
        data: the data.
        most: the largest number of examples to read; all are read if there are fewer.
        seed: the seed of the choice.

    Raises:
        vaereg.DataError: if there are fewer than two examples, if values are not finite, or if
            images have no value range.
    """
    count = min(len(data.train), most)
    if count < 2:
        raise vaereg.DataError(
            f"extractor '{name}' needs at least 2 training examples; there are {count}."
        )
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.choice(len(data.train), count, replace=False))
    values = np.empty((count, *data.spec.shape), dtype=np.float32)
    for start in range(0, count, BLOCK):
        taken = data.train.take(chosen[start : start + BLOCK])
        rows = values[start : start + BLOCK]
        rows[:] = on_evaluated_scale(taken, data.spec).reshape(rows.shape)
    return checked_examples(name, values, data.spec.shape)
