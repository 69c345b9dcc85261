"""Bounds on the log likelihood of held-out data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import LikelihoodBoundParams


class LikelihoodBound:
    """Lower bounds on log p(x) of held-out examples, from K weights w = p(x, z) / q(z given x).

        elbo = E_x mean_k log w_k        iwae = E_x log mean_k w_k        gap = iwae - elbo

    All three come from the same draws, so the gap is >= 0 up to rounding. The bound `iwae` rises
    towards log p(x) with K (Burda et al. 2016, theorem 1). Only the first held-out examples are
    used, as many as the parameters allow, and `influence_of_real` has one entry for each of them.
    The variance of a mean is still var(influence_of_real) divided by its length.

    There are no scores without a model, or if its posterior is a point mass.

    Raises:
        vaereg.DataError: for weights that are not finite.

    Source: Kingma and Welling 2013, arXiv:1312.6114, eq. 3 (elbo); Burda et al. 2016,
    arXiv:1509.00519, eq. 8 (iwae); Cremer et al. 2018, arXiv:1801.03558 (gap).
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "elbo": vaereg.ScoreInfo(
            question="health",
            direction=1,
            unit="nats",
            meaning="The evidence lower bound per held-out example; comparable only between models "
            "with the same likelihood.",
        ),
        "iwae": vaereg.ScoreInfo(
            question="health",
            direction=1,
            unit="nats",
            meaning="The importance-weighted bound on the log likelihood of a held-out example, "
            "tighter than the ELBO; comparable only between models with the same likelihood.",
        ),
        "inference_gap": vaereg.ScoreInfo(
            question="health",
            direction=0,
            unit="nats",
            meaning="How much tighter the importance-weighted bound is than the ELBO: the loss due "
            "to the posterior's family and the encoder.",
        ),
    }

    def __init__(self, params: LikelihoodBoundParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the model of the evidence, if it has one with a density q."""
        if evidence.model is None or evidence.model.deterministic:
            return {}
        params = self.params
        samples, examples = params.samples_quick, params.examples_quick
        if evidence.thorough:
            samples, examples = params.samples_thorough, params.examples_thorough
        examples = min(examples, len(evidence.real))
        log_w = np.asarray(evidence.model.log_weights(samples, examples), np.float64)  # (K, e)
        log_w = finite(log_w.T, "log p(x, z) - log q(z given x) of held-out examples").T
        elbo = log_w.mean(axis=0)
        top = log_w.max(axis=0)
        iwae = top + np.log(np.mean(np.exp(log_w - top), axis=0))
        parts = " and of the ".join(evidence.model.bounds)
        detail = f"the density of the {parts} is a lower bound itself" if parts else ""
        bounds = {"elbo": elbo, "iwae": iwae, "inference_gap": iwae - elbo}
        return {
            name: vaereg.Measured(
                value=float(each.mean()),
                sample_size=len(each),
                influence_of_real=each,
                values=each,
                detail=detail,
            )
            for name, each in bounds.items()
        }
