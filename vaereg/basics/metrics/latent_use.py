"""How much of the latent the model uses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite

ACTIVE = 0.01
"""A dimension is active if the variance of its posterior mean over examples is above this."""

COLLAPSED = (0.01, 0.99)
"""A dimension has collapsed if its KL divergence, in nats, is below the first number for at least
the second number's share of examples."""


class LatentUse:
    """The information in the latent and how many of its dimensions carry it.

    kl is the mean over held-out examples of KL(q(z given x) || p(z)), summed over groups. A
    dimension i is active where Var_x E_q[z_i] > 0.01, and has (0.01, 0.01)-collapsed where
    KL_i < 0.01 nats for at least 99 % of examples. Few active dimensions in a wide latent are not
    a fault in themselves, since data may need no more; no active dimension is posterior collapse.

    reconstructed_variance compares reconstructions with the examples themselves: the variance over
    examples, summed over values, as a share of that of the held-out examples. It is near 0 if every
    reconstruction is the same, which shows that the decoder ignores the latent, whatever the KL
    divergence of single dimensions.

    If q is a point mass, kl and collapsed_share are left out; if the KL divergence is not known per
    dimension, collapsed_share is left out; if all held-out examples are equal,
    reconstructed_variance is left out; without a model, there are no scores. Counts of dimensions
    are not means over examples, so they have no influences.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or values that are not finite.

    Source: Burda et al. 2016, arXiv:1509.00519, section 5 (active units); Lucas et al. 2019,
    arXiv:1911.02469 (collapse).
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "kl": vaereg.ScoreInfo(
            question="health",
            direction=0,
            unit="nats",
            meaning="The KL divergence of q(z given x) from the prior, summed over the latent: how "
            "much information the latent carries about an example.",
        ),
        "active_units": vaereg.ScoreInfo(
            question="health",
            direction=0,
            meaning="The number of latent dimensions that depend on the data (variance of the "
            "posterior mean above 0.01).",
        ),
        "active_share": vaereg.ScoreInfo(
            question="health",
            direction=0,
            meaning="Active units as a share of all latent dimensions.",
        ),
        "collapsed_share": vaereg.ScoreInfo(
            question="health",
            direction=0,
            meaning="Share of latent dimensions that equal the prior (KL divergence below 0.01 "
            "nats for 99 % of examples).",
        ),
        "reconstructed_variance": vaereg.ScoreInfo(
            question="health",
            direction=0,
            meaning="Variance of reconstructions as a share of that of the held-out examples; 0 if "
            "every reconstruction is the same.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the model of the evidence, if it has one."""
        model = evidence.model
        if model is None:
            return {}
        means = finite(np.asarray(model.real_mean, np.float64), "latents of held-out examples")
        if len(means) < 2:
            raise vaereg.DataError(
                "metric 'latent_use': a variance over held-out examples needs at least 2; got "
                f"{len(means)}. Hold out more."
            )
        size = means.shape[1]
        active = int(np.sum(means.var(axis=0, ddof=1) > ACTIVE))
        measured = {
            "active_units": vaereg.Measured(value=float(active), sample_size=len(means)),
            "active_share": vaereg.Measured(value=active / size, sample_size=len(means)),
        }
        varied = _variance(evidence.real)
        if varied > 0.0:
            measured["reconstructed_variance"] = vaereg.Measured(
                value=_variance(evidence.reconstructed) / varied, sample_size=len(means)
            )
        if model.kl is None:
            return measured
        kl = finite(np.asarray(model.kl, np.float64), "KL of held-out examples")  # (p, groups)
        total = kl.sum(axis=1)
        measured["kl"] = vaereg.Measured(
            value=float(total.mean()), sample_size=len(total), influence_of_real=total, values=total
        )
        if kl.shape[1] == size:
            epsilon, share = COLLAPSED
            collapsed = np.mean(kl < epsilon, axis=0) >= share
            measured["collapsed_share"] = vaereg.Measured(
                value=float(collapsed.mean()), sample_size=len(kl)
            )
        return measured


def _variance(examples: np.ndarray) -> float:
    """The variance over examples (n, *data), summed over values."""
    flat = np.asarray(examples, np.float64).reshape(len(examples), -1)
    return float(flat.var(axis=0).sum())
