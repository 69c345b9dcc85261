"""The prior of this plugin: its parameters and its declaration."""

from __future__ import annotations

import attrs

import vaereg


@attrs.frozen(kw_only=True)
class RealNVPParams:
    """Parameters of the prior `real_nvp`."""

    layers: int = vaereg.param(
        6,
        "number of couplings; each transforms half of a latent's values, given the other half",
        ge=1,
    )
    widths: tuple[int, ...] = vaereg.param(
        (64, 64), "units of each hidden layer of a coupling's network", ge=1
    )
    activation: str = vaereg.param("gelu", "the activation, by its name in Keras")
    scale_bound: float = vaereg.param(
        1.0,
        "largest |log scale| of one coupling, approached smoothly; keeps p(z) finite",
        gt=0,
        le=10,
    )


@vaereg.hookimpl
def vaereg_components() -> list[vaereg.Component]:
    """Returns the prior."""
    return [
        vaereg.Component(
            kind="prior",
            name="real_nvp",
            params=RealNVPParams,
            factory="vaereg_plugin_flow.real_nvp:RealNVP",
            summary="A standard normal, transformed by learned couplings to match encoded data.",
            reference="arXiv:1605.08803, section 3; as a VAE's prior arXiv:1905.13452",
            tags=frozenset({"learned", "flow", "remedy:prior"}),
        )
    ]
