"""The distance between two sets of intermediate features."""

from __future__ import annotations

from collections.abc import Sequence

from keras import ops

import vaereg


def feature_distance(
    first: Sequence[vaereg.Tensor], second: Sequence[vaereg.Tensor]
) -> vaereg.Tensor:
    """The mean squared difference of each layer's features, averaged over layers, (B,).

    Larsen et al. 2016 (arXiv:1512.09300, eq. 7 and 8) use one layer and sum over its values; the
    mean makes the weight independent of the critic's size.

    Args:
        first, second: one array (B, ...) per layer.
    """
    total: vaereg.Tensor = 0.0
    for a, b in zip(first, second, strict=True):
        difference = ops.cast(a, "float32") - ops.cast(b, "float32")
        total = total + ops.mean(ops.square(difference), axis=tuple(range(1, len(a.shape))))
    return total / len(first)
