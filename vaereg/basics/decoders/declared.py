"""The built-in decoders: their parameters and declarations. Never imports keras."""

from __future__ import annotations

import vaereg
from vaereg.basics.layers.network_params import (
    DENSE_NORMALIZATIONS,
    activation,
    dropout,
    kernel_size,
    normalization,
)
from vaereg.component import Component, param
from vaereg.frozen import frozen

STAGES = "channels of each stage; each doubles height and width"


@frozen(kw_only=True)
class DenseDecoderParams:
    """Parameters of the decoder `dense`."""

    widths: tuple[int, ...] = param((256, 512), "units of each hidden layer", ge=1)
    activation: str = activation("relu")
    normalization: str = normalization("none", DENSE_NORMALIZATIONS)
    dropout: float = dropout()


@frozen(kw_only=True)
class ConvDecoderParams:
    """Parameters of the decoder `conv`."""

    widths: tuple[int, ...] = param((64, 32), STAGES, ge=1)
    kernel_size: int = kernel_size(4)
    activation: str = activation("relu")
    normalization: str = normalization("none")
    depth: int = param(0, "additional convolutions in each stage", ge=0)


@frozen(kw_only=True)
class ResNetDecoderParams:
    """Parameters of the decoder `resnet`."""

    widths: tuple[int, ...] = param((64, 32), STAGES, ge=1)
    depth: int = param(2, "residual blocks in each stage", ge=0)
    activation: str = activation("silu")
    normalization: str = normalization("group")


@frozen(kw_only=True)
class ConditionalDecoderParams:
    """Parameters of the decoder `conditional`."""

    inner: vaereg.Slot = vaereg.slot(
        "decoder", default="dense", meaning="the decoder that sees the label"
    )


COMPONENTS: list[Component] = [
    Component(
        kind="decoder",
        name="dense",
        params=DenseDecoderParams,
        factory="vaereg.basics.decoders.dense:Dense",
        summary="Fully connected layers; the last one gives all outputs.",
        reference="arXiv:1312.6114, appendix C",
    ),
    Component(
        kind="decoder",
        name="conv",
        params=ConvDecoderParams,
        factory="vaereg.basics.decoders.conv:Conv",
        summary="Transposed convolutions that double the image at each stage; any image size.",
        reference="arXiv:1603.07285, chapter 4",
        for_data=frozenset({"image"}),
        tags=frozenset({"spatial"}),
    ),
    Component(
        kind="decoder",
        name="resnet",
        params=ResNetDecoderParams,
        factory="vaereg.basics.decoders.resnet:ResNet",
        summary="Residual blocks, with nearest-neighbour upsampling between the stages.",
        reference="arXiv:1603.05027, figure 4e",
        for_data=frozenset({"image"}),
        tags=frozenset({"spatial", "remedy:texture"}),
    ),
    Component(
        kind="decoder",
        name="conditional",
        params=ConditionalDecoderParams,
        factory="vaereg.basics.decoders.conditional:conditional",
        summary="Another decoder that sees the label beside the latent; needs labels.",
        reference="Sohn et al. 2015",
        given={"label"},
    ),
]
