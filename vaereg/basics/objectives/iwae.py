"""The importance-weighted bound."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.basics.objectives.declared import IwaeParams


class Iwae:
    """-log 1/K sum_k w_k, with w_k = p(x given z_k) (p(z_k) / q(z_k given x))^beta.

    With beta = 1, its expectation falls towards -log p(x) as K grows. The KL divergence is part of
    the weights, so a warm-up of beta works, but free bits and capacity do not.

    Source: Burda et al. 2015, arXiv:1509.00519, eq. 8.
    """

    importance = True

    def __init__(self, params: IwaeParams, context: vaereg.BuildContext) -> None:
        del context
        self.samples = params.samples

    def __call__(self, bound: vaereg.Bound) -> dict[str, vaereg.Tensor]:
        """The term iwae (B,)."""
        log_weights = bound.log_weights  # (K, B)
        log_mean = ops.logsumexp(log_weights, axis=0) - math.log(log_weights.shape[0])
        return {"iwae": -log_mean}
