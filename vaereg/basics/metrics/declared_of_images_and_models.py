"""The built-in metrics of image sharpness and of the model's health. Never imports keras."""

from __future__ import annotations

import attrs

from vaereg.component import Component, param


@attrs.frozen(kw_only=True)
class LikelihoodBoundParams:
    """Parameters of the metric `likelihood_bound`."""

    samples_quick: int = param(64, "draws per held-out example", ge=1)
    examples_quick: int = param(500, "held-out examples looked at, at most", ge=2)
    samples_thorough: int = param(500, "the same where the user waits for better estimates", ge=1)
    examples_thorough: int = param(500, "held-out examples looked at then, at most", ge=2)


COMPONENTS: list[Component] = [
    Component(
        kind="metric",
        name="sharpness",
        factory="vaereg.basics.metrics.sharpness:Sharpness",
        summary="Power at high frequencies and edges of samples and reconstructions against real "
        "images.",
        reference="arXiv:2003.01826",
        for_data=frozenset({"image"}),
        tags=frozenset({"sharp"}),
    ),
    Component(
        kind="metric",
        name="likelihood_bound",
        params=LikelihoodBoundParams,
        factory="vaereg.basics.metrics.likelihood_bound:LikelihoodBound",
        summary="The ELBO of held-out data, and the tighter bound of many draws.",
        reference="arXiv:1509.00519, eq. 8",
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="latent_use",
        factory="vaereg.basics.metrics.latent_use:LatentUse",
        summary="How much of the latent the model uses: KL, active units, collapse.",
        reference="arXiv:1509.00519, section 5; arXiv:1911.02469",
        tags=frozenset({"health"}),
    ),
    Component(
        kind="metric",
        name="aggregate_posterior",
        factory="vaereg.basics.metrics.aggregate_posterior:AggregatePosterior",
        summary="Whether samples come from where encoded data lies, or from holes between.",
        reference="Hoffman and Johnson 2016, ELBO surgery",
        tags=frozenset({"health"}),
    ),
]
