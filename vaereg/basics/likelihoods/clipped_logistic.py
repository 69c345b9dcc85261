"""The mean of a logistic distribution that is clipped and discretized."""

from __future__ import annotations

from keras import ops

import vaereg

EXACT_UP_TO = 32


def clipped_logistic_mean(
    mean: vaereg.Tensor, log_scale: vaereg.Tensor, levels: int
) -> vaereg.Tensor:
    """The expectation of a logistic X that is clipped to [-1, 1] and rounded to `levels` levels.

    It is -1 plus the sum of P(X > e), times the distance between two levels, over the edges e
    between levels. Above 32 levels, the sum is replaced by the integral over [-1, 1], of which it
    is the midpoint rule. The error is below half a level for a scale near 0, and vanishes if the
    scale exceeds a level.

    Args:
        mean, log_scale: arrays that broadcast together, in units in which data spans [-1, 1].
        levels: the number of levels, at least 2.
    """
    if levels > EXACT_UP_TO:
        scale, inverse = ops.exp(log_scale), ops.exp(-log_scale)
        above = ops.softplus((mean + 1.0) * inverse) - ops.softplus((mean - 1.0) * inverse)
        # The difference cancels where the scale is large; its limits hold it in range.
        return ops.clip(scale * above - 1.0, -1.0, 1.0)
    distance, inverse = 2.0 / (levels - 1), ops.exp(-log_scale)
    total = -1.0
    for index in range(levels - 1):
        edge = -1.0 + (index + 0.5) * distance
        total = total + distance * ops.sigmoid((mean - edge) * inverse)
    return total
