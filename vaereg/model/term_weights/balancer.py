"""Weights that give each of several terms its share of the gradient at the decoder's output."""

from __future__ import annotations

from collections.abc import Mapping

import keras
from keras import ops

from vaereg.contracts.tensor import Tensor

DECAY = 0.999
"""The share of the average that is kept at each step, as in EnCodec."""


class Balancer(keras.layers.Layer):
    """Moving averages of gradient norms at the decoder's output, and the weights that follow.

    After Défossez et al. 2022 (EnCodec, arXiv:2210.13438, sec. 3.4). With the shares s_i, the norms
    n_i of the gradients of the terms with respect to the decoder's output, their moving averages
    <n_i> and a reference norm R, the weight of a term is

        w_i = s_i / (s_1 + ... + s_k) * R / <n_i>

    EnCodec balances every term of the decoder, with R = 1. Here, the losses with fixed weights,
    such as the reconstruction, keep their weights: together they have the share 1, which counts in
    the sum of the shares, and R is the norm that makes their own weight 1. So w_i is s_i <n_0> /
    <n_i>, where n_0 is the norm of their gradient. If there is no such gradient, since every term
    of the decoder is balanced, R is 1.

    The averages are those of a window that grows at first, so that no term is weighted too high in
    the first steps. Norms that are not finite, as in the skipped steps of mixed_float16, do not
    count.

    Args:
        shares: term -> its share, > 0.
    """

    def __init__(self, shares: Mapping[str, float]) -> None:
        super().__init__(name="balancer", dtype="float32")
        self.shares = dict(shares)
        shape = (1 + len(self.shares),)
        self.totals = self.add_weight(
            name="totals", shape=shape, initializer="zeros", trainable=False
        )
        self.counts = self.add_weight(
            name="counts", shape=shape, initializer="zeros", trainable=False
        )
        self.built = True

    def weights_after(self, fixed: Tensor, own: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Moves the averages by one step, and gives the weight of each term.

        Args:
            fixed: the norm of the gradient of the losses with fixed weights, a scalar.
            own: term -> the norm of the gradient of its losses.
        """
        norms = ops.stack([fixed, *(own[term] for term in self.shares)])
        counted = ops.isfinite(norms)
        moved = DECAY * self.totals + ops.where(counted, norms, ops.zeros_like(norms))
        self.totals.assign(ops.where(counted, moved, self.totals.value))
        self.counts.assign(ops.where(counted, DECAY * self.counts + 1.0, self.counts.value))
        averages = ops.divide_no_nan(self.totals.value, self.counts.value)
        shares = ops.convert_to_tensor(list(self.shares.values()), "float32")
        alone = 1.0 / sum(self.shares.values())  # R = 1, and the sum of the shares
        reference = ops.where(averages[0] > 0, averages[0], alone)
        weights = ops.divide_no_nan(shares * reference, averages[1:])
        return dict(zip(self.shares, ops.unstack(weights), strict=True))
