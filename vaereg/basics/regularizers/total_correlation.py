"""The total correlation of the latent's dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.component import NoParams


class TotalCorrelation:
    """TC = KL(q(z) || prod_j q(z_j)) of the aggregate posterior q(z), by minibatch weighting.

    With N training examples and a batch of M examples, for the draw z of each example

        log q(z)   ~ log sum_m q(z given x_m)   - log(N M)
        log q(z_j) ~ log sum_m q(z_j given x_m) - log(N M)

    and the term is log q(z) - sum_j log q(z_j), (B,). The total correlation is >= 0, but this
    estimate is biased and may have either sign; only its gradient matters. Spatial latents are
    flattened. Time and memory are B^2 d.

    Source: Chen et al. 2018, arXiv:1802.04942, eq. 2 and section 4.1 (eq. S6).

    Raises:
        ValueError: at the first step, if the posterior gives no log variance.
    """

    def __init__(self, params: NoParams, context: vaereg.BuildContext) -> None:
        del params
        self.name = context.name

    def __call__(self, step: vaereg.Step) -> vaereg.Tensor:
        """The estimate for each example, (B,)."""
        latent = step.latent
        if latent.log_var is None:
            raise ValueError(
                "regularizer 'total_correlation' needs a posterior with a mean and a log "
                'variance, but this one gives no log variance. Use posterior = "gaussian".'
            )
        size = math.prod(latent.z.shape[1:])
        z, mean, log_var = (
            ops.reshape(ops.cast(value, "float32"), (-1, size))
            for value in (latent.z, latent.mode, latent.log_var)
        )
        gap = z[:, None, :] - mean[None, :, :]  # (B, M, d)
        per_dim = -0.5 * (
            math.log(2 * math.pi)
            + log_var[None, :, :]
            + ops.square(gap) * ops.exp(-log_var)[None, :, :]
        )
        count = ops.cast(ops.shape(z)[0], "float32")
        log_nm = ops.log(count) + math.log(max(step.dataset_size, 1))
        joint = ops.logsumexp(ops.sum(per_dim, axis=2), axis=1) - log_nm  # (B,)
        marginals = ops.logsumexp(per_dim, axis=1) - log_nm  # (B, d)
        return joint - ops.sum(marginals, axis=1)
