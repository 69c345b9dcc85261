"""The built-in objectives: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class ElboParams:
    """Parameters of the objective `elbo`."""

    samples: int = param(1, "latents per example over which the reconstruction is averaged", ge=1)


@frozen(kw_only=True)
class IwaeParams:
    """Parameters of the objective `iwae`."""

    samples: int = param(5, "importance samples per example", ge=1)


COMPONENTS: list[Component] = [
    Component(
        kind="objective",
        name="elbo",
        params=ElboParams,
        factory="vaereg.basics.objectives.elbo:Elbo",
        summary="The evidence lower bound: reconstruction and KL divergence.",
        reference="arXiv:1312.6114, eq. 7",
    ),
    Component(
        kind="objective",
        name="iwae",
        params=IwaeParams,
        factory="vaereg.basics.objectives.iwae:Iwae",
        summary="The importance-weighted bound, tighter with more samples; free bits and capacity "
        "do not apply, since they need a separate KL divergence.",
        reference="arXiv:1509.00519, eq. 8",
        tags=frozenset({"importance"}),
    ),
]
