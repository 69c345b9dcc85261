"""The discriminators of this plugin: their parameters and declarations."""

from __future__ import annotations

import attrs

import vaereg


@attrs.frozen(kw_only=True)
class AdversaryParams:
    """Parameters of every discriminator of this plugin."""

    loss: str = vaereg.param(
        "hinge",
        "the adversarial loss; wasserstein adds the gradient penalty",
        choices=("hinge", "logistic", "wasserstein"),
    )
    r1: float = vaereg.param(
        0.0, "gamma in gamma/2 |grad D(real)|^2, which keeps the critic smooth; 0: no penalty", ge=0
    )
    gradient_penalty: float = vaereg.param(
        10.0,
        "lambda in lambda (|grad D| - 1)^2 between real and fake, with the wasserstein loss",
        ge=0,
    )
    activation: str = vaereg.param("leaky_relu", "the activation, by its name in Keras")


@attrs.frozen(kw_only=True)
class PatchParams(AdversaryParams):
    """Parameters of the discriminator `patch`."""

    widths: tuple[int, ...] = vaereg.param(
        (32, 64), "channels of each stage; each halves height and width", ge=1
    )
    depth: int = vaereg.param(
        1, "convolutions per stage; the first halves the size, the others keep it", ge=1
    )
    kernel_size: int = vaereg.param(4, "height and width of the kernels", ge=1, unit="pixels")
    normalization: str = vaereg.param(
        "none",
        "normalization after all but the first convolution (layer, group) or of kernels (spectral)",
        choices=("none", "layer", "group", "spectral"),
    )
    fakes: str = vaereg.param(
        "both",
        "the fakes: reconstructions, samples of the prior, or both, averaged",
        choices=("both", "reconstruction", "prior"),
    )
    feature_matching: float = vaereg.param(
        0.0,
        "weight of the distance between the critic's features of x and of its reconstruction",
        ge=0,
    )


@attrs.frozen(kw_only=True)
class LatentParams(AdversaryParams):
    """Parameters of the discriminator `latent`."""

    loss: str = vaereg.param(
        "logistic",
        "the adversarial loss; wasserstein adds the gradient penalty",
        choices=("hinge", "logistic", "wasserstein"),
    )
    widths: tuple[int, ...] = vaereg.param((256, 256), "units of each hidden layer", ge=1)


@vaereg.hookimpl
def vaereg_components() -> list[vaereg.Component]:
    """Returns the discriminators."""
    return [
        vaereg.Component(
            kind="discriminator",
            name="patch",
            params=PatchParams,
            factory="vaereg_plugin_adversarial.patch:PatchDiscriminator",
            summary="A critic of image patches that makes reconstructions and samples sharper.",
            reference="arXiv:1611.07004, section 3.2.2; arXiv:2012.09841, section 3.1",
            for_data=frozenset({"image"}),
            tags=frozenset({"sharpness", "remedy:decoder"}),
        ),
        vaereg.Component(
            kind="discriminator",
            name="latent",
            params=LatentParams,
            factory="vaereg_plugin_adversarial.latent:LatentDiscriminator",
            summary="A critic that pulls encoded data towards the prior (adversarial autoencoder).",
            reference="arXiv:1511.05644, section 2",
            tags=frozenset({"aggregate-posterior", "remedy:prior"}),
        ),
    ]
