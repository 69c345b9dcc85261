"""What this plugin offers: the parameters and declarations of its discriminators."""

from __future__ import annotations

import attrs

import vaereg


@attrs.frozen(kw_only=True)
class AdversaryParams:
    """What every discriminator of this plugin can be told."""

    loss: str = vaereg.param(
        "hinge",
        "how the scores of real and fake become losses; wasserstein brings the gradient penalty",
        choices=("hinge", "logistic", "wasserstein"),
    )
    r1: float = vaereg.param(
        0.0, "gamma of gamma/2 |grad D(real)|^2, which keeps the critic smooth; 0 for none", ge=0
    )
    gradient_penalty: float = vaereg.param(
        10.0,
        "with the wasserstein loss: lambda of lambda (|grad D| - 1)^2 between real and fake",
        ge=0,
    )
    activation: str = vaereg.param("leaky_relu", "the activation, by Keras's name")


@attrs.frozen(kw_only=True)
class PatchParams(AdversaryParams):
    """Parameters of the discriminator `patch`."""

    widths: tuple[int, ...] = vaereg.param(
        (32, 64), "the channels of each stage; a stage halves height and width", ge=1
    )
    depth: int = vaereg.param(
        1, "the convolutions of a stage; the first halves, the others keep the size", ge=1
    )
    kernel_size: int = vaereg.param(4, "the side of the kernels", ge=1, unit="pixels")
    normalization: str = vaereg.param(
        "none",
        "of every convolution but the first (layer, group) or of every kernel (spectral)",
        choices=("none", "layer", "group", "spectral"),
    )
    fakes: str = vaereg.param(
        "both",
        "what is told from the data: reconstructions, samples of the prior, or both, averaged",
        choices=("both", "reconstruction", "prior"),
    )
    feature_matching: float = vaereg.param(
        0.0,
        "the weight of the distance between the critic's features of x and its reconstruction",
        ge=0,
    )


@attrs.frozen(kw_only=True)
class LatentParams(AdversaryParams):
    """Parameters of the discriminator `latent`."""

    loss: str = vaereg.param(
        "logistic",
        "how the scores of real and fake become losses; wasserstein brings the gradient penalty",
        choices=("hinge", "logistic", "wasserstein"),
    )
    widths: tuple[int, ...] = vaereg.param((256, 256), "the units of each hidden layer", ge=1)


@vaereg.hookimpl
def vaereg_components() -> list[vaereg.Component]:
    """Returns the discriminators."""
    return [
        vaereg.Component(
            kind="discriminator",
            name="patch",
            params=PatchParams,
            factory="vaereg_plugin_adversarial.patch:PatchDiscriminator",
            summary="Scores each patch of an image, so that reconstructions and samples get sharp.",
            reference="arXiv:1611.07004, section 3.2.2; arXiv:2012.09841, section 3.1",
            for_data=frozenset({"image"}),
            tags=frozenset({"sharpness"}),
        ),
        vaereg.Component(
            kind="discriminator",
            name="latent",
            params=LatentParams,
            factory="vaereg_plugin_adversarial.latent:LatentDiscriminator",
            summary="Pulls encoded data towards the prior by telling them apart "
            "(adversarial autoencoder).",
            reference="arXiv:1511.05644, section 2",
            tags=frozenset({"aggregate-posterior"}),
        ),
    ]
