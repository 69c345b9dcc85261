"""The built-in samplers: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class GaussianMixtureSamplerParams:
    """Parameters of the sampler `gaussian_mixture`."""

    components: tuple[int, ...] = param(
        (1, 2, 5, 10, 20), "numbers of Gaussians to try; held-out latents select the best", ge=1
    )
    held_out: float = param(
        0.1, "share of latents held out to select the number of Gaussians", gt=0, le=0.5
    )
    most_latents: int = param(
        20_000, "most latents to fit on, chosen at random", ge=10, unit="latents"
    )
    reg_covar: float = param(
        1e-6, "added to every variance to keep it above 0", gt=0, unit="latent units squared"
    )
    max_iter: int = param(200, "most iterations of one fit", ge=1, unit="iterations")


COMPONENTS: list[Component] = [
    Component(
        kind="sampler",
        name="prior",
        factory="vaereg.basics.samplers.prior:Prior",
        summary="Draws from the model's own prior.",
        reference="arXiv:1312.6114",
        may_be_given={"*"},
    ),
    Component(
        kind="sampler",
        name="gaussian_mixture",
        params=GaussianMixtureSamplerParams,
        factory="vaereg.basics.samplers.gaussian_mixture:GaussianMixture",
        summary="A mixture of full-covariance Gaussians, fitted to the encoded training data.",
        reference="arXiv:1903.12436, section 4",
        tags=frozenset({"ex-post", "remedy:prior"}),
    ),
]
