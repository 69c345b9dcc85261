"""What this plugin offers: the parameters and the declaration of its prior."""

from __future__ import annotations

import attrs

import vaereg


@attrs.frozen(kw_only=True)
class RealNVPParams:
    """Parameters of the prior `real_nvp`."""

    layers: int = vaereg.param(
        6,
        "the couplings; each moves one half of a latent's values by what the other half says",
        ge=1,
    )
    widths: tuple[int, ...] = vaereg.param(
        (64, 64), "the units of each hidden layer of a coupling's network", ge=1
    )
    activation: str = vaereg.param("gelu", "the activation, by Keras's name")
    scale_bound: float = vaereg.param(
        1.0,
        "the largest |log scale| of one coupling, approached smoothly; it keeps p(z) finite",
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
            summary="A standard normal bent by learned couplings until it covers encoded data.",
            reference="arXiv:1605.08803, section 3; as a VAE's prior arXiv:1905.13452",
            tags=frozenset({"learned", "flow"}),
        )
    ]
