"""The built-in posteriors: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class GaussianPosteriorParams:
    """Parameters of the posterior `gaussian`."""

    min_log_var: float = param(
        -12.0, "the smallest log variance, approached smoothly", ge=-30, le=-2, unit="nats"
    )
    max_log_var: float = param(
        8.0, "the largest log variance, approached smoothly", ge=2, le=30, unit="nats"
    )


COMPONENTS: list[Component] = [
    Component(
        kind="posterior",
        name="gaussian",
        params=GaussianPosteriorParams,
        factory="vaereg.basics.posteriors.gaussian:Gaussian",
        summary="A Gaussian with diagonal covariance and the reparametrisation trick.",
        reference="arXiv:1312.6114, section 3 and appendix C.2",
        tags=frozenset({"reparametrised"}),
    ),
    Component(
        kind="posterior",
        name="deterministic",
        factory="vaereg.basics.posteriors.deterministic:Deterministic",
        summary="A single point: the model is an autoencoder without a KL divergence.",
        reference="arXiv:1903.12436",
        tags=frozenset({"autoencoder"}),
    ),
]
