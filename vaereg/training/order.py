"""Which examples are in which batch: a function of the seed and the epoch alone."""

from __future__ import annotations

import numpy as np


def epoch_order(seed: int, epoch: int, size: int, batch_size: int) -> np.ndarray:
    """The positions of the examples of each batch, int64 (steps, batch_size).

    Args:
        seed: the run's.
        epoch: counted from 0.
        size: the number of training examples; those beyond the last whole batch are left out of
            this epoch, others in the next.
        batch_size: examples per batch.
    """
    order = np.random.default_rng((seed, epoch)).permutation(size)
    steps = size // batch_size
    return order[: steps * batch_size].reshape(steps, batch_size).astype(np.int64)


def validation_batches(size: int, batch_size: int) -> list[np.ndarray]:
    """All positions in order, in batches of equal length where that is possible.

    The length is the largest divisor of `size` within [batch_size / 2, batch_size], so that one
    compiled step serves all; where there is none, the last batch is shorter. Means are weighted by
    the length of each batch, so no example counts more than another.
    """
    least = max(1, (batch_size + 1) // 2)
    divisors = (each for each in range(min(batch_size, size), least - 1, -1) if size % each == 0)
    length = next(divisors, batch_size)
    return [np.arange(start, min(start + length, size)) for start in range(0, size, length)]
