"""A smooth version of clipping, whose gradient vanishes only far outside the bounds."""

from __future__ import annotations

from keras import ops

import vaereg


def soft_clip(x: vaereg.Tensor, low: float, high: float | None = None) -> vaereg.Tensor:
    """Clips smoothly: the result is close to `x` between the bounds and tends to a bound beyond it.

    At a distance d inside a bound, the result differs from x by softplus(-d), about exp(-d). The
    order of operations keeps the upper bound exactly, and the lower bound up to exp(low - high).
    """
    raised = low + ops.softplus(x - low)
    return raised if high is None else high - ops.softplus(high - raised)
