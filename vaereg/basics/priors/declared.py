"""The built-in priors: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class GaussianMixturePriorParams:
    """Parameters of the prior `gaussian_mixture`."""

    components: int = param(32, "number of mixture components", ge=1)


@frozen(kw_only=True)
class VampParams:
    """Parameters of the prior `vamp`."""

    components: int = param(50, "number of learned pseudo-inputs", ge=1)


COMPONENTS: list[Component] = [
    Component(
        kind="prior",
        name="standard_normal",
        factory="vaereg.basics.priors.standard_normal:StandardNormal",
        summary="The Gaussian with mean 0 and variance 1; its KL divergence has a closed form.",
        reference="arXiv:1312.6114, appendix B",
        tags=frozenset({"closed-form-kl"}),
    ),
    Component(
        kind="prior",
        name="gaussian_mixture",
        params=GaussianMixturePriorParams,
        factory="vaereg.basics.priors.gaussian_mixture:GaussianMixture",
        summary="A mixture of diagonal Gaussians, learned with the model.",
        reference="arXiv:1705.07120, section 3",
        tags=frozenset({"learned", "remedy:prior"}),
    ),
    Component(
        kind="prior",
        name="vamp",
        params=VampParams,
        factory="vaereg.basics.priors.vamp:Vamp",
        summary="A mixture of the posteriors of learned pseudo-inputs (VampPrior).",
        reference="arXiv:1705.07120, eq. 9",
        tags=frozenset({"learned", "calls-encoder", "remedy:prior"}),
    ),
    Component(
        kind="prior",
        name="conditional",
        factory="vaereg.basics.priors.conditional:Conditional",
        summary="One Gaussian for each class, learned with the model; needs labels.",
        reference="Sohn et al. 2015, eq. 4",
        tags=frozenset({"learned", "closed-form-kl"}),
        given={"label"},
    ),
]
