"""The evidence lower bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.basics.objectives.declared import ElboParams


class Elbo:
    """The two terms of -ELBO(x) = -E_q log p(x given z) + beta KL(q(z given x) || p(z)).

    The expectation is estimated by the mean over K draws. A deterministic posterior has no KL
    divergence, and therefore no term "kl".

    Source: Kingma and Welling 2013, arXiv:1312.6114, eq. 7.
    """

    importance = False

    def __init__(self, params: ElboParams, context: vaereg.BuildContext) -> None:
        del context
        self.samples = params.samples

    def __call__(self, bound: vaereg.Bound) -> dict[str, vaereg.Tensor]:
        """The terms reconstruction (B,) and kl (B, groups); the engine applies beta to kl."""
        terms = {"reconstruction": -ops.mean(bound.log_likelihood, axis=0)}
        if bound.kl is not None:
            terms["kl"] = bound.kl
        return terms
