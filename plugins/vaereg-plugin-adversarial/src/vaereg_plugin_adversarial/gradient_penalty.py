"""Penalties on the critic's gradient with respect to its input, per example."""

from __future__ import annotations

from collections.abc import Callable

import keras
from keras import ops

import vaereg

TINY = 1e-12
"""Added under the root, so that its derivative stays finite where the gradient is 0."""


def squared_slope(
    score: Callable[[vaereg.Tensor], vaereg.Tensor], x: vaereg.Tensor
) -> vaereg.Tensor:
    """|grad_x score(x)|^2, (B,), summed over the values of an example.

    R1 is gamma / 2 times this value on real data (Mescheder et al. 2018, arXiv:1801.04406, eq. 9).

    Args:
        score: (B, ...) -> (B,), where row i depends only on row i.
        x: (B, ...).
    """
    slope = ops.cast(vaereg.gradient(score, x), "float32")
    return ops.sum(ops.square(slope), axis=tuple(range(1, len(slope.shape))))


def slope_off_one(
    score: Callable[[vaereg.Tensor], vaereg.Tensor],
    real: vaereg.Tensor,
    fake: vaereg.Tensor,
    seed: vaereg.Seed,
) -> vaereg.Tensor:
    """(|grad score| - 1)^2, (B,), at a random point between each real and fake example.

    Source: Gulrajani et al. 2017, arXiv:1704.00028, eq. 3 and algorithm 1.

    Args:
        score: (B, ...) -> (B,), where row i depends only on row i.
        real, fake: (B, ...).
        seed: for the random points between the two.
    """
    shape = (ops.shape(real)[0],) + (1,) * (len(real.shape) - 1)
    share = keras.random.uniform(shape, dtype=real.dtype, seed=seed)
    between = share * real + (1.0 - share) * fake
    return ops.square(ops.sqrt(squared_slope(score, between) + TINY) - 1.0)
