"""The built-in objectives: their parameters and declarations. Never imports keras."""

from __future__ import annotations

from vaereg.component import Component, param
from vaereg.frozen import frozen


@frozen(kw_only=True)
class ElboParams:
    """Parameters of the objective `elbo`."""

    samples: int = param(1, "how many latents each example's reconstruction is averaged over", ge=1)


@frozen(kw_only=True)
class IwaeParams:
    """Parameters of the objective `iwae`."""

    samples: int = param(5, "how many latents are weighed for each example", ge=1)


COMPONENTS: list[Component] = [
    Component(
        kind="objective",
        name="elbo",
        params=ElboParams,
        factory="vaereg.basics.objectives.elbo:Elbo",
        summary="The evidence lower bound: reconstruction and divergence.",
        reference="arXiv:1312.6114, eq. 7",
    ),
    Component(
        kind="objective",
        name="iwae",
        params=IwaeParams,
        factory="vaereg.basics.objectives.iwae:Iwae",
        summary="The importance-weighted bound, tighter the more samples; without free bits and "
        "capacity, which need the divergence on its own.",
        reference="arXiv:1509.00519, eq. 8",
        tags=frozenset({"importance"}),
    ),
]
