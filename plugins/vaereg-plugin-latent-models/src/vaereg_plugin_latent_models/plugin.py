"""The sampler of this plugin: its parameters and its declaration."""

from __future__ import annotations

import attrs

import vaereg


@attrs.frozen(kw_only=True)
class FlowMatchingParams:
    """Parameters of the sampler `flow_matching`."""

    width: int | None = vaereg.param(
        None,
        "units or channels of each block of the network; by default 256 for vectors, 64 for grids",
        ge=8,
        le=512,
    )
    blocks: int = vaereg.param(3, "residual blocks of the network", ge=1, le=8)
    heads: int = vaereg.param(
        4, "heads of the attention among the places of a grid; 0 for none", ge=0, le=16
    )
    cosine: float = vaereg.param(
        0.0, "weight of 1 - cos(v, v*), the error of the velocity's direction", ge=0, le=10
    )
    label_dropout: float = vaereg.param(
        0.1, "share of latents whose class the network is not told, for `guidance`", ge=0, le=0.9
    )
    solver: str = vaereg.param(
        "heun", "how the flow is integrated", choices=("euler", "heun", "midpoint")
    )
    steps: int = vaereg.param(20, "steps of the solver per draw", ge=1, le=100, unit="steps")
    temperature: float = vaereg.param(
        1.0, "factor on the noise that draws begin with", ge=0.1, le=2
    )
    guidance: float = vaereg.param(
        1.0,
        "weight of the class in the velocity; above 1, draws are more typical of their class",
        ge=0,
        le=20,
    )
    early_steps: int | None = vaereg.param(
        None, "the network after this many steps is kept, for `autoguidance`", ge=1, unit="steps"
    )
    autoguidance: float = vaereg.param(
        0.0,
        "weight of the difference between the velocity and that of the early network; draws move "
        "away from the mistakes that both make, the early one more so",
        ge=0,
        le=10,
    )


@vaereg.hookimpl
def vaereg_components() -> list[vaereg.Component]:
    """Returns the sampler."""
    return [
        vaereg.Component(
            kind="sampler",
            name="flow_matching",
            params=FlowMatchingParams,
            factory="vaereg_plugin_latent_models.flow_matching:FlowMatching",
            summary="A learned flow from noise to encoded data, trained after the VAE.",
            reference="arXiv:2210.02747; arXiv:2209.03003; autoguidance: arXiv:2406.02507",
            tags=frozenset({"ex-post", "learned", "remedy:prior"}),
            may_be_given={"label"},
        )
    ]
