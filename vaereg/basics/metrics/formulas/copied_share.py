"""The share of samples that lie nearer to a training example than unseen data does."""

from __future__ import annotations

import numpy as np

import vaereg


def copied_share(
    generated: np.ndarray, real: np.ndarray, quantile: float, counted: np.ndarray | None
) -> vaereg.Measured | None:
    """Computes the share of samples that lie nearer than a quantile of the held-out examples.

    A sample at distance 0 always counts as a copy, even if held-out examples are copies too.

    Args:
        generated: (n,) distance of each sample from the nearest training example.
        real: (p,) the same distance for each held-out example.
        quantile: the quantile of the held-out distances, in (0, 1), that samples must reach.
        counted: (n,) bool, which samples to count; None for all.

    Returns:
        The score, or None if no sample counts.
    """
    if counted is not None:
        generated = generated[counted]
    if not len(generated):
        return None
    limit = np.quantile(real, quantile)
    copied = ((generated < limit) | (generated == 0.0)).astype(float)
    return vaereg.Measured(
        value=float(copied.mean()),
        sample_size=len(copied),
        influence_of_generated=copied,
        values=generated,
    )
