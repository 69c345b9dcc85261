"""The components of this plugin: their parameters and declarations."""

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
class PatchCriticParams(AdversaryParams):
    """Parameters of critics of image patches."""

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


@attrs.frozen(kw_only=True)
class PatchParams(PatchCriticParams):
    """Parameters of the discriminator `patch`."""

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
class VaeGanParams(PatchCriticParams):
    """Parameters of the discriminator `vaegan`."""

    loss: str = vaereg.param(
        "logistic", "the adversarial loss", choices=("hinge", "logistic", "wasserstein")
    )
    balance: float = vaereg.param(
        0.5,
        "the adversarial share of the decoder's loss; the rest is the distance of features",
        ge=0,
        le=1,
    )
    layer: int = vaereg.param(-1, "the convolution whose features are compared; -1: the last")
    gated: bool = vaereg.param(
        True, "let critic or decoder sit out steps in which it is too far ahead"
    )
    equilibrium: float = vaereg.param(
        0.68, "the mean loss of the critic at which both are equally strong", ge=0
    )
    margin: float = vaereg.param(0.4, "how far from the equilibrium one has to sit out", ge=0)


@attrs.frozen(kw_only=True)
class SoftIntroVaeParams:
    """Parameters of the objective `soft_introvae`."""

    reconstruction: float = vaereg.param(1.0, "beta_rec, the weight of reconstructions", ge=0)
    kl: float = vaereg.param(1.0, "beta_kl, the weight of the KL divergence", ge=0)
    negative: float = vaereg.param(
        256.0, "beta_neg, the weight of the KL divergence of fakes in the encoder's loss", ge=0
    )
    consistency: float = vaereg.param(
        1e-8, "gamma_r, the weight of reconstructed fakes in the decoder's loss", ge=0
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
    """Returns the components."""
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
            name="vaegan",
            params=VaeGanParams,
            factory="vaereg_plugin_adversarial.vaegan:VaeGan",
            summary="VAE-GAN: a critic whose features replace the likelihood.",
            reference="arXiv:1512.09300, algorithm 1",
            for_data=frozenset({"image"}),
            tags=frozenset({"sharpness", "remedy:decoder"}),
            replaces=frozenset({"reconstruction"}),
        ),
        vaereg.Component(
            kind="objective",
            name="soft_introvae",
            params=SoftIntroVaeParams,
            factory="vaereg_plugin_adversarial.soft_introvae:SoftIntroVae",
            summary="Encoder and decoder as opponents, without a critic (soft introspective VAE).",
            reference="arXiv:2012.13253, eq. 11 and 12",
            tags=frozenset({"sharpness", "remedy:prior"}),
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
