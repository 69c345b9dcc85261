"""The built-in samplers: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class GaussianMixtureSamplerParams:
    """Parameters of the sampler `gaussian_mixture`."""

    components: tuple[int, ...] = param(
        (1, 2, 5, 10, 20), "the numbers of Gaussians that are tried on held-out latents", ge=1
    )
    held_out: float = param(
        0.1, "the share of latents that the numbers are evaluated by", gt=0, le=0.5
    )
    most_latents: int = param(
        20_000, "fit on at most so many latents, chosen at random", ge=10, unit="latents"
    )
    reg_covar: float = param(
        1e-6, "added to every variance, so that none becomes 0", gt=0, unit="latent units squared"
    )
    max_iter: int = param(200, "the most iterations of one fit", ge=1, unit="iterations")


COMPONENTS: list[Component] = [
    Component(
        kind="sampler",
        name="prior",
        factory="vaereg.basics.samplers.prior:Prior",
        summary="Draws from the model's own prior.",
        reference="arXiv:1312.6114",
    ),
    Component(
        kind="sampler",
        name="gaussian_mixture",
        params=GaussianMixtureSamplerParams,
        factory="vaereg.basics.samplers.gaussian_mixture:GaussianMixture",
        summary="Draws from Gaussians of full covariance fitted on the encoded training data.",
        reference="arXiv:1903.12436, section 4",
        tags=frozenset({"ex-post"}),
    ),
]
