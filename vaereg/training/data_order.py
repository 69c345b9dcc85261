"""Which examples each batch holds: a function of the seed and the epoch alone."""

from __future__ import annotations

import numpy as np


def epoch_order(seed: int, epoch_index: int, size: int, batch_size: int) -> np.ndarray:
    """The positions of the examples of each batch, int64 (steps, batch_size).

    Args:
        seed: of the run.
        epoch_index: counted from 0.
        size: the number of training examples. Examples that do not fill a whole batch are left
            out, different ones in each epoch.
        batch_size: examples per batch.
    """
    order = np.random.default_rng((seed, epoch_index)).permutation(size)
    steps = size // batch_size
    return order[: steps * batch_size].reshape(steps, batch_size).astype(np.int64)


def validation_batches(size: int, batch_size: int) -> list[np.ndarray]:
    """All positions in order, in batches of equal length if possible.

    The length is the largest divisor of `size` within [batch_size / 2, batch_size], so that one
    compiled step serves all batches. If there is no such divisor, the last batch is shorter. Means
    weight each batch by its length, so every example counts the same.
    """
    least = max(1, (batch_size + 1) // 2)
    divisors = (each for each in range(min(batch_size, size), least - 1, -1) if size % each == 0)
    length = next(divisors, batch_size)
    return [np.arange(start, min(start + length, size)) for start in range(0, size, length)]
